"""The balance sheet of a dispatch, and when it will be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.lifecycle import (
    DELIVERABLE,
    WAITING,
    DispatchStatus,
    EntryStatus,
    SkipReason,
)
from notifications.models import Dispatch, NotificationLog

UNDER_WAY = WAITING | {EntryStatus.SENDING}


@dataclass(frozen=True, slots=True)
class ChannelSheet:
    """One channel: its entries, and how many stand at each status and skip reason."""

    channel: str
    entries: int
    people: int
    counts: Mapping[EntryStatus, int]
    skips: Mapping[SkipReason, int] = field(default_factory=dict)

    @property
    def accounted(self) -> int:
        """The sum over the statuses; ``entries`` was counted apart."""
        return sum(self.counts.values())

    @property
    def balanced(self) -> bool:
        skipped = self.counts.get(EntryStatus.SKIPPED, 0)
        return (
            self.entries == self.accounted == self.people
            and sum(self.skips.values()) == skipped
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole dispatch: a sheet per channel, distinct people, and any trouble.

    ``problem`` is a sentence to shout, "" where all is well.
    """

    channels: tuple[ChannelSheet, ...]
    people: int
    problem: str = ""

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
    def settled(self) -> int:
        """Entries for which nothing more will happen by itself."""
        return self.total - self.count(*UNDER_WAY)


def sheet(dispatch: Dispatch) -> Sheet:
    """Count a dispatch anew from its entries."""
    entries = _entries(dispatch)
    channels = tuple(_channel_sheet(row) for row in _counted(entries))
    people = entries.aggregate(n=Count("recipient", distinct=True))["n"]
    return Sheet(channels, people, _problem(dispatch, channels))


def _entries(dispatch: Dispatch) -> QuerySet[NotificationLog]:
    # Unscoped: naming the cluster too would lead SQLite to the index of all its log.
    return NotificationLog._base_manager.filter(dispatch_id=dispatch.pk).order_by()


def _counted(entries: QuerySet[NotificationLog]) -> list[dict[str, object]]:
    """Per channel all numbers from one look, so that they fit together."""
    numbers = {f"at_{one}": Count("pk", filter=Q(status=one)) for one in EntryStatus}
    skipped = Q(status=EntryStatus.SKIPPED)
    numbers |= {
        f"why_{why}": Count("pk", filter=skipped & Q(reason=why)) for why in SkipReason
    }
    rows = entries.values("channel").annotate(
        entries=Count("pk"), people=Count("recipient", distinct=True), **numbers
    )
    return [dict(row) for row in rows.order_by("channel")]


def _channel_sheet(row: dict[str, object]) -> ChannelSheet:
    def number(name: str) -> int:
        return int(str(row[name]))

    return ChannelSheet(
        channel=str(row["channel"]),
        entries=number("entries"),
        people=number("people"),
        counts={one: n for one in EntryStatus if (n := number(f"at_{one}"))},
        skips={why: n for why in SkipReason if (n := number(f"why_{why}"))},
    )


def _problem(dispatch: Dispatch, channels: tuple[ChannelSheet, ...]) -> str:
    for each in channels:
        if not each.balanced:
            return _(
                "The sheet does not balance on %(channel)s: %(entries)d entries for "
                "%(people)d people, %(accounted)d accounted for. "
                "Do not rely on these numbers; tell whoever runs Tocsin."
            ) % {
                "channel": each.channel,
                "entries": each.entries,
                "people": each.people,
                "accounted": each.accounted,
            }
    stranded = stranded_entries(dispatch).count()
    if stranded:
        return _(
            "%(count)d entries wait although no worker will ever come for them. "
            "Tell whoever runs Tocsin."
        ) % {"count": stranded}
    return ""


def stranded_entries(dispatch: Dispatch) -> QuerySet[NotificationLog]:
    """Entries that wait in a batch that is done, or in a dispatch that is over."""
    waiting = _entries(dispatch).filter(status__in=[*DELIVERABLE, EntryStatus.SENDING])
    over = {DispatchStatus.DONE, DispatchStatus.CANCELLED, DispatchStatus.EXPIRED}
    if dispatch.status in over:
        # What was under way when it was stopped is settled by its own worker.
        return waiting.exclude(status=EntryStatus.SENDING)
    return waiting.filter(Q(batch=None) | Q(batch__done_at__isnull=False))


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many wait, how fast it goes, and the seconds left (None: no telling)."""

    waiting: int
    per_minute: int
    seconds: int | None


def forecast(dispatch: Dispatch) -> Forecast:
    """Judge by the last minute what is left to do."""
    entries = _entries(dispatch)
    waiting = entries.filter(status__in=UNDER_WAY).count()
    now = timezone.now()
    began = max(now - timedelta(minutes=1), dispatch.started_at or now)
    handled = entries.filter(sending_at__gt=began, status__in=_TRIED).count()
    elapsed = max((now - began).total_seconds(), 1)
    per_minute = round(handled * 60 / elapsed)
    if not waiting:
        return Forecast(0, per_minute, 0)
    if dispatch.status != DispatchStatus.SENDING or not handled:
        return Forecast(waiting, per_minute, None)
    return Forecast(waiting, per_minute, round(waiting * elapsed / handled))


_TRIED = (
    EntryStatus.SENT,
    EntryStatus.DELIVERED,
    EntryStatus.BOUNCED,
    EntryStatus.FAILED,
    EntryStatus.UNKNOWN,
)
