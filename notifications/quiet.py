"""Quiet hours: when messages that are not urgent wait, by the clock on the wall.

They may go over midnight (22:00 to 07:00). Where both are the same there is no quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from .events import Lane

#: What waits. Whatever is more urgent goes at any hour.
WAITING_LANES = frozenset({Lane.NORMAL, Lane.BULK})


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Every night the same two times in one time zone."""

    zone: ZoneInfo
    begin: time
    end: time

    def over_at(self, at: datetime) -> datetime | None:
        """When the quiet that holds at this moment is over; None where none holds."""
        local = at.astimezone(self.zone)
        clock = local.time()
        if self.begin < self.end:
            quiet, tomorrow = self.begin <= clock < self.end, False
        else:
            tomorrow = clock >= self.begin
            quiet = (tomorrow or clock < self.end) and self.begin != self.end
        if not quiet:
            return None
        # In the hour that comes twice in autumn, of the same one.
        return self._moment(local.date(), self.end, tomorrow, fold=local.fold)

    def next_at(self, at: datetime) -> datetime:
        """When it is quiet again, from a moment at which it is not."""
        local = at.astimezone(self.zone)
        tomorrow = local.time() >= self.begin
        return self._moment(local.date(), self.begin, tomorrow, fold=local.fold)

    def _moment(
        self, day: date, clock: time, tomorrow: bool, fold: int = 0
    ) -> datetime:
        day += timedelta(days=tomorrow)
        fold = 0 if tomorrow else fold
        return datetime.combine(day, clock, tzinfo=self.zone).replace(fold=fold)


def quiet_hours(
    time_zone: str, begin: time | None, end: time | None
) -> QuietHours | None:
    """Those of a cluster, where it has any."""
    if begin is None or end is None:
        return None
    return QuietHours(ZoneInfo(time_zone), begin, end)
