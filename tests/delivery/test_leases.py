"""A batch has one worker; one that goes silent loses it, and can change nothing."""

from __future__ import annotations

import pytest

from notifications import delivery, dispatching
from notifications.channels.routes import Routes
from notifications.delivery import looking, outcomes, pace, verdicts
from notifications.delivery.engine import never
from notifications.delivery.leasing import always
from notifications.delivery.policy import ORDINARY
from notifications.delivery.working import Run
from notifications.models import Batch, NotificationLog
from tests import flow
from tests.channels.faulty import Refuse
from tests.delivery.broken import Broken
from tests.personas import make_people, make_person

pytestmark = pytest.mark.services


def test_what_one_worker_holds_no_other_gets(riverside):
    make_people(riverside, 1)
    flow.fanned_out(riverside)
    assert delivery.lease(flow.LANES, "one") is not None
    assert delivery.lease(flow.LANES, "two") is None


def test_a_lower_lane_always_overtakes(riverside, gas_leak):
    make_people(riverside, 1)
    flow.fanned_out(riverside)
    urgent = flow.fanned_out(riverside, event=gas_leak)
    assert delivery.lease(flow.LANES, "one").dispatches == {urgent.pk}


def test_a_worker_kept_for_emergencies_takes_nothing_else(riverside):
    make_people(riverside, 1)
    flow.fanned_out(riverside)
    assert delivery.lease([0], "one") is None


def test_a_big_cluster_does_not_keep_a_small_one_waiting(riverside, hilltop):
    make_people(riverside, 6)
    make_people(hilltop, 1)
    big = flow.prepared(riverside)
    dispatching.fan_out(big.pk, chunk=1)
    small = flow.fanned_out(hilltop)
    first, second = (delivery.lease(flow.LANES, "one") for _ in range(2))
    assert first.dispatches | second.dispatches == {big.pk, small.pk}


def test_what_a_silent_worker_held_is_unknown_and_the_rest_goes_on(riverside, sink):
    make_people(riverside, 3)
    dispatch = flow.fanned_out(riverside)
    taken = delivery.lease(flow.LANES, "dead")
    marked = looking.take_window(taken, limit=1).entries
    assert delivery.recover(flow.LANES) == 0, "it may still be alive"
    flow.let_leases_run_out()
    assert delivery.recover(flow.LANES) == 1
    flow.deliver()
    assert flow.statuses(dispatch) == {"unknown": 1, "sent": 2}
    lost = flow.entries(dispatch).get(status="unknown")
    assert lost.pk == marked[0].pk
    assert lost.settled_at is not None
    assert lost.history.get().status == "unknown"
    dispatch.refresh_from_db()
    assert dispatch.status == "done"


def test_what_a_silent_worker_held_of_an_emergency_goes_once_more(
    riverside, sink, gas_leak
):
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside, event=gas_leak)
    for _death in range(2):
        looking.take_window(delivery.lease(flow.LANES, "dead"), 50)
        flow.let_leases_run_out()
        delivery.recover(flow.LANES)
    assert flow.statuses(dispatch) == {"unknown": 1}
    assert flow.entries(dispatch).get().attempts == 2


def test_an_emergency_that_was_turned_away_before_goes_once_more_too(
    riverside, sink, gas_leak
):
    make_person(riverside, "Ann", email="ann@example.org")
    sink.faults["ann@example.org"] = Refuse(451, "try later")
    dispatch = flow.fanned_out(riverside, event=gas_leak)
    flow.deliver()
    statuses = []
    for _death in range(2):
        flow.make_due()
        looking.take_window(delivery.lease(flow.LANES, "dead"), 50)
        flow.let_leases_run_out()
        delivery.recover(flow.LANES)
        statuses.append(flow.statuses(dispatch))
    assert statuses == [{"retrying": 1}, {"unknown": 1}]


def test_an_emergency_through_a_provider_that_drops_doubles_is_never_given_up(
    riverside, settings, sink, gas_leak
):
    make_people(riverside, 1)
    settings.TOCSIN_CHANNELS = {"email": "tests.delivery.test_leases.Careful"}
    dispatch = flow.fanned_out(riverside, event=gas_leak)
    for _death in range(3):
        looking.take_window(delivery.lease(flow.LANES, "dead"), 50)
        flow.let_leases_run_out()
        delivery.recover(flow.LANES)
        assert flow.statuses(dispatch) == {"retrying": 1}


def test_a_provider_that_drops_doubles_is_asked_again(riverside, settings, sink):
    make_people(riverside, 1)
    settings.TOCSIN_CHANNELS = {"email": "tests.delivery.test_leases.Careful"}
    dispatch = flow.fanned_out(riverside)
    looking.take_window(delivery.lease(flow.LANES, "dead"), 50)
    flow.let_leases_run_out()
    delivery.recover(flow.LANES)
    assert flow.statuses(dispatch) == {"retrying": 1}


class Careful(Broken):
    """Stands for a provider with an idempotency key."""

    deduplicates = True


def test_a_worker_that_wakes_up_late_changes_nothing(riverside, sink):
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside)
    taken = delivery.lease(flow.LANES, "slow")
    entry = looking.take_window(taken, 50).entries[0]
    flow.let_leases_run_out()
    delivery.recover(flow.LANES)
    with Routes() as routes:
        route = routes.of("email")
        late = Run(taken, route, flow.LANES, always, never, never, pace.Pace())
        late.work_off()
    assert sink.arrived == []
    told = [verdicts.unwritable(entry, "too late")]
    assert outcomes.record(taken, told, lambda pk: ORDINARY, "x@example.org") == 0
    assert flow.statuses(dispatch) == {"unknown": 1}
    assert NotificationLog.history.count() == 1


def test_a_worker_told_to_stop_hands_over_nothing_more(riverside, sink):
    make_people(riverside, 5)
    dispatch = flow.fanned_out(riverside)
    asked = iter(range(100))
    # Asked before the batches, before the window, then before each message.
    flow.deliver(stopping=lambda: next(asked) >= 4)
    assert len(sink.arrived) == 2
    assert flow.statuses(dispatch) == {"sent": 2, "retrying": 3}
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 5}
    assert len(set(sink.keys())) == len(sink.keys()) == 5
    assert not Batch.objects.filter(done_at=None).exists()


def test_a_window_bounds_what_one_crash_can_leave_unknown(riverside):
    make_people(riverside, 60)
    flow.fanned_out(riverside)
    window = looking.take_window(delivery.lease(flow.LANES, "one"), pace.FIRST)
    assert len(window.entries) == pace.FIRST == 50


def test_entries_of_a_window_carry_its_token_before_anything_is_sent(riverside):
    make_person(riverside, "Ann", email="ann@example.org")
    dispatch = flow.fanned_out(riverside)
    taken = delivery.lease(flow.LANES, "one")
    looking.take_window(taken, 50)
    entry = flow.entries(dispatch).get()
    assert (entry.status, entry.token) == ("sending", taken.token)
    assert entry.attempts == 1
    assert entry.sending_at is not None
