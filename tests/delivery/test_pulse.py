"""While a window is with the provider, a thread says that its worker is alive."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from notifications import delivery
from notifications.delivery import pulse
from notifications.delivery.leasing import LeaseLost
from notifications.models import Batch
from tests import flow
from tests.delivery.scripted import accepted, answering
from tests.personas import make_people

pytestmark = pytest.mark.services


@pytest.fixture
def beats(monkeypatch):
    """Signs of life at once, and what each runs into; gives a wait for the first."""
    monkeypatch.setattr(pulse, "EVERY", 0.01)
    begun, given = threading.Event(), threading.Event()

    def answers_with(problem):
        def renew(lease):
            assert begun.wait(20)
            given.set()
            raise problem

        monkeypatch.setattr(pulse, "renew", renew)
        return lambda: begun.set() or given.wait(20)

    return answers_with


def test_a_database_that_is_away_makes_nothing_unknown(riverside, monkeypatch, beats):
    make_people(riverside, 5)
    dispatch = flow.fanned_out(riverside)
    tried = beats(OperationalError("database is locked"))

    def slow(message):
        assert tried()
        return accepted(message)

    answering(monkeypatch, slow)
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 5}


def test_without_a_sign_of_life_nothing_more_is_handed_over(riverside, monkeypatch):
    make_people(riverside, 5)
    dispatch = flow.fanned_out(riverside)

    def last(message):
        monkeypatch.setattr(pulse, "UNSURE", -1)
        return accepted(message)

    channel = answering(monkeypatch, last)
    asked = iter(range(100))
    flow.deliver(stopping=lambda: next(asked) >= 3)
    assert len(channel.asked) == 1
    assert flow.statuses(dispatch) == {"sent": 1, "retrying": 4}


def test_a_lost_lease_hands_over_nothing_more(riverside, monkeypatch, beats):
    make_people(riverside, 3)
    flow.fanned_out(riverside)
    lost = beats(LeaseLost())

    def slow(message):
        assert lost()
        threading_is_done()
        return accepted(message)

    channel = answering(monkeypatch, slow)
    asked = iter(range(100))
    flow.deliver(stopping=lambda: next(asked) >= 3)
    assert len(channel.asked) == 1


def threading_is_done():
    for each in threading.enumerate():
        if each.name == "pulse":
            each.join(20)


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="the thread needs a database of files"
)
def test_a_slow_server_does_not_cost_the_lease(
    transactional_db, quiet_bell, riverside, monkeypatch
):
    make_people(riverside, 5)
    dispatch = flow.fanned_out(riverside)
    monkeypatch.setattr(pulse, "EVERY", 0.01)

    def slow(message):
        if len(channel.asked) == 1:
            flow.let_leases_run_out()
            wait_for_a_beat()
        delivery.recover(flow.LANES)
        return accepted(message)

    channel = answering(monkeypatch, slow)
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 5}


def wait_for_a_beat():
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if Batch.objects.get().leased_until > timezone.now():
            return
        time.sleep(0.01)
    raise AssertionError("nobody said that the worker is alive")
