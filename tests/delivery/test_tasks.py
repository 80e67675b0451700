"""The queue wakes workers, and what it lost the sweep finds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from huey import PriorityRedisHuey

from notifications import dispatching, doorbell, tasks
from notifications.actions import announcements
from notifications.audience import Criteria
from notifications.delivery.leasing import lease
from notifications.delivery.looking import take_window
from notifications.models import Dispatch, Export
from notifications.tasks import queues, sweeping
from notifications.tasks.sweeping import Sweeper
from notifications.workers import worker_name
from tests import flow
from tests.personas import make_people

pytestmark = pytest.mark.services


@pytest.fixture
def sweep(monkeypatch):
    """Look twice, so long apart that whatever stands still is noticed."""
    monkeypatch.setattr(sweeping, "PATIENCE", 0)
    sweeper = Sweeper(queues.main)

    def twice():
        sweeper.sweep()
        sweeper.sweep()

    return twice


def test_a_commit_rings_and_the_message_goes_all_the_way(
    riverside, mailoutbox, django_capture_on_commit_callbacks
):
    make_people(riverside, 3)
    with django_capture_on_commit_callbacks(execute=True) as rung:
        dispatch = flow.prepared(riverside)
    assert rung
    dispatch.refresh_from_db()
    dispatching.fan_out(dispatch.pk)
    tasks.deliver()
    assert flow.statuses(dispatch) == {"sent": 3}
    assert len(mailoutbox) == 3


def test_a_lost_ring_for_a_fan_out_is_made_up_for(riverside, mailoutbox, sweep):
    make_people(riverside, 2)
    dispatch = flow.prepared(riverside)
    sweep()
    assert flow.statuses(dispatch) == {"sent": 2}
    dispatch.refresh_from_db()
    assert dispatch.status == "done"


def test_what_stands_still_for_a_second_is_rung_for(riverside, monkeypatch):
    make_people(riverside, 2)
    dispatch = flow.prepared(riverside)
    sweeper = Sweeper(queues.main)
    monkeypatch.setattr(sweeping, "monotonic", lambda: 100.0)
    sweeper.sweep()
    assert flow.statuses(dispatch) == {}
    monkeypatch.setattr(sweeping, "monotonic", lambda: 101.0)
    sweeper.sweep()
    assert flow.statuses(dispatch)


def test_a_fan_out_that_gave_way_is_rung_for_again(riverside, mailoutbox, monkeypatch):
    make_people(riverside, 3)
    dispatch = flow.prepared(riverside)
    bounded = partial(dispatching.fan_out, chunk=1)
    monkeypatch.setattr(
        dispatching, "fan_out", lambda pk, seconds: bounded(pk, seconds=0)
    )
    tasks.fan_out(dispatch.pk)
    assert flow.statuses(dispatch) == {"planned": 3}
    dispatch.refresh_from_db()
    assert dispatch.fanned_out_at is not None


def test_a_second_ring_for_a_fan_out_at_work_takes_no_second_thread(
    riverside, monkeypatch
):
    dispatch, begun = flow.prepared(riverside), []

    def rung_meanwhile(pk, seconds):
        begun.append(pk)
        tasks.fan_out(pk)
        return False

    monkeypatch.setattr(dispatching, "fan_out", rung_meanwhile)
    tasks.fan_out(dispatch.pk)
    tasks.fan_out(dispatch.pk)
    assert begun == [dispatch.pk] * 2


def test_a_lost_ring_for_a_batch_is_made_up_for(riverside, mailoutbox, sweep):
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)
    sweep()
    assert flow.statuses(dispatch) == {"sent": 2}
    row = flow.entries(dispatch)[0].history.get()
    assert (row.actor_kind, row.actor_label) == ("worker", worker_name())


def test_what_a_dead_worker_left_is_judged(riverside, mailoutbox, sweep):
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)
    take_window(lease(flow.LANES, "dead"), limit=1)
    flow.let_leases_run_out()
    sweep()
    assert flow.statuses(dispatch) == {"unknown": 1, "sent": 1}


def test_two_batches_that_ended_at_once_end_their_dispatch(riverside, sweep):
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside)
    flow.entries(dispatch).update(status="sent", attempts=1)
    dispatch.batches.update(done_at=timezone.now())
    sweep()
    dispatch.refresh_from_db()
    assert dispatch.status == "done"


def test_one_command_delivers_all_that_is_due(riverside, mailoutbox, capsys):
    make_people(riverside, 2)
    dispatch = flow.prepared(riverside)
    call_command("deliver")
    assert flow.statuses(dispatch) == {"sent": 2}
    assert "1 dispatches written out" in capsys.readouterr().out


def test_an_announcement_goes_out_when_its_time_comes(riverside, ada, sweep):
    make_people(riverside, 1)
    draft = announcements.Draft(
        subject="Water",
        body=[{"type": "text", "value": "<p>Off.</p>"}],
        criteria=Criteria(everyone=True),
    )
    written = announcements.create_draft(riverside, draft, by=ada)
    with time_machine.travel(
        datetime(2026, 11, 20, 8, 0, tzinfo=UTC), tick=False
    ) as at:
        announcements.schedule(
            written, by=ada, send_at_wall=datetime(2026, 11, 20, 9, 0)
        )
        sweep()
        assert not Dispatch.objects.exists()
        at.shift(timedelta(hours=1))
        sweep()
    assert Dispatch.objects.get().announcement == written


def test_a_job_whose_worker_died_is_run_again(riverside, ada, sweep, monkeypatch):
    ran = []
    monkeypatch.setitem(tasks.JOBS, "export", "tests.delivery.test_tasks.run_export")
    monkeypatch.setattr("tests.delivery.test_tasks.RAN", ran)
    given = {"cluster": riverside, "kind": "log", "format": "csv", "title": "Log"}
    silent = Export.objects.create(
        **given, status="running", beat_at=timezone.now() - timedelta(minutes=1)
    )
    Export.objects.create(**given, status="running", beat_at=timezone.now())
    Export.objects.create(**given, status="done")
    sweep()
    assert set(ran) == {silent.pk}


RAN: list[int] = []


def run_export(pk):
    RAN.append(pk)


def test_a_step_that_fails_does_not_keep_the_others_from_running(
    riverside, mailoutbox, sweep, monkeypatch
):
    def broken():
        raise RuntimeError("no")

    monkeypatch.setattr(announcements, "release_due", broken)
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside)
    sweep()
    assert flow.statuses(dispatch) == {"sent": 1}


def test_a_queue_that_is_down_stops_nobody(
    riverside, monkeypatch, django_capture_on_commit_callbacks
):
    def down(*args):
        raise ConnectionError("no Redis")

    monkeypatch.setattr(tasks, "deliver", down)
    with django_capture_on_commit_callbacks(execute=True):
        doorbell.ring(2)


def test_an_emergency_goes_to_the_queue_that_is_kept_for_it(
    riverside, gas_leak, monkeypatch
):
    called = []
    for name in ("fan_out", "fan_out_emergency", "deliver", "deliver_emergency"):
        monkeypatch.setattr(tasks, name, lambda *args, name=name: called.append(name))
    urgent = flow.prepared(riverside, event=gas_leak)
    tasks.on_job_waiting(sender=None, kind="fan_out", pk=urgent.pk)
    tasks.on_batches_due(sender=None, lane=0)
    assert called == ["fan_out_emergency", "deliver_emergency", "deliver"]


def test_only_one_thread_of_a_worker_sends(riverside, mailoutbox):
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside)
    with tasks.alone(tasks._delivering) as mine:
        assert mine
        tasks.deliver()
        assert flow.statuses(dispatch) == {"planned": 1}
    tasks.deliver()
    assert flow.statuses(dispatch) == {"sent": 1}


def test_a_queue_is_what_the_settings_say(tmp_path):
    in_file = queues.make_queue(
        {
            "storage": "sqlite",
            "name": "main",
            "filename": str(tmp_path / "queue.sqlite3"),
        }
    )
    assert not in_file.immediate
    in_file.storage.close()
    # Nobody is called before the first task.
    in_redis = queues.make_queue(
        {"storage": "redis", "name": "my-house.main", "url": "redis://127.0.0.1:1/0"}
    )
    assert isinstance(in_redis, PriorityRedisHuey)
    assert not in_redis.immediate
    assert in_redis.storage.priority
    assert in_redis.name == in_redis.storage.name == "my-house.main"
    with pytest.raises(LookupError, match="paper"):
        queues.make_queue({"storage": "paper", "name": "main"})
