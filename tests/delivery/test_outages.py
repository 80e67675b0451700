"""A provider that is away costs nobody their message."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from notifications.channels import Outcome, Receipt
from notifications.delivery.policy import EMERGENCY, ORDINARY
from notifications.models import Batch
from tests import flow
from tests.delivery.scripted import accepted, answering, unknown
from tests.personas import make_people

pytestmark = pytest.mark.services


def away(message):
    temporary = Outcome.TEMPORARY
    return Receipt(message.key, temporary, "scripted", reason="away", asked=False)


@pytest.fixture
def channel(monkeypatch):
    return answering(monkeypatch, away)


@pytest.fixture
def dispatch(riverside):
    make_people(riverside, 3)
    return flow.fanned_out(riverside)


def test_an_outage_uses_up_no_tries(dispatch, channel):
    for _try in range(ORDINARY.tries + 5):
        flow.deliver()
        flow.make_due()
    assert flow.statuses(dispatch) == {"retrying": 3}
    assert {entry.attempts for entry in flow.entries(dispatch)} == {0}
    channel.answer = accepted
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 3}
    assert {entry.attempts for entry in flow.entries(dispatch)} == {1}


def test_all_of_a_window_are_due_at_once_and_know_since_when(dispatch, channel):
    flow.deliver()
    first = Batch.objects.get(done_at=None)
    assert (first.size, first.due_at > timezone.now()) == (3, True)
    flow.make_due()
    flow.deliver()
    assert Batch.objects.get(done_at=None).troubled_since == first.troubled_since


def test_after_a_day_away_it_has_failed(dispatch, channel):
    flow.deliver()
    flow.make_due()
    yesterday = timezone.now() - timedelta(hours=25)
    Batch.objects.filter(done_at=None).update(troubled_since=yesterday)
    flow.deliver()
    assert flow.statuses(dispatch) == {"failed": 3}
    assert flow.entries(dispatch)[0].detail == "Not reached for a day: away"


def test_what_may_have_arrived_does_not_fail_by_an_outage(riverside, gas_leak, channel):
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside, event=gas_leak)
    channel.answer = unknown
    flow.deliver()
    channel.answer = away
    flow.make_due()
    flow.deliver()
    flow.make_due()
    yesterday = timezone.now() - timedelta(hours=25)
    Batch.objects.filter(done_at=None).update(troubled_since=yesterday)
    flow.deliver()
    assert flow.statuses(dispatch) == {"unknown": 1}


def test_a_worker_that_stops_gives_the_tries_back(dispatch, channel):
    channel.answer = accepted
    asked = iter(range(100))
    flow.deliver(stopping=lambda: next(asked) >= 3)
    waiting = flow.entries(dispatch).filter(status="retrying")
    assert {entry.attempts for entry in waiting} == {0}
    assert waiting[0].batch.due_at <= timezone.now()


@pytest.mark.parametrize("policy", [ORDINARY, EMERGENCY])
def test_a_pause_lies_anywhere_below_a_growing_ceiling(policy):
    for lasting in (0, 60, 7200):
        pauses = [
            policy.pause_in_trouble(timedelta(seconds=lasting)) for _ in range(50)
        ]
        assert min(pauses) >= policy.shortest
        assert max(pauses) <= min(policy.longest, max(2 * policy.shortest, lasting))
        assert len(set(pauses)) > 40


@pytest.mark.parametrize(
    ("policy", "tries", "shortest", "ceilings"),
    [
        (EMERGENCY, 12, 2, (4, 8, 16, 30, 30, 30, 30, 30, 30, 30, 30)),
        (ORDINARY, 8, 30, (60, 120, 240, 480, 960, 1800, 1800)),
    ],
)
def test_a_retry_lies_anywhere_between_the_shortest_pause_and_a_ceiling(
    policy, tries, shortest, ceilings
):
    assert (policy.tries, len(ceilings)) == (tries, tries - 1)
    for attempts, ceiling in enumerate(ceilings, start=1):
        pauses = [policy.pause(attempts) for _n in range(400)]
        assert shortest <= min(pauses) < shortest + (ceiling - shortest) * 0.1
        assert ceiling - (ceiling - shortest) * 0.1 < max(pauses) <= ceiling


def test_a_provider_that_names_a_time_is_left_alone_until_then(riverside, monkeypatch):
    make_people(riverside, 1)
    wait = partial(
        Receipt,
        outcome=Outcome.TEMPORARY,
        provider="api",
        reason="429 slow down",
        retry_after=900,
        asked=False,
    )
    answering(monkeypatch, lambda message: wait(message.key))
    dispatch = flow.fanned_out(riverside)
    flow.deliver()
    assert flow.statuses(dispatch) == {"retrying": 1}
    batch = flow.entries(dispatch).get().batch
    assert batch.due_at > timezone.now() + timedelta(seconds=890)


def test_nobody_is_left_alone_longer_than_the_longest_pause():
    assert EMERGENCY.pause(1, 3600) == EMERGENCY.longest
    assert EMERGENCY.pause_in_trouble(timedelta(), 3600) == EMERGENCY.longest
