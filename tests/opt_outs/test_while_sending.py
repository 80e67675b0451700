"""Once a refusal has committed, no worker marks anything that it covers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from notifications import scope
from notifications.actions import opt_outs, recipients
from notifications.actions.opt_outs import Wish
from notifications.delivery.leasing import Lease, lease
from notifications.delivery.looking import take_window
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import Batch, Dispatch, NotificationLog, OptOut, Recipient
from tests.opt_outs.planned import make_dispatch, plan, status_of
from tests.personas import World, make_people, make_world

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]

OPTED_OUT = (EntryStatus.SKIPPED, SkipReason.OPTED_OUT)
PATIENCE = 20


@pytest.fixture
def estate(transactional_db: None) -> Iterator[World]:
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time: nothing can come in between")
    with scope.every_cluster():
        yield make_world()


def make_batch(dispatch: Dispatch, people: list[Recipient]) -> list[NotificationLog]:
    batch = Batch.objects.create(
        cluster=dispatch.cluster,
        dispatch=dispatch,
        lane=dispatch.lane,
        channel="email",
        size=len(people),
        due_at=timezone.now() - timedelta(seconds=1),
    )
    return [plan(dispatch, person, batch=batch) for person in people]


def taken(worker: str) -> Lease:
    found = lease([2], worker)
    assert found is not None
    return found


class Beside(threading.Thread):
    """Work at the same time on a connection of its own; its error is the test's."""

    def __init__(self, work: Callable[[], object]) -> None:
        super().__init__(daemon=True)
        self.work = work
        self.error: BaseException | None = None
        self.start()

    def run(self) -> None:
        try:
            with scope.every_cluster():
                self.work()
        except BaseException as error:  # noqa: BLE001 - handed to the test
            self.error = error
        finally:
            connection.close()

    def finish(self) -> None:
        self.join(PATIENCE)
        assert not self.is_alive(), "it waits for ever"
        if self.error is not None:
            raise self.error


def wait_until_somebody_waits() -> None:
    """Until a statement on this database waits for a lock."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _time in range(PATIENCE * 100):
        with connection.cursor() as cursor:
            cursor.execute(asked)
            if cursor.fetchone()[0]:
                return
            cursor.execute("SELECT pg_sleep(0.01)")
    pytest.fail("nobody waited")


def test_a_worker_waits_for_a_refusal_and_then_marks_nothing(estate: World) -> None:
    [anna] = make_people(estate.riverside, 1)
    [entry] = make_batch(make_dispatch(estate.riverside), [anna])
    held = taken("worker")
    with transaction.atomic():
        opt_outs.opt_out(estate.riverside, anna, source="link")
        worker = Beside(lambda: take_window(held, 50))
        wait_until_somebody_waits()
    worker.finish()
    assert status_of(entry) == OPTED_OUT
    assert entry.attempts == 0


def test_a_refusal_waits_for_a_worker_and_takes_what_it_left(estate: World) -> None:
    anna, bo = make_people(estate.riverside, 2)
    dispatch = make_dispatch(estate.riverside)
    [marked] = make_batch(dispatch, [anna])
    later = plan(make_dispatch(estate.riverside), anna)
    with transaction.atomic():
        [taken_now] = take_window(taken("worker"), 50).entries
        assert taken_now.pk == marked.pk
        desk = Beside(
            lambda: opt_outs.record_all(
                estate.riverside, [anna.pk, bo.pk], Wish("link")
            )
        )
        wait_until_somebody_waits()
    desk.finish()
    assert status_of(marked) == (EntryStatus.SENDING, "")
    assert status_of(later) == OPTED_OUT


def test_leaving_takes_the_same_locks(estate: World) -> None:
    [anna] = make_people(estate.riverside, 1)
    [entry] = make_batch(make_dispatch(estate.riverside), [anna])
    held = taken("worker")
    with transaction.atomic():
        recipients.archive(
            estate.riverside, [anna.pk], by=estate.mona, reason="Moved away"
        )
        worker = Beside(lambda: take_window(held, 50))
        wait_until_somebody_waits()
    worker.finish()
    assert status_of(entry) == (EntryStatus.SKIPPED, SkipReason.LEFT)


def test_workers_and_refusals_in_a_crowd_neither_lock_up_nor_slip_through(
    estate: World,
) -> None:
    people = make_people(estate.riverside, 120)
    for person in people[::2]:
        # Everybody shares an address with a neighbour.
        point = person.contact_points.get()
        point.value = f"shared{person.pk // 4}@example.org"
        point.save()
    dispatch = make_dispatch(estate.riverside)
    for start in range(0, 120, 20):
        make_batch(dispatch, people[start : start + 20])

    def mark() -> None:
        while (held := lease([2], threading.current_thread().name)) is not None:
            while take_window(held, limit=3).entries:
                pass

    def refuse(order: list[Recipient]) -> None:
        for person in order:
            opt_outs.opt_out(estate.riverside, person, source="link", shared=True)

    work = [
        mark,
        mark,
        lambda: refuse(people[::3]),
        lambda: refuse(people[::-3]),
        lambda: recipients.archive(
            estate.riverside, [p.pk for p in people[60:]], by=estate.mona, reason="x"
        ),
    ]
    for thread in [Beside(each) for each in work]:
        thread.finish()
    refused = {row.recipient_id: row for row in OptOut.objects.order_by("-pk")}
    entries = NotificationLog.objects.filter(dispatch=dispatch)
    assert not entries.filter(status=EntryStatus.PLANNED).exists()
    for entry in entries.filter(status=EntryStatus.SENDING):
        row = refused.get(entry.recipient_id)
        assert row is None or entry.sending_at < row.created_at
