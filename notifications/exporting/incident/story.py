"""What happened to a broadcast, step by step and version by version: its history."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.actors import ActorKind
from notifications.alerting import ContactKind, Purpose
from notifications.audience import Criteria, describe
from notifications.composing.emergencies import BY_ITSELF
from notifications.events import ChannelKind
from notifications.exporting import words
from notifications.languages import language_name
from notifications.lifecycle import BroadcastStatus
from notifications.models import Broadcast, Tag

#: What the actions write as their reason, as staff read it.
SAID = {
    "Draft made": gettext_lazy("Draft begun"),
    "Draft saved": gettext_lazy("Draft changed"),
    "Submitted for approval": gettext_lazy("Submitted for approval"),
    "Taken back": gettext_lazy("Taken back to a draft"),
    "Approved": gettext_lazy("Approved: live"),
    "Stopped": gettext_lazy("Stopped"),
    "Update": gettext_lazy("Update sent"),
    "All clear": gettext_lazy("All clear sent"),
    "Sent in error": gettext_lazy("“Sent in error” sent"),
    "Its time has passed": gettext_lazy("Ended: its time had passed"),
    "Cancelled": gettext_lazy("Put away"),
}
PARTS = {
    "headline": gettext_lazy("Headline"),
    "instruction": gettext_lazy("What to do"),
    "description": gettext_lazy("What has happened"),
    "sms": gettext_lazy("As a text message"),
}
#: Facts with a choice of values, beside the words.
CHOSEN = ("severity", "urgency", "certainty", "kind", "response", "channel_mode")


@dataclass(frozen=True, slots=True)
class Happened:
    """One step: who did what, when and why. ``machine``: nobody of the staff did."""

    when: datetime
    who: str
    what: str
    why: str
    machine: bool
    status: BroadcastStatus

    def __str__(self) -> str:
        return f"{self.what}: {self.why}" if self.why else self.what


@dataclass(frozen=True, slots=True)
class Version:
    """What somebody saved: everything in the first, in later ones what changed."""

    number: int
    when: datetime
    who: str
    changes: tuple[tuple[str, str], ...]


def story_of(broadcast: Broadcast) -> list[Happened]:
    """Every step, the oldest first."""
    return [_happened(row) for row in broadcast.history.order_by("history_id")]


def versions_of(broadcast: Broadcast) -> Iterator[Version]:
    """Every version of what was to be said, to whom and how; the oldest first."""
    before: Mapping[str, str] = {}
    number = 0
    for row in broadcast.history.order_by("history_id"):
        now = dict(_said(broadcast, row))
        if changes := tuple(_changes(before, now)):
            number += 1
            yield Version(number, row.history_date, _who(row), changes)
        before = now


def _happened(row: Any) -> Happened:
    status = BroadcastStatus(row.status)
    reason = row.history_change_reason
    what, why = SAID.get(reason), ""
    if what is None:
        verb, colon, why = reason.partition(": ")
        what = SAID.get(verb, verb) if colon else reason
    return Happened(
        when=row.history_date,
        who=_who(row),
        what=str(what or status.label),
        why=why,
        machine=row.actor_kind not in (ActorKind.STAFF, ActorKind.APPLICATION),
        status=status,
    )


def _who(row: Any) -> str:
    return row.actor_label or str(ActorKind(row.actor_kind).label)


def _said(broadcast: Broadcast, row: Any) -> Iterator[tuple[str, str]]:
    """All that a version says, under the name of each thing; ``row`` is its history."""
    criteria = Criteria.from_json(row.audience)
    yield _("Where"), "; ".join(describe(broadcast.cluster, criteria))
    for name in CHOSEN:
        field: Any = Broadcast._meta.get_field(name)
        labels = dict(field.flatchoices)
        value = getattr(row, name)
        yield capfirst(str(field.verbose_name)), str(labels.get(value, value))
    yield _("Channels"), _channels(row.channels)
    yield _("Ends after (minutes)"), str(row.minutes)
    yield _("Ask “are you safe?”"), words.yes(row.wants_answers)
    yield _("Who has not answered hears again"), "; ".join(map(_step, row.ladder))
    for name, value in row.blanks.items():
        if name in BY_ITSELF:
            continue
        shown = value if isinstance(value, str) else "; ".join(value.values())
        yield _("Filled in: %(blank)s") % {"blank": name}, shown
    for purpose, by_language in row.words.items():
        for language, texts in by_language.items():
            for part, label in PARTS.items():
                heading = f"{Purpose(purpose).label}, {language_name(language)}"
                yield f"{heading}, {label}", texts.get(part, "")


def _step(step: Mapping[str, Any]) -> str:
    return _("after %(minutes)s min to %(whom)s: %(channels)s") % {
        "minutes": step["minutes"],
        "whom": _whom(step),
        "channels": _channels(step["channels"]),
    }


def _whom(step: Mapping[str, Any]) -> str:
    if kind := step.get("contacts"):
        return _("whom they name (%(kind)s)") % {"kind": ContactKind(kind).label}
    if tag := step.get("tag"):
        names = Tag.objects.filter(pk=tag).values_list("name", flat=True)
        return _("“%(tag)s” there") % {"tag": names.first() or tag}
    return _("them")


def _channels(names: Iterable[str]) -> str:
    return ", ".join(str(ChannelKind(each).label) for each in names)


def _changes(
    before: Mapping[str, str], now: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for name in [*now, *(name for name in before if name not in now)]:
        old, new = before.get(name, ""), now.get(name, "")
        if old == new:
            continue
        if not old:
            yield name, new
        elif not new:
            yield name, _("Taken out: “%(old)s”") % {"old": old}
        else:
            yield name, _("“%(new)s”, was “%(old)s”") % {"new": new, "old": old}
