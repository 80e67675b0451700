"""Planned, changed, paused and stopped, by whoever may, with no stale page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from notifications.actions import drills, zones
from notifications.audience import Criteria
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.models import (
    DrillPlan,
)
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.drills.conftest import FIRST, at, drilled, due
from tests.personas import make_zone

pytestmark = pytest.mark.services


def test_a_zone_is_kept_while_a_drill_is_planned_in_it(plan, careful, mona, planned):
    empty = make_zone(careful, "Swan block")
    other = Criteria(zones=(empty.pk,))
    second = drills.make(
        careful, drills.Planned(scenario="flood", first=FIRST, criteria=other), by=mona
    )
    with pytest.raises(Refused, match="planned drill “flood” is meant for this zone"):
        zones.delete(empty, by=mona)
    drills.stop(second, by=mona, version=second.version, reason="Done")
    zones.delete(empty, by=mona)


def test_paused_it_does_not_come_and_taken_up_again_it_does(plan, ada):
    drills.pause(plan, by=ada, version=1)
    assert due(plan) == 0
    with at(datetime(2027, 1, 20, 9, 0, tzinfo=UTC)):
        drills.resume(plan, by=ada, version=2)
    assert plan.next_at == datetime(2027, 2, 9, 11, 0, tzinfo=UTC)
    assert due(plan) == 1
    assert drilled() == ["submitted"]


def test_taken_up_again_in_time_none_is_left_out(plan, ada):
    drills.pause(plan, by=ada, version=1)
    drills.resume(plan, by=ada, version=2)
    assert plan.next_at == datetime(2027, 1, 12, 11, 0, tzinfo=UTC)


def test_stopped_it_never_comes_again(plan, planned, ada):
    with pytest.raises(Refused, match="Say why"):
        drills.stop(plan, by=ada, version=1, reason=" ")
    drills.stop(plan, by=ada, version=1, reason="We moved out")
    assert due(plan) == 0
    for act in (drills.pause, drills.resume):
        with pytest.raises(MoveRefused):
            act(plan, by=ada, version=plan.version)
    with pytest.raises(MoveRefused, match="was stopped"):
        drills.change(plan, planned, by=ada, version=plan.version)


def test_a_stale_page_changes_nothing(plan, planned, ada, grace):
    drills.pause(plan, by=grace, version=1)
    for act in (
        lambda: drills.resume(plan, by=ada, version=1),
        lambda: drills.change(plan, planned, by=ada, version=1),
        lambda: drills.stop(plan, by=ada, version=1, reason="Old tab"),
    ):
        with pytest.raises(MoveRefused, match="changed after you opened it"):
            act()
    plan.refresh_from_db()
    assert plan.status == "paused"


@pytest.mark.parametrize("who", ["otto", "mallory", "pia"])
def test_nobody_plans_without_the_role_here(plan, careful, planned, world, who):
    by = getattr(world, who)
    for act in (
        lambda: drills.make(careful, planned, by=by),
        lambda: drills.change(plan, planned, by=by, version=1),
        lambda: drills.pause(plan, by=by, version=1),
        lambda: drills.stop(plan, by=by, version=1, reason="Because"),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert DrillPlan.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"scenario": "meteor"}, "what is practised"),
        ({"criteria": Criteria()}, "where it is"),
        ({"criteria": Criteria(zones=(10**9,))}, "not in this cluster"),
        ({"every": 0}, "every 1 to 52"),
        ({"every": 53}, "every 1 to 52"),
        ({"rhythm": "days"}, "weeks, months or years"),
        ({"first": datetime(2027, 1, 4)}, "has passed"),
        ({"first": datetime(1, 1, 1)}, "within the next years"),
        ({"first": datetime(9999, 12, 31, 23, 59)}, "within the next years"),
    ],
)
def test_what_cannot_be_planned_is_refused_in_a_sentence(
    careful, planned, ada, changes, why
):
    with pytest.raises(Refused, match=why):
        drills.make(careful, replace(planned, **changes), by=ada)
    assert not DrillPlan.objects.exists()
