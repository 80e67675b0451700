"""A drill that was held: it looks like one, and stands beside the others."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.actions import broadcasts, drills
from notifications.alerting import Purpose
from notifications.exporting.incident import facts_of, kind_of
from notifications.models import Broadcast, Export
from tests import flow
from tests.broadcasts.conftest import fan_out
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.delivery.scripted import accepted, answering
from tests.drills.conftest import browser

pytestmark = pytest.mark.services

DRILLS = "/c/riverside/admin/drills/"
YES = {"confirmed_people": 3}
#: Until approved, and until the first and nine of ten had it.
FIGURES = ("4 min 0 s", "30 s", "30 s")


@pytest.fixture
def held(plan, clock, grace, monkeypatch) -> Broadcast:
    """Approved after four minutes, had by everybody half a minute later."""
    answering(monkeypatch, accepted)
    clock.move_to(plan.next_at)
    drills.hold_due()
    drill = Broadcast.objects.get()
    clock.shift(timedelta(minutes=4))
    fan_out(broadcasts.approve(drill, by=grace, **YES))
    clock.shift(timedelta(seconds=30))
    flow.deliver()
    entry = flow.entries(drill.dispatches.get()).filter(status="sent").first()
    broadcasts.answer(entry, "safe")
    drill.refresh_from_db()
    return drill


def shown(user, path: str = "") -> str:
    return " ".join(browser(user).get(f"{DRILLS}{path}").content.decode().split())


def test_a_live_drill_has_the_colours_of_drills(held, grace):
    page = shown(grace, f"{held.uid}/")
    assert "<title>Drill: " in page.replace("<title> ", "<title>")
    assert 'class="pill tone-drill" data-status="live"' in page
    assert "tone-text-alarm" not in page
    assert "Drill report" in page
    assert "Incident report" not in page
    assert 'class="pill tone-drill" data-status="live"' in shown(grace)


def test_its_report_says_how_fast_it_was(held, grace, otto):
    page = shown(grace, f"{held.uid}/report/")
    assert "Incident report" not in page
    part = page.partition("How fast it was")[2].partition("What happened")[0]
    for label, figure in zip(
        ("Until approved", "Until the first", "Until nine of ten"), FIGURES, strict=True
    ):
        assert figure in part.partition(label)[2].partition("</div>")[0]
    assert kind_of(held) == "Drill report"
    browser(otto).post(f"{DRILLS}{held.uid}/report/", {"format": "csv"})
    export = Export.objects.get()
    assert export.title == f"Drill report: {held.title}"
    told = dict(row for row in facts_of(export) if len(row) == 2)
    assert told["Drill report"] == held.title
    assert told["Until approved"] == FIGURES[0]


def test_when_it_is_over_the_list_has_its_figures(held, grace):
    broadcasts.follow_up(held, Purpose.ALL_CLEAR, by=grace)
    before = shown(grace).partition("<h2>Before</h2>")[2]
    for figure in (held.title, "Ended", *FIGURES, "1 of 3"):
        assert figure in before
