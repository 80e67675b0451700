"""The queue only wakes: what is tried again, and when, the database alone knows."""

from __future__ import annotations

import pytest

from notifications import tasks
from notifications.tasks import queues

ROOM = {
    "main": ["deliver", "fan_out", "poll_feed", "run_job", "tell_admin"],
    "emergency": ["deliver_emergency", "fan_out_emergency"],
}


def registered(name):
    return getattr(queues, name)._registry._registry.values()


@pytest.mark.parametrize("name", ROOM)
def test_each_task_is_in_its_queue_under_a_name_of_its_own(name):
    queue = getattr(queues, name)
    names = sorted(each.__name__ for each in registered(name))
    assert names == [f"{queue.name}.{task}" for task in ROOM[name]]


@pytest.mark.parametrize("name", ROOM)
def test_no_task_is_tried_again_or_timed_by_the_queue(name):
    for each in registered(name):
        assert not each.default_retries, each
        assert not each.default_retry_delay, each
        assert not each.default_expires, each
        assert not each.default_timeout, each
        assert not hasattr(each, "validate_datetime"), f"{each} is periodic"


def test_whoever_rings_enqueues_keys_for_now(db, monkeypatch):
    rung = []
    for name in ROOM:
        monkeypatch.setattr(getattr(queues, name), "enqueue", rung.append)
    for lane in range(4):
        tasks.on_batches_due(sender=None, lane=lane)
    for kind in ("fan_out", "admin_mail", *tasks.JOBS):
        tasks.on_job_waiting(sender=None, kind=kind, pk=7)
    tasks.fan_out_emergency(7)
    tasks.poll_feed(7)
    assert {each.name for each in rung} == {
        each.__name__ for name in ROOM for each in registered(name)
    }
    for each in rung:
        assert (each.eta, each.retries, each.kwargs) == (None, 0, {})
        assert all(isinstance(key, int | str) for key in each.args)
