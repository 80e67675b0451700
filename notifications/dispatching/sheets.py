"""The balance sheet of a dispatch, and when it will be done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.events import ChannelKind
from notifications.lifecycle import (
    DELIVERABLE,
    DispatchStatus,
    EntryStatus,
    SkipReason,
)
from notifications.models import Batch, Dispatch, NotificationLog
from notifications.models.tallying import MOVING, OVER, Failure, Tally, people_of, tally


@dataclass(frozen=True, slots=True)
class ChannelSheet:
    """One channel: its entries, and how many stand at each status and skip reason."""

    channel: str
    entries: int
    counts: Mapping[EntryStatus, int]
    skips: Mapping[SkipReason, int] = field(default_factory=dict)

    @property
    def label(self) -> str:
        return str(ChannelKind(self.channel).label)

    @property
    def accounted(self) -> int:
        """The sum over the statuses; ``entries`` was counted apart."""
        return sum(self.counts.values())

    @property
    def balanced(self) -> bool:
        skipped = self.counts.get(EntryStatus.SKIPPED, 0)
        return self.entries == self.accounted and sum(self.skips.values()) == skipped


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole dispatch: a sheet per channel, distinct people, and any trouble.

    ``problem`` is a sentence to shout, "" where all is well; ``failures`` are the
    commonest kinds.
    """

    channels: tuple[ChannelSheet, ...]
    people: int
    problem: str = ""
    failures: tuple[Failure, ...] = ()

    @property
    def balanced(self) -> bool:
        return not self.problem

    @property
    def total(self) -> int:
        return sum(each.entries for each in self.channels)

    def count(self, *statuses: str) -> int:
        """Entries at any of these statuses, over all channels."""
        return sum(
            each.counts.get(EntryStatus(status), 0)
            for each in self.channels
            for status in statuses
        )

    @property
    def waiting(self) -> int:
        """Entries that a worker has, or will have."""
        return self.count(*MOVING)

    @property
    def settled(self) -> int:
        """Entries for which nothing more will happen by itself."""
        return self.total - self.waiting


def sheet(dispatch: Dispatch, counted: Tally | None = None) -> Sheet:
    """The sheet of a dispatch; counted anew from its entries until it is over.

    ``counted`` is its tally, where that is known.
    """
    counted = counted or tally(dispatch)
    channels = tuple(_channel_sheet(counted, name) for name in sorted(counted.entries))
    people = people_of(dispatch, counted)
    return Sheet(channels, people, _problem(dispatch, channels), counted.failures)


def _entries(dispatch: Dispatch) -> QuerySet[NotificationLog]:
    # Unscoped: naming the cluster too would lead SQLite to the index of all its log.
    return NotificationLog._base_manager.filter(dispatch_id=dispatch.pk).order_by()


def _channel_sheet(counted: Tally, name: str) -> ChannelSheet:
    counts: dict[EntryStatus, int] = {}
    skips: dict[SkipReason, int] = {}
    for line in counted.lines:
        if line.channel != name:
            continue
        status = EntryStatus(line.status)
        counts[status] = counts.get(status, 0) + line.number
        if status == EntryStatus.SKIPPED and line.reason in SkipReason.values:
            skips[SkipReason(line.reason)] = line.number
    return ChannelSheet(name, counted.entries[name], counts, skips)


def _problem(dispatch: Dispatch, channels: tuple[ChannelSheet, ...]) -> str:
    for each in channels:
        if not each.balanced:
            return _(
                "The sheet does not balance on %(channel)s: %(entries)d entries, "
                "%(accounted)d accounted for. "
                "Do not rely on these numbers; tell whoever runs Tocsin."
            ) % {
                "channel": each.channel,
                "entries": each.entries,
                "accounted": each.accounted,
            }
    stranded = sum(each.count() for each in stranded_entries(dispatch))
    if stranded:
        return _(
            "%(count)d entries wait although no worker will ever come for them. "
            "Tell whoever runs Tocsin."
        ) % {"count": stranded}
    return ""


def stranded_entries(dispatch: Dispatch) -> Iterator[QuerySet[NotificationLog]]:
    """Entries that wait in a batch that is done, or in a dispatch that is over."""
    if dispatch.status in OVER:
        # What was under way when it was stopped is settled by its own worker.
        yield _entries(dispatch).filter(status__in=DELIVERABLE)
        return
    # Asked of the batches that are done, since hardly any has something left.
    waiting = NotificationLog._base_manager.order_by().filter(
        settled_at=None, status__in=[*DELIVERABLE, EntryStatus.SENDING]
    )
    done = Batch._base_manager.filter(dispatch=dispatch, done_at__isnull=False)
    yield waiting.filter(batch__in=done)
    yield waiting.filter(batch=None, dispatch=dispatch)


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many wait, how fast it goes, and the seconds left (None: no telling)."""

    waiting: int
    per_minute: int
    seconds: int | None


def forecast(dispatch: Dispatch, waiting: int | None = None) -> Forecast:
    """Judge by the last minute what is left to do; ``waiting`` where it is known."""
    if waiting is None:
        waiting = _entries(dispatch).filter(status__in=MOVING).count()
    now = timezone.now()
    began = max(now - timedelta(minutes=1), dispatch.started_at or now)
    handled, since = _handled(dispatch, began)
    elapsed = max((now - since).total_seconds(), 1)
    per_minute = round(handled * 60 / elapsed)
    if not waiting:
        return Forecast(0, per_minute, 0)
    if dispatch.status != DispatchStatus.SENDING or not handled:
        return Forecast(waiting, per_minute, None)
    return Forecast(waiting, per_minute, round(waiting * elapsed / handled))


def _handled(dispatch: Dispatch, began: datetime) -> tuple[int, datetime]:
    """How many of its entries were settled since then, or since the last steps began.

    Read from the end of history, which has no index by time, on purpose.
    """
    # Unscoped: steps of this dispatch, by its batches.
    steps: Any = NotificationLog.history.model._base_manager
    floor = (steps.aggregate(last=Max("history_id"))["last"] or 0) - STEPS
    batches = Batch._base_manager.filter(dispatch=dispatch).values("pk")
    mine = Q(history_date__gt=began, status__in=_TRIED, batch__in=batches)
    looked_at = steps.filter(history_id__gt=floor).aggregate(
        number=Count("history_id", filter=mine), first=Min("history_date")
    )
    # Numbers have gaps, as after a rollback: what was looked at may be all there is.
    is_all = not steps.filter(history_id__lte=floor).exists()
    first = looked_at["first"]
    reaches_back = is_all or first is None or first < began
    return looked_at["number"], began if reaches_back else looked_at["first"]


#: Steps of history that a forecast looks back at most.
STEPS = 5_000
_TRIED = (
    EntryStatus.SENT,
    EntryStatus.DELIVERED,
    EntryStatus.BOUNCED,
    EntryStatus.FAILED,
    EntryStatus.UNKNOWN,
)
