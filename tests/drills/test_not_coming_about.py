"""What is too late, gone, or looked at twice makes no surprise at night."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from notifications import scope
from notifications.actions import drills, scenarios
from notifications.audience import Criteria
from notifications.events import STAFF_DRILL
from notifications.models import (
    Broadcast,
    Dispatch,
    DrillPlan,
    Scenario,
)
from notifications.tasks.queues import main
from notifications.tasks.sweeping import Sweeper
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.drills.conftest import FIRST, NOW, at, browser, come, drilled, due
from tests.personas import make_zone

pytestmark = pytest.mark.services


def test_what_is_found_within_the_hour_still_comes(plan):
    due(plan, timedelta(minutes=59))
    assert drilled() == ["submitted"]


def test_what_is_found_later_is_left_out_and_said_so(plan, grace):
    night = datetime(2027, 1, 13, 3, 0, tzinfo=UTC)
    assert come(night) == 1
    assert come(night) == 0
    assert drilled() == []
    assert not Dispatch.objects.exists()
    plan.refresh_from_db()
    assert plan.status == "active"
    assert plan.note == (
        "The drill of 12 January 2027, 11:00 was left out: its time was found too late."
    )
    assert plan.next_at == datetime(2027, 2, 9, 11, 0, tzinfo=UTC)
    page = browser(grace).get("/c/riverside/admin/drills/").content.decode()
    assert "was left out" in page


def test_after_a_year_off_it_does_not_make_up_for_what_it_missed(plan):
    assert come(datetime(2028, 1, 20, 12, 0, tzinfo=UTC)) == 1
    assert drilled() == []
    plan.refresh_from_db()
    assert plan.next_at == datetime(2028, 2, 8, 11, 0, tzinfo=UTC)


def test_an_own_scenario_made_meanwhile_is_what_is_practised(plan, careful, mona):
    system = Scenario.objects.get(cluster=None, slug="fire")
    own = scenarios.make_own(careful, system, by=mona)
    due(plan)
    assert Broadcast.objects.get().scenario == own


def test_a_scenario_that_was_archived_stops_it_and_home_says_so(plan, grace):
    Scenario.objects.filter(slug="fire").update(archived_at=NOW)
    assert due(plan) == 1
    assert due(plan) == 0
    assert drilled() == []
    plan.refresh_from_db()
    assert plan.status == "paused"
    assert "its scenario is there no more" in plan.note
    assert plan.history.latest("history_id").history_change_reason == plan.note
    home = browser(grace).get("/c/riverside/admin/").content.decode()
    assert "A planned drill came to a stop" in home


def test_a_zone_that_is_gone_stops_it_too(plan):
    DrillPlan.objects.update(audience={"zones": [10**9]})
    due(plan)
    plan.refresh_from_db()
    assert (plan.status, drilled()) == ("paused", [])
    assert "not in this cluster" in plan.note


def test_one_that_fails_does_not_keep_the_others_from_coming(
    plan, hilltop, mallory, planned
):
    tower = make_zone(hilltop, "Tower")
    theirs = drills.Planned(
        scenario="fire", first=FIRST, criteria=Criteria(zones=(tower.pk,))
    )
    drills.make(hilltop, theirs, by=mallory)
    DrillPlan.objects.filter(cluster=hilltop).update(audience={"nonsense": 1})
    assert due(plan) == 1
    assert drilled() == ["submitted"]


def test_a_worker_brings_it_round_when_it_sweeps(plan):
    with at(plan.next_at):
        Sweeper(main).sweep()
    assert drilled() == ["submitted"]


def test_workers_that_look_at_once_make_one(
    transactional_db, quiet_bell, careful, planned, ada
):
    plan = drills.make(careful, planned, by=ada)
    many = 6 if connection.vendor == "postgresql" else 1
    ready = threading.Barrier(many)
    taken: list[int] = []
    moment = plan.next_at

    def look():
        try:
            ready.wait(20)
            with scope.every_cluster():
                taken.append(drills.hold_due(moment))
        finally:
            connections.close_all()

    if many == 1:
        taken = [drills.hold_due(moment) for _worker in range(6)]
    else:
        threads = [threading.Thread(target=look) for _worker in range(many)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert sorted(taken) == [0, 0, 0, 0, 0, 1]
    assert drilled() == ["submitted"]
    assert Dispatch.objects.filter(event=STAFF_DRILL.name).count() == 1
