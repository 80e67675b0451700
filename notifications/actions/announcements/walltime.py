"""The time on the wall of a cluster, and the moment that it is."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notifications.errors import Refused


def moment(wall: datetime, time_zone: str) -> datetime:
    """When clocks in ``time_zone`` show ``wall``, a naive time; in UTC.

    A time that happens twice, when clocks go back, is taken as the first of the two.
    One that clocks jump over raises Refused, and so does one at an end of the calendar.
    """
    if wall.year in (MINYEAR, MAXYEAR):
        sentence = _("%(time)s is no time to plan for. Choose one nearer to today.")
        raise Refused(sentence % {"time": shown(wall)})
    there = wall.replace(tzinfo=ZoneInfo(time_zone), fold=0)
    at = there.astimezone(UTC)
    if at.astimezone(there.tzinfo).replace(tzinfo=None) != wall:
        raise Refused(
            _(
                "%(time)s does not exist in %(zone)s: the clocks jump over it that "
                "night. Choose a time an hour earlier or later."
            )
            % {"time": shown(wall), "zone": time_zone}
        )
    return at


def happens_twice(wall: datetime, time_zone: str) -> bool:
    """Whether clocks show this time twice, because they go back."""
    there = wall.replace(tzinfo=ZoneInfo(time_zone))
    return there.utcoffset() > there.replace(fold=1).utcoffset()  # type: ignore[operator]


def wall_of(at: datetime, time_zone: str) -> datetime:
    """What clocks there show at a moment: naive."""
    return at.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)


def kept(wall: datetime) -> datetime:
    """The typed numbers as the database keeps them, labelled UTC."""
    return wall.replace(tzinfo=UTC)


def shown(wall: datetime) -> str:
    """A wall time as people read it."""
    return date_format(wall, "j F Y, H:i")


def still_to_come(wall: datetime, time_zone: str) -> datetime:
    """The moment of a wall time that has not passed; raises Refused."""
    at = moment(wall, time_zone)
    now = timezone.now()
    if at <= now:
        raise Refused(
            _(
                "%(time)s has passed: it is %(now)s in %(zone)s. "
                "Choose a later time, or send it now."
            )
            % {
                "time": shown(wall),
                "now": shown(wall_of(now, time_zone)),
                "zone": time_zone,
            }
        )
    return at
