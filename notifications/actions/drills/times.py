"""When a planned drill comes round: by the clock on the wall, in its time zone."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from notifications.actions.announcements.walltime import moment
from notifications.errors import Refused
from notifications.models import DrillPlan, Rhythm

AN_HOUR = timedelta(hours=1)
MONTHS = {Rhythm.MONTHS: 1, Rhythm.YEARS: 12}


def wall_of(first: datetime, every: int, rhythm: str, number: int) -> datetime:
    """What clocks show at the drill of this number; ``first`` is number 0.

    The weekday stays: after the second Tuesday of a month comes the second Tuesday of
    another. A fifth one is the last where a month has only four.
    """
    if rhythm == Rhythm.WEEKS:
        return first + timedelta(weeks=every * number)
    months = first.year * 12 + first.month - 1
    months += every * number * MONTHS[Rhythm(rhythm)]
    year, month = months // 12, months % 12 + 1
    to_weekday = (first.weekday() - date(year, month, 1).weekday()) % 7
    day = 1 + to_weekday + (first.day - 1) // 7 * 7
    if day > monthrange(year, month)[1]:
        day -= 7
    return first.replace(year=year, month=month, day=day)


def moment_of(plan: DrillPlan, number: int) -> datetime:
    """The moment of the drill of this number.

    Where clocks jump over its time that day, it is an hour later.
    """
    first = plan.first_wall.astimezone(UTC).replace(tzinfo=None)
    wall = wall_of(first, plan.every, plan.rhythm, number)
    try:
        return moment(wall, plan.time_zone)
    except Refused:
        return moment(wall + AN_HOUR, plan.time_zone)


def following(plan: DrillPlan, after: datetime) -> tuple[int, datetime]:
    """Number and moment of the first drill, past the one at hand, that is to come."""
    number = plan.number + 1
    while (at := moment_of(plan, number)) <= after:
        number += 1
    return number, at


def wall_of_next(plan: DrillPlan) -> datetime:
    """What clocks show at the next one: naive."""
    first = plan.first_wall.astimezone(UTC).replace(tzinfo=None)
    return wall_of(first, plan.every, plan.rhythm, plan.number)
