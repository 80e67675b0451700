"""On PostgreSQL: the last look waits for an opt-out or a cancel that is under way."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from notifications import invariants, scope
from notifications.actions import dispatches
from notifications.delivery import engine, looking
from notifications.delivery.leasing import lease
from notifications.delivery.looking import take_window
from notifications.models import Dispatch, OptOut, Recipient
from notifications.models.moves import finish
from tests import flow
from tests.delivery.scripted import answering, unknown
from tests.personas import make_person

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(
        connection.vendor != "postgresql",
        reason="SQLite has one writer at a time as it is",
    ),
]


@pytest.fixture
def dispatch(transactional_db, quiet_bell, riverside):
    make_person(riverside, "Ann", email="ann@example.org")
    return flow.fanned_out(riverside)


@contextmanager
def looking_meanwhile():
    """A worker that looks while the test holds its locks; gives what it found."""
    found = []
    taken = lease(flow.LANES, "other")

    def look():
        try:
            with scope.every_cluster():
                found.append(take_window(taken, 50))
        finally:
            connections.close_all()

    worker = threading.Thread(target=look)
    with transaction.atomic():
        yield worker, found
        assert not found, "it did not wait"
    worker.join(20)
    assert found


def wait_until_it_waits():
    end = time.monotonic() + 20
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(waiting)
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
    raise AssertionError("the worker never waited")


def test_an_opt_out_under_way_is_waited_for_and_seen(dispatch, riverside):
    with looking_meanwhile() as (worker, found):
        ann = Recipient.objects.select_for_update().get(name="Ann")
        OptOut.objects.create(cluster=riverside, recipient=ann, source="link")
        worker.start()
        wait_until_it_waits()
    assert found[0].entries == ()
    assert flow.reasons(dispatch) == {"Ann": "opted_out"}


def test_a_cancel_under_way_is_waited_for_and_seen(dispatch, ada):
    with looking_meanwhile() as (worker, found):
        dispatches.cancel(dispatch, by=ada)
        worker.start()
        wait_until_it_waits()
    assert (found[0].entries, found[0].empty) == ((), True)
    assert flow.statuses(dispatch) == {"cancelled": 1}


def test_sending_again_under_way_is_waited_for_before_it_is_done(
    dispatch, ada, monkeypatch
):
    answering(monkeypatch, unknown)
    with monkeypatch.context() as patched:
        patched.setattr(engine, "finish", lambda pk: False)
        flow.deliver()
    found = []

    def ends():
        try:
            with scope.every_cluster():
                found.append(finish([dispatch.pk]))
        finally:
            connections.close_all()

    worker = threading.Thread(target=ends)
    with transaction.atomic():
        dispatches.resend_unknown(dispatch, by=ada, reason="They have nothing")
        worker.start()
        wait_until_it_waits()
    worker.join(20)
    assert found == [False]
    dispatch.refresh_from_db()
    assert dispatch.status == "sending"
    assert invariants.check() == []


def test_a_mark_made_before_a_cancel_is_no_false_alarm(dispatch, ada, monkeypatch):
    mark = looking._mark

    def slowly(*args):
        worker.start()
        wait_until_it_waits()
        return mark(*args)

    def cancels():
        try:
            with scope.every_cluster():
                dispatches.cancel(Dispatch.objects.get(pk=dispatch.pk), by=ada)
        finally:
            connections.close_all()

    worker = threading.Thread(target=cancels)
    monkeypatch.setattr(looking, "_mark", slowly)
    take_window(lease(flow.LANES, "one"), 50)
    worker.join(20)
    assert flow.statuses(dispatch) == {"sending": 1}
    assert list(invariants.nothing_marked_after_the_end()) == []


def test_a_fan_out_that_moves_on_keeps_no_worker_waiting(dispatch):
    found = []
    taken = lease(flow.LANES, "other")

    def look():
        try:
            with scope.every_cluster():
                found.append(take_window(taken, 50))
        finally:
            connections.close_all()

    worker = threading.Thread(target=look)
    with transaction.atomic():
        Dispatch.objects.filter(pk=dispatch.pk).update(fanned_out_to=99, version=7)
        worker.start()
        worker.join(20)
        assert found, "it waited"
    assert len(found[0].entries) == 1
