"""The ladder under way: retries, outages, and who answers meanwhile."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications.actions import broadcasts, dispatches
from notifications.alerting import Purpose
from notifications.channels import Outcome, Receipt
from notifications.errors import TocsinError
from notifications.models import (
    Answer,
    Broadcast,
    NotificationLog,
)
from tests import flow
from tests.broadcasts.conftest import fan_out, rows
from tests.broadcasts.test_ladder import answer, climb
from tests.delivery.scripted import accepted, answering
from tests.personas import make_person

pytestmark = pytest.mark.services

NUMBER = "+447700900998"


def refused(message):
    return Receipt(message.key, Outcome.PERMANENT, "x", reason="so")


@pytest.fixture
def climbing(gas):
    return replace(
        gas,
        ladder=(
            {"minutes": 5, "channels": ["sms"]},
            {"minutes": 10, "channels": ["email"]},
        ),
    )


@pytest.fixture
def live_with_ladder(careful, climbing, ada, grace) -> Broadcast:
    broadcast = broadcasts.create_draft(careful, climbing, by=ada)
    broadcasts.submit(broadcast, by=ada)
    yes = {"confirmed_people": 3, "typed_people": 3}
    fan_out(broadcasts.approve(broadcast, by=grace, **yes))
    return broadcast


class TestTheLadder:
    def test_goes_on_though_a_retry_of_the_failed_was_cancelled(
        self, live_with_ladder, grace, monkeypatch
    ):
        answering(monkeypatch, refused)
        flow.deliver()
        alert = live_with_ladder.dispatches.get()
        again = dispatches.retry_failed(alert, by=grace)
        dispatches.cancel(again, by=grace)
        assert climb(5) == 1

    def test_after_an_outage_the_channels_of_what_was_left_out_are_used_too(
        self, live_with_ladder, monkeypatch
    ):
        answering(monkeypatch, accepted)
        flow.deliver()
        assert climb(10) == 1
        step = live_with_ladder.dispatches.get(purpose=Purpose.LADDER)
        assert set(step.channels) == {"sms", "email"}
        fan_out(step)
        told = rows(live_with_ladder, Purpose.LADDER)
        assert {("Cy", "sms", "planned"), ("Bea", "email", "planned")} <= told

    def test_under_way_it_keeps_no_failed_one_from_being_tried_again(
        self, live_with_ladder, grace, monkeypatch
    ):
        answering(monkeypatch, refused)
        flow.deliver()
        assert climb(5) == 1
        alert = live_with_ladder.dispatches.get(purpose=Purpose.ALERT)
        again = dispatches.retry_failed(alert, by=grace)
        assert again.purpose == Purpose.ALERT

    def test_that_fails_for_one_is_climbed_for_the_next(
        self, live_with_ladder, monkeypatch, caplog
    ):
        Broadcast.objects.update(ladder=[{"minutes": 5, "channels": 7}])
        assert climb(5) == 0
        answering(monkeypatch, accepted)
        monkeypatch.setattr("notifications.actions.broadcasts.climbing._take", no_luck)
        assert climb(5) == 0
        assert "could not be climbed" in caplog.text

    def test_spares_who_answers_after_their_step_was_written_down(
        self, live_with_ladder, monkeypatch
    ):
        answering(monkeypatch, accepted)
        flow.deliver()
        climb(5)
        fan_out(live_with_ladder.dispatches.get(purpose=Purpose.LADDER))
        answer(live_with_ladder, "Ann")
        told = rows(live_with_ladder, Purpose.LADDER)
        assert {("Ann", "sms", "skipped"), ("Cy", "sms", "planned")} <= told
        skipped = NotificationLog.objects.get(
            dispatch__purpose=Purpose.LADDER, recipient__name="Ann"
        )
        assert skipped.reason == "answered"


def no_luck(*given):
    raise KeyError("what nobody thought of")


def test_a_caretaker_who_is_safe_still_hears_of_the_silent(
    careful, gas, residents, ada, grace, monkeypatch
):
    warden = make_person(
        careful, "Wim", email="wim@example.org", zone=residents, tags=("warden",)
    )
    step = {"minutes": 5, "channels": ["email"], "tag": warden.tags.get().pk}
    broadcast = broadcasts.create_draft(careful, replace(gas, ladder=(step,)), by=ada)
    broadcasts.submit(broadcast, by=ada)
    yes = {"confirmed_people": 4, "typed_people": 4}
    fan_out(broadcasts.approve(broadcast, by=grace, **yes))
    answering(monkeypatch, accepted)
    flow.deliver()
    climb(5)
    fan_out(broadcast.dispatches.get(purpose=Purpose.LADDER))
    broadcasts.mark(broadcast, warden, "safe", by=ada)
    assert rows(broadcast, Purpose.LADDER) == {("Wim", "email", "planned")}


def test_an_answer_that_is_refused_spares_nobody(live_with_ladder, monkeypatch):
    answering(monkeypatch, accepted)
    flow.deliver()
    climb(5)
    fan_out(live_with_ladder.dispatches.get(purpose=Purpose.LADDER))
    with pytest.raises(TocsinError):
        answer(live_with_ladder, "Ann", state="fine")
    assert not Answer.objects.exists()
    assert ("Ann", "sms", "planned") in rows(live_with_ladder, Purpose.LADDER)
