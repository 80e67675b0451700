"""Clocks that jump, and workers that are gone: nobody waits for what cannot come."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import delivery, events, workers
from notifications.channels import Outcome, Receipt
from notifications.delivery import looking
from notifications.delivery.policy import EMERGENCY, ORDINARY, policy_for
from notifications.models import Batch
from tests import flow
from tests.delivery.scripted import answering
from tests.personas import make_people

pytestmark = pytest.mark.services


def test_a_lease_in_the_far_future_is_no_lease(riverside, sink):
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside)
    delivery.lease(flow.LANES, "one")
    Batch.objects.update(leased_until=timezone.now() + timedelta(hours=3))
    assert delivery.recover(flow.LANES) == 1
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 1}


def test_a_batch_made_before_the_clock_went_back_is_due(riverside, sink):
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside)
    ahead = timezone.now() + timedelta(hours=3)
    Batch.objects.update(due_at=ahead, created_at=ahead)
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 1}


def test_what_a_dead_worker_of_this_machine_held_is_free_at_once(riverside):
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        name = workers.worker_name().replace(
            f":{workers.worker_name().rpartition(':')[2]}", f":{gone.pid}"
        )
    looking.take_window(delivery.lease(flow.LANES, name), limit=1)
    assert workers.is_gone(name)
    assert delivery.recover(flow.LANES) == 1
    assert flow.statuses(dispatch) == {"unknown": 1, "planned": 1}


def test_nobody_here_can_know_of_a_worker_elsewhere(riverside):
    make_people(riverside, 1)
    flow.fanned_out(riverside)
    for name in ("elsewhere-abc123:1", "nonsense", workers.worker_name()):
        assert not workers.is_gone(name)
    delivery.lease(flow.LANES, "elsewhere-abc123:1")
    assert delivery.recover(flow.LANES) == 0


def test_an_event_may_ask_for_other_tries_and_pauses():
    event = replace(events.PAYMENT_DUE, tries=3, retry_interval=timedelta(minutes=5))
    own = policy_for(event, event.lane)
    assert (own.tries, own.shortest, own.longest) == (3, 300.0, ORDINARY.longest)
    rare = policy_for(replace(event, retry_interval=timedelta(hours=2)), event.lane)
    assert rare.shortest == rare.longest == 7200.0
    assert policy_for(events.PAYMENT_DUE, events.Lane.EMERGENCY) == EMERGENCY


def test_who_asks_for_two_tries_is_tried_twice(riverside, monkeypatch):
    def later(message):
        return Receipt(message.key, Outcome.TEMPORARY, "scripted", reason="451 later")

    answering(monkeypatch, later)
    twice = replace(events.PAYMENT_DUE, tries=2, retry_interval=timedelta(minutes=5))
    monkeypatch.setitem(events.REGISTRY, twice.name, twice)
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside, event=twice)
    flow.deliver()
    batch = flow.entries(dispatch).get().batch
    assert batch.due_at > timezone.now() + timedelta(minutes=4)
    flow.make_due()
    flow.deliver()
    assert flow.statuses(dispatch) == {"failed": 1}
