"""The balance sheet of one dispatch: who asked, who got it, and who did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from notifications.events import ChannelKind
from notifications.lifecycle import EntryStatus
from notifications.models import Dispatch, Zone
from notifications.models.tallying import Tally, by_zone, people_of, tally


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
    """Count a dispatch; the same few queries, however many people it went to."""
    counted = tally(dispatch)
    return Report(
        total=sum(counted.entries.values()),
        people=people_of(dispatch, counted),
        channels=_lines(_by_channel(counted)),
        zones=_lines(_by_zone(dispatch)),
        reasons=_reasons(counted),
    )


def _reasons(counted: Tally) -> tuple[tuple[str, int], ...]:
    numbers: Counter[str] = Counter()
    for line in counted.lines:
        numbers[line.reason] += line.number
    numbers.pop("", None)
    return tuple(sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0])))


def _by_channel(counted: Tally) -> Iterable[Counted]:
    for line in sorted(counted.lines, key=lambda line: line.channel):
        heading = str(ChannelKind(line.channel).label)
        status = EntryStatus(line.status)
        yield Counted(line.channel, heading, status, line.number)


def _by_zone(dispatch: Dispatch) -> Iterable[Counted]:
    rows = by_zone(dispatch)
    zones = Zone.objects.in_bulk({zone for zone, _status, _number in rows if zone})
    counted = [
        (zones.get(zone) if zone else None, EntryStatus(status), number)
        for zone, status, number in rows
    ]
    counted.sort(key=lambda row: (row[0] is None, row[0].path if row[0] else ""))
    for found, status, number in counted:
        yield Counted(str(found.pk) if found else "", str(found or ""), status, number)


def _lines(counted: Iterable[Counted]) -> tuple[Line, ...]:
    lines: dict[str, Line] = {}
    for one in counted:
        line = lines.setdefault(one.key, Line(one.key, one.heading, {}))
        line.counts[one.status] = line.counts.get(one.status, 0) + one.entries
    return tuple(lines.values())
