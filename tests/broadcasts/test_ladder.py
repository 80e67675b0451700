"""Who has not answered hears again, and whoever has is left in peace."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import invariants
from notifications.actions import broadcasts
from notifications.alerting import Purpose
from notifications.errors import Refused
from notifications.models import Broadcast, NotificationLog
from tests import flow
from tests.broadcasts.conftest import fan_out, rows
from tests.delivery.scripted import accepted, answering
from tests.personas import make_person

pytestmark = pytest.mark.services

LADDER = (
    {"minutes": 10, "channels": ["email"]},
    {"minutes": 5, "channels": ["sms"]},
)


@pytest.fixture
def gas(gas):
    return replace(gas, ladder=LADDER)


def climb(minutes: int) -> int:
    return broadcasts.climb(timezone.now() + timedelta(minutes=minutes, seconds=1))


def answer(broadcast, name, channel="sms", state="safe"):
    entry = NotificationLog.objects.get(
        dispatch__broadcast=broadcast,
        dispatch__purpose=Purpose.ALERT,
        recipient__name=name,
        channel=channel,
    )
    broadcasts.answer(entry, state)


def test_the_silent_hear_again_when_their_time_has_come_and_once(arrived):
    assert climb(4) == 0
    assert climb(5) == 1
    assert climb(6) == 0
    step = arrived.dispatches.get(purpose=Purpose.LADDER)
    fan_out(step)
    assert step.parent.purpose == Purpose.ALERT
    assert rows(arrived, Purpose.LADDER) >= {
        ("Ann", "sms", "planned"),
        ("Cy", "sms", "planned"),
    }
    assert step.channels == ["sms"]
    assert climb(10) == 1
    assert climb(600) == 0
    assert not invariants.check()


def test_whoever_has_answered_is_left_in_peace(arrived):
    answer(arrived, "Ann")
    climb(5)
    fan_out(arrived.dispatches.get(purpose=Purpose.LADDER))
    assert "Ann" not in {name for name, *_rest in rows(arrived, Purpose.LADDER)}


def test_where_all_have_answered_nothing_is_sent(arrived, ada):
    for person in arrived.cluster.recipients.filter(zone__isnull=False):
        broadcasts.mark(arrived, person, "safe", by=ada)
    climb(5)
    assert not arrived.dispatches.filter(purpose=Purpose.LADDER).exists()


@pytest.mark.parametrize(
    "end",
    [
        lambda one, by: broadcasts.follow_up(one, Purpose.ALL_CLEAR, by=by),
        lambda one, by: broadcasts.stop(one, by=by),
    ],
    ids=["all clear", "stop"],
)
def test_after_the_end_nobody_climbs(arrived, grace, end):
    end(arrived, grace)
    assert climb(600) == 0
    assert not arrived.dispatches.filter(purpose=Purpose.LADDER).exists()


def test_a_step_does_not_send_away_who_has_the_page_before_them(arrived, grace):
    version = arrived.version
    climb(5)
    broadcasts.follow_up(arrived, Purpose.ALL_CLEAR, by=grace, version=version)
    arrived.refresh_from_db()
    assert arrived.status == "ended"


def test_caretakers_hear_as_long_as_somebody_is_silent(
    careful, gas, residents, ada, grace, monkeypatch
):
    warden = make_person(
        careful,
        "Wim",
        email="wim@example.org",
        zone=residents,
        tags=("warden",),
    )
    tag = warden.tags.get()
    step = {"minutes": 5, "channels": ["email"], "tag": tag.pk}
    broadcast = broadcasts.create_draft(careful, replace(gas, ladder=(step,)), by=ada)
    broadcasts.submit(broadcast, by=ada)
    yes = {"confirmed_people": 4, "typed_people": 4}
    fan_out(broadcasts.approve(broadcast, by=grace, **yes))
    answering(monkeypatch, accepted)
    flow.deliver()
    assert climb(5) == 1
    fan_out(broadcast.dispatches.get(purpose=Purpose.LADDER))
    assert rows(broadcast, Purpose.LADDER) == {("Wim", "email", "planned")}


def test_the_simulator_says_who_would_get_what_when(drafted):
    first, second = broadcasts.simulate(drafted)
    assert (first.at_minute, first.channels, first.people) == (5, ("sms",), 4)
    assert (second.at_minute, second.channels) == (10, ("email",))


@pytest.mark.parametrize(
    "step",
    [
        {"minutes": 0, "channels": ["sms"]},
        {"minutes": 5, "channels": []},
        {"minutes": 5, "channels": ["pigeon"]},
        {"minutes": "soon", "channels": ["sms"]},
        {"minutes": 5, "channels": ["sms"], "tag": 10**9},
        "up",
    ],
)
def test_what_is_no_step_is_refused_when_it_is_written(careful, gas, ada, step):
    with pytest.raises(Refused):
        broadcasts.create_draft(careful, replace(gas, ladder=(step,)), by=ada)
    assert not Broadcast.objects.exists()
