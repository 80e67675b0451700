"""It keeps to the weekday and the clock on the wall, in summer and in winter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.actions import drills
from notifications.actions.drills.times import wall_of
from notifications.audience import Criteria
from notifications.models import (
    Rhythm,
)
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.drills.conftest import come, drilled, due

pytestmark = pytest.mark.services


def dublin(riverside, first, by, residents, rhythm=Rhythm.WEEKS):
    riverside.time_zone = "Europe/Dublin"
    riverside.save()
    criteria = Criteria(zones=(residents.pk,))
    planned = drills.Planned(
        scenario="fire", first=first, every=1, rhythm=rhythm, criteria=criteria
    )
    return drills.make(riverside, planned, by=by)


def test_in_summer_it_is_at_the_same_time_on_the_wall(riverside, residents, ada):
    plan = dublin(riverside, datetime(2027, 3, 24, 11, 0), ada, residents)
    assert plan.next_at == datetime(2027, 3, 24, 11, 0, tzinfo=UTC)
    due(plan)
    plan.refresh_from_db()
    assert plan.next_at == datetime(2027, 3, 31, 10, 0, tzinfo=UTC)


def test_and_in_winter_again(riverside, residents, ada):
    plan = dublin(riverside, datetime(2027, 10, 27, 11, 0), ada, residents)
    assert plan.next_at == datetime(2027, 10, 27, 10, 0, tzinfo=UTC)
    due(plan)
    plan.refresh_from_db()
    assert plan.next_at == datetime(2027, 11, 3, 11, 0, tzinfo=UTC)


def test_a_time_that_clocks_jump_over_is_an_hour_later_that_once(
    riverside, residents, ada
):
    plan = dublin(riverside, datetime(2027, 3, 21, 1, 30), ada, residents)
    due(plan)
    plan.refresh_from_db()
    # 01:30 is not there on 28 March: clocks show 02:30, which is 01:30 UTC.
    assert plan.next_at == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    due(plan)
    plan.refresh_from_db()
    assert plan.next_at == datetime(2027, 4, 4, 0, 30, tzinfo=UTC)
    assert len(drilled()) == 2


def test_a_time_that_comes_twice_is_its_first_and_comes_once(riverside, residents, ada):
    plan = dublin(riverside, datetime(2027, 10, 24, 1, 30), ada, residents)
    due(plan)
    plan.refresh_from_db()
    assert plan.next_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    due(plan)
    assert come(datetime(2027, 10, 31, 1, 30, tzinfo=UTC)) == 0
    assert len(drilled()) == 2


@pytest.mark.parametrize(
    ("first", "every", "rhythm", "dates"),
    [
        (datetime(2027, 1, 12), 2, "weeks", ["01-12", "01-26", "02-09"]),
        (datetime(2027, 1, 12), 1, "months", ["01-12", "02-09", "03-09"]),
        (datetime(2027, 1, 12), 3, "months", ["01-12", "04-13", "07-13"]),
        # The fifth Friday is the last one where there are four.
        (datetime(2027, 1, 29), 1, "months", ["01-29", "02-26", "03-26", "04-30"]),
        (datetime(2027, 11, 9), 1, "years", ["11-09", "11-14", "11-13"]),
    ],
)
def test_it_keeps_its_weekday(first, every, rhythm, dates):
    found = [wall_of(first, every, rhythm, number) for number in range(len(dates))]
    assert [each.strftime("%m-%d") for each in found] == dates


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    first=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
    every=st.integers(1, 52),
    rhythm=st.sampled_from(Rhythm.values),
    number=st.integers(0, 60),
)
def test_one_comes_after_another_on_the_same_weekday_at_the_same_time(
    first, every, rhythm, number
):
    one = wall_of(first, every, rhythm, number)
    other = wall_of(first, every, rhythm, number + 1)
    assert one < other
    assert one.weekday() == other.weekday() == first.weekday()
    assert one.time() == other.time() == first.time()
    assert wall_of(first, every, rhythm, 0) == first
