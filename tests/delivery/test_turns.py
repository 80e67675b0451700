"""Who is served when: the more urgent first, every cluster in its turn."""

from __future__ import annotations

import pytest

from notifications import delivery, dispatching
from notifications.delivery import leasing, looking, working
from tests import flow
from tests.delivery.scripted import accepted, answering
from tests.personas import make_people, make_person

pytestmark = pytest.mark.services


def test_many_small_batches_are_taken_at_once(riverside, sink):
    make_people(riverside, 1)
    several = [flow.fanned_out(riverside) for _ in range(5)]
    taken = delivery.lease(flow.LANES, "one")
    assert taken.dispatches == {dispatch.pk for dispatch in several}
    assert delivery.lease(flow.LANES, "two") is None
    looking.put_down(taken)
    flow.deliver()
    assert {flow.statuses(each)["sent"] for each in several} == {1}
    assert len(sink.arrived) == 5
    for dispatch in several:
        dispatch.refresh_from_db()
        assert dispatch.status == "done"


def test_a_worker_leaves_some_batches_for_others(riverside, monkeypatch):
    monkeypatch.setattr(leasing, "HANDFUL", 4)
    make_people(riverside, 9)
    dispatching.fan_out(flow.prepared(riverside).pk, chunk=3)
    sizes = [len(delivery.lease(flow.LANES, "one").batches) for _ in range(3)]
    assert sizes == [1, 1, 1]


def test_an_emergency_overtakes_in_the_middle_of_a_batch(
    riverside, hilltop, monkeypatch, gas_leak
):
    make_people(riverside, 200)
    make_person(hilltop, "Hal", email="hal@example.org")
    flow.fanned_out(riverside)

    def answer(message):
        if len(channel.asked) == 10:
            flow.fanned_out(hilltop, event=gas_leak)
        return accepted(message)

    channel = answering(monkeypatch, answer)
    flow.deliver()
    assert len(channel.asked) == 201
    # The window at hand is finished, and not one more is begun.
    assert channel.asked.index("hal@example.org") == 50


def test_who_hears_the_ring_of_an_emergency_gives_back_the_window_at_hand(
    riverside, hilltop, monkeypatch, gas_leak
):
    make_people(riverside, 200)
    make_person(hilltop, "Hal", email="hal@example.org")
    news = flow.fanned_out(riverside)
    rings = [False] * 10 + [True]

    def answer(message):
        if len(channel.asked) == 10:
            flow.fanned_out(hilltop, event=gas_leak)
        return accepted(message)

    channel = answering(monkeypatch, answer)
    flow.deliver(rung=lambda: rings.pop(0) if rings else False)
    assert channel.asked.index("hal@example.org") == 10
    assert len(channel.asked) == len(set(channel.asked)) == 201
    assert flow.statuses(news) == {"sent": 200}


def test_the_ring_of_another_newsletter_calls_nobody_away(
    riverside, hilltop, monkeypatch
):
    make_people(riverside, 100)
    make_person(hilltop, "Hal", email="hal@example.org")
    flow.fanned_out(riverside)
    flow.fanned_out(hilltop)
    channel = answering(monkeypatch, accepted)
    flow.deliver(rung=lambda: True)
    assert channel.asked.index("hal@example.org") in (0, 100)


def test_a_newsletter_to_many_does_not_hold_up_another_cluster(
    riverside, hilltop, monkeypatch
):
    monkeypatch.setattr(working, "TURN", 0.0)
    make_people(riverside, 300)
    make_person(hilltop, "Hal", email="hal@example.org")
    dispatching.fan_out(flow.prepared(riverside).pk)

    def answer(message):
        if len(channel.asked) == 10:
            flow.fanned_out(hilltop)
        return accepted(message)

    channel = answering(monkeypatch, answer)
    flow.deliver()
    assert len(channel.asked) == 301
    assert channel.asked.index("hal@example.org") <= 100


def test_an_opt_out_of_one_event_leaves_the_other_in_the_same_hands(riverside, sink):
    from notifications.events import NEWSLETTER, PAYMENT_DUE
    from notifications.models import OptOut

    ann = make_person(riverside, "Ann", email="ann@example.org")
    bill = flow.fanned_out(riverside, event=PAYMENT_DUE)
    later = flow.fanned_out(riverside, event=PAYMENT_DUE)
    news = flow.fanned_out(riverside, event=NEWSLETTER)
    OptOut.objects.create(
        cluster=riverside, recipient=ann, source="link", category="payments"
    )
    flow.deliver()
    assert flow.statuses(bill) == flow.statuses(later) == {"skipped": 1}
    assert flow.statuses(news) == {"sent": 1}


def test_one_paused_dispatch_does_not_stop_the_others_in_the_same_hands(
    riverside, ada, sink
):
    from notifications.actions import dispatches

    make_people(riverside, 2)
    first, second, third = (flow.fanned_out(riverside) for _ in range(3))
    taken = []

    def stopping():
        taken.append(1)
        if len(taken) == 2:
            dispatches.pause(second, by=ada, reason="A wrong date")
            dispatches.cancel(third, by=ada, reason="Twice")
        return False

    flow.deliver(stopping=stopping)
    assert flow.statuses(first) == {"sent": 2}
    assert flow.statuses(second) == {"planned": 2}
    assert flow.statuses(third) == {"cancelled": 2}
    dispatches.resume(second, by=ada)
    flow.deliver()
    assert flow.statuses(second) == {"sent": 2}
