"""The pages of planned drills, and its drills beside each other."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from notifications import invariants
from notifications.actions import broadcasts, drills
from notifications.models import (
    Broadcast,
    DrillPlan,
)
from tests import flow
from tests.broadcasts.conftest import fan_out
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.delivery.scripted import accepted, answering
from tests.drills.conftest import browser, due

pytestmark = pytest.mark.services

YES = {"confirmed_people": 3}
PLANS = "/c/riverside/admin/drills/plans/"


def test_planned_on_the_page_changed_paused_and_stopped(careful, residents, ada):
    client = browser(ada)
    assert "Nothing is planned yet" in client.get(PLANS).content.decode()
    form = {
        "scenario": "fire",
        "zones": [residents.pk],
        "first": "2027-01-12T11:00",
        "every": "3",
        "rhythm": "months",
        "uid": str(uuid4()),
    }
    for _tap in range(2):
        answer = client.post(f"{PLANS}add/", form)
        assert answer.status_code == 302, answer.content.decode()
    plan = DrillPlan.objects.get()
    here = f"{PLANS}{plan.uid}/"
    shown = client.get(here).content.decode()
    assert "Every 3 months" in shown
    assert "None has come round yet" in shown
    edit = client.get(f"{here}edit/").content.decode()
    assert 'value="2027-01-12T11:00"' in edit
    assert 'value="fire" checked' in edit
    client.post(f"{here}edit/", form | {"every": "1", "version": "1"})
    client.post(f"{here}pause/", {"version": "2"})
    assert "Paused" in client.get(PLANS).content.decode()
    client.post(f"{here}resume/", {"version": "3"})
    plan.refresh_from_db()
    assert (plan.every, plan.status) == (1, "active")
    assert client.post(f"{here}stop/", {"version": "4"}).status_code == 400
    stopped = {"version": "4", "reason": "We moved out"}
    assert client.post(f"{here}stop/", stopped).status_code == 302
    plan.refresh_from_db()
    assert plan.status == "stopped"
    assert "We moved out" in client.get(here).content.decode()


@pytest.mark.parametrize(
    ("changes", "why", "status"),
    [
        ({"scenario": ""}, "Choose what is practised", 409),
        ({"zones": []}, "Choose where it is", 409),
        ({"first": "2027-01-01T11:00"}, "has passed", 409),
        ({"first": "soon"}, "Give a day and a time", 400),
        ({"every": "0"}, "greater than or equal to 1", 400),
        ({"every": "9" * 40}, "less than or equal to 52", 400),
        ({"rhythm": "moons"}, "moons", 400),
        ({"uid": "nonsense", "zones": ["x"]}, "Choose where it is", 409),
    ],
)
def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(
    careful, residents, ada, changes, why, status
):
    form = {
        "scenario": "fire",
        "zones": [residents.pk],
        "first": "2027-01-12T11:00",
        "every": "3",
        "rhythm": "months",
    }
    answer = browser(ada).post(f"{PLANS}add/", form | changes)
    shown = answer.content.decode()
    assert answer.status_code == status
    assert why in shown
    if "scenario" not in changes:
        assert 'value="fire" checked' in shown
    assert not DrillPlan.objects.exists()


def test_drills_of_a_plan_stand_beside_each_other(plan, clock, grace, monkeypatch):
    answering(monkeypatch, accepted)
    took = (timedelta(minutes=4), timedelta(minutes=2))
    for until in took:
        plan.refresh_from_db()
        clock.move_to(plan.next_at)
        drills.hold_due()
        drill = Broadcast.objects.latest("pk")
        clock.shift(until)
        fan_out(broadcasts.approve(drill, by=grace, **YES))
        clock.shift(timedelta(seconds=30))
        flow.deliver()
        entry = flow.entries(drill.dispatches.get()).filter(status="sent").first()
        broadcasts.answer(entry, "safe")
    page = " ".join(browser(grace).get(f"{PLANS}{plan.uid}/").content.decode().split())
    newest, before = page.index("2 min 0 s"), page.index("4 min 0 s")
    assert newest < before
    assert page.count("30 s") >= 4
    assert page.count("1 of 3") == 2
    assert invariants.check() == []


def test_where_none_is_asked_for_the_page_lets_its_planner_say_yes(
    riverside, planned, grace
):
    due(drills.make(riverside, planned, by=grace))
    drill = Broadcast.objects.get()
    page = browser(grace).get(f"/c/riverside/admin/drills/{drill.uid}/")
    assert "Approve for 3 people" in page.content.decode()


def test_drills_of_another_cluster_do_not_exist_here(plan, mallory):
    client = browser(mallory)
    here = f"/c/hilltop/admin/drills/plans/{plan.uid}/"
    for page in ("", "edit/", "stop/"):
        assert client.get(f"{here}{page}").status_code == 404
    assert (
        "Heron block"
        not in client.get("/c/hilltop/admin/drills/plans/").content.decode()
    )
