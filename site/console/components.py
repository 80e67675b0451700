"""What the components of the console are given: small frozen shapes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db.models import TextChoices
from django.utils.functional import Promise

from notifications.lifecycle import (
    AnnouncementStatus,
    BroadcastStatus,
    DispatchStatus,
    DrillPlanStatus,
    EntryStatus,
    ImportStatus,
    JobStatus,
)

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Look:
    """How a status looks: a tone (a pair of colours in console.css) and an icon."""

    tone: str
    icon: str


IDLE, BUSY, GOOD = Look("idle", "time"), Look("busy", "rotate"), Look("good", "check")
OFF, BAD = Look("off", "minus"), Look("bad", "cross")

_E, _D, _A = EntryStatus, DispatchStatus, AnnouncementStatus
_I, _J, _B = ImportStatus, JobStatus, BroadcastStatus
_P = DrillPlanStatus

#: Every status of every lifecycle. Red is kept for emergencies that are live.
LOOKS: Mapping[type[TextChoices], Mapping[str, Look]] = {
    EntryStatus: {
        _E.PLANNED: IDLE,
        _E.DEFERRED: IDLE,
        _E.SENDING: BUSY,
        _E.RETRYING: Look("wait", "resubmit"),
        _E.UNKNOWN: Look("wait", "help"),
        _E.SENT: GOOD,
        _E.DELIVERED: Look("good", "success"),
        _E.BOUNCED: BAD,
        _E.FAILED: BAD,
        _E.SKIPPED: OFF,
        _E.BUNDLED: Look("off", "folder-open-1"),
        _E.CANCELLED: OFF,
        _E.EXPIRED: OFF,
    },
    DispatchStatus: {
        _D.PREPARING: BUSY,
        _D.SENDING: BUSY,
        _D.PAUSED: Look("wait", "pause"),
        _D.DONE: GOOD,
        _D.CANCELLED: OFF,
        _D.EXPIRED: OFF,
    },
    AnnouncementStatus: {
        _A.DRAFT: Look("idle", "draft"),
        _A.SUBMITTED: Look("wait", "view"),
        _A.APPROVED: GOOD,
        _A.SCHEDULED: Look("busy", "time"),
        _A.HELD: Look("wait", "pause"),
        _A.RELEASED: Look("good", "paper-plane"),
        _A.CANCELLED: OFF,
    },
    BroadcastStatus: {
        _B.DRAFT: Look("idle", "draft"),
        _B.SUBMITTED: Look("wait", "view"),
        _B.LIVE: Look("alarm", "siren"),
        _B.STOPPED: Look("wait", "pause"),
        _B.ENDED: GOOD,
        _B.REJECTED: BAD,
        _B.CANCELLED: OFF,
    },
    DrillPlanStatus: {
        _P.ACTIVE: Look("good", "rotate"),
        _P.PAUSED: Look("wait", "pause"),
        _P.STOPPED: OFF,
    },
    ImportStatus: {
        _I.UPLOADED: Look("wait", "upload"),
        _I.MAPPED: Look("wait", "table"),
        _I.REHEARSING: BUSY,
        _I.REHEARSED: Look("wait", "view"),
        _I.COMMITTING: BUSY,
        _I.DONE: GOOD,
        _I.FAILED: BAD,
        _I.CANCELLED: OFF,
    },
    JobStatus: {
        _J.WAITING: IDLE,
        _J.RUNNING: BUSY,
        _J.DONE: GOOD,
        _J.FAILED: BAD,
    },
}

#: A drill is none of what is red.
LIVE_DRILL = Look("drill", "drill")


def broadcast_look(status: str, *, drill: bool) -> Look:
    """How a status of an emergency looks, or of a drill."""
    return LIVE_DRILL if drill and status == _B.LIVE else LOOKS[BroadcastStatus][status]


#: What templates call the lifecycles.
KINDS: Mapping[str, type[TextChoices]] = {
    "entry": EntryStatus,
    "dispatch": DispatchStatus,
    "announcement": AnnouncementStatus,
    "broadcast": BroadcastStatus,
    "plan": DrillPlanStatus,
    "import": ImportStatus,
    "job": JobStatus,
}

#: The order of a balance bar: what went well, what is under way, what did not go.
BALANCE_ORDER = (
    _E.DELIVERED,
    _E.SENT,
    _E.SENDING,
    _E.PLANNED,
    _E.DEFERRED,
    _E.RETRYING,
    _E.UNKNOWN,
    _E.BOUNCED,
    _E.FAILED,
    _E.SKIPPED,
    _E.BUNDLED,
    _E.CANCELLED,
    _E.EXPIRED,
)


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of a facts list; ``change_url`` adds a *Change* link."""

    label: Words
    value: object
    change_url: str = ""
    hint: Words = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a timeline; ``machine`` ones are folded together."""

    when: datetime
    who: Words
    what: Words
    why: Words = ""
    machine: bool = False
    tone: str = "idle"
    url: str = ""


@dataclass(frozen=True, slots=True)
class Fold:
    """Neighbouring steps: of people (shown) or of machines (folded)."""

    machine: bool
    steps: tuple[Step, ...]

    @property
    def folded(self) -> bool:
        return self.machine and len(self.steps) > 1


def fold(steps: Iterable[Step]) -> list[Fold]:
    """Group neighbouring steps of the same kind."""
    return [
        Fold(machine, tuple(group))
        for machine, group in groupby(steps, key=lambda step: step.machine)
    ]


@dataclass(frozen=True, slots=True)
class Part:
    """One status of a balance bar."""

    status: str
    label: Words
    tone: str
    count: int
    share: float
    url: str


@dataclass(frozen=True, slots=True)
class Balance:
    """A balance sheet: what was planned, and where each of those is now."""

    planned: int
    parts: tuple[Part, ...]

    @property
    def counted(self) -> int:
        return sum(part.count for part in self.parts)

    @property
    def adds_up(self) -> bool:
        return self.counted == self.planned

    @property
    def missing(self) -> int:
        return abs(self.planned - self.counted)


def balance(counts: Mapping[str, int], planned: int, url: str = "") -> Balance:
    """Parts in a fixed order; ``url`` is a list that understands ``status=``."""
    whole = max(sum(counts.values()), planned, 1)
    joint = "&" if "?" in url else "?"
    return Balance(
        planned,
        tuple(
            Part(
                status=status.value,
                label=status.label,
                tone=LOOKS[EntryStatus][status].tone,
                count=counts[status],
                share=100 * counts[status] / whole,
                url=f"{url}{joint}status={status.value}" if url else "",
            )
            for status in BALANCE_ORDER
            if counts.get(status)
        ),
    )
