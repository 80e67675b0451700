"""The balance sheet of one dispatch: who asked, who got it, and who did not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from notifications.events import ChannelKind
from notifications.lifecycle import EntryStatus
from notifications.models import Dispatch, NotificationLog, Zone


@dataclass(frozen=True, slots=True)
class Counted:
    """How many entries have a status, under a heading of the report."""

    key: str
    heading: str
    status: EntryStatus
    entries: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table: a heading, a number per status, and the sum."""

    key: str
    heading: str
    counts: dict[EntryStatus, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a dispatch, counted by channel, zone and reason.

    ``total`` is counted apart from the statuses, so that a sheet that does not
    balance is seen.
    """

    total: int
    people: int
    channels: tuple[Line, ...]
    zones: tuple[Line, ...]
    reasons: tuple[tuple[str, int], ...]

    @property
    def statuses(self) -> dict[EntryStatus, int]:
        """Entries per status, over all channels, in the order of a message's life."""
        sums = {
            status: sum(line.counts.get(status, 0) for line in self.channels)
            for status in EntryStatus
        }
        return {status: count for status, count in sums.items() if count}

    @property
    def balances(self) -> bool:
        return self.total == sum(self.statuses.values())


def report_of(dispatch: Dispatch) -> Report:
    """Count a dispatch; five queries, however many people it went to."""
    entries = NotificationLog.objects.filter(dispatch=dispatch).order_by()
    totals = entries.aggregate(
        total=Count("id"), people=Count("recipient", distinct=True)
    )
    reasons = entries.exclude(reason="").values_list("reason")
    return Report(
        total=totals["total"],
        people=totals["people"],
        channels=_lines(_by_channel(entries)),
        zones=_lines(_by_zone(entries)),
        reasons=tuple(
            reasons.annotate(entries=Count("id")).order_by("-entries", "reason")
        ),
    )


def _by_channel(entries: QuerySet[NotificationLog]) -> Iterable[Counted]:
    rows = entries.values_list("channel", "status").annotate(Count("id"))
    for channel, status, count in rows.order_by("channel"):
        heading = str(ChannelKind(channel).label)
        yield Counted(channel, heading, EntryStatus(status), count)


def _by_zone(entries: QuerySet[NotificationLog]) -> Iterable[Counted]:
    rows: Any = entries.values_list("recipient__zone", "status")
    zones = {zone.pk: zone for zone in Zone.objects.filter(pk__in=_zones_of(entries))}
    counted = [
        (zones.get(zone), EntryStatus(status), count)
        for zone, status, count in rows.annotate(Count("id"))
    ]
    counted.sort(key=lambda row: (row[0] is None, row[0].path if row[0] else ""))
    for zone, status, count in counted:
        yield Counted(str(zone.pk) if zone else "", str(zone or ""), status, count)


def _zones_of(entries: QuerySet[NotificationLog]) -> QuerySet[Any, Any]:
    return entries.values("recipient__zone")


def _lines(counted: Iterable[Counted]) -> tuple[Line, ...]:
    lines: dict[str, Line] = {}
    for one in counted:
        line = lines.setdefault(one.key, Line(one.key, one.heading, {}))
        line.counts[one.status] = line.counts.get(one.status, 0) + one.entries
    return tuple(lines.values())
