"""Huey: wakes workers up, and knows nothing that is not in the database too.

A queue may lose every task that it holds, and the sweep of each worker finds the
work again a second or two later. So there are no retries here, no times, and no
argument but a key.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from threading import Event, Lock
from typing import Any

from django.dispatch import receiver
from django.utils.module_loading import import_string
from huey import Huey

from notifications import delivery, dispatching, doorbell, scope
from notifications.actions import alerts, feeds
from notifications.channels.routes import Routes
from notifications.events import Lane
from notifications.models import Dispatch, statistics
from notifications.workers import worker_name

from .queues import emergency, main, stopping, task

logger = logging.getLogger("tocsin.tasks")

ALL_LANES = tuple(int(lane) for lane in Lane)
#: Long enough to keep a mail connection warm, short enough to let others in.
SLICE = 5.0
#: Where each kind of job is done: ``run(pk)``.
JOBS = {
    "import": "notifications.importing.run",
    "export": "notifications.exporting.run",
}


#: A fan-out lets others have its thread as often: whoever came meanwhile is first.
TURN = 1.0
#: Of the threads of a worker only one sends, so that its death leaves one window
#: unknown, and only one does a long job, so that mail never waits for it. Only one
#: asks feeds and only one writes to platform admins, for others may be slow.
_delivering, _long_job, _polling, _telling = Lock(), Lock(), Lock(), Lock()
#: A dispatch that is fanned out here needs no second thread, however long it gives way.
_fanning_out: set[int] = set()


@contextmanager
def alone(lock: Lock) -> Iterator[bool]:
    """Whether this thread may; a task that may not ends, and the sweep rings again."""
    mine = lock.acquire(blocking=False)
    try:
        yield mine
    finally:
        if mine:
            lock.release()


#: Set when somebody rang while this process was sending.
_rung = Event()


def _was_rung() -> bool:
    """Whether somebody rang since the last time that this was asked."""
    rung = _rung.is_set()
    _rung.clear()
    return rung


#: What this process knows of its providers, whichever of its threads sends.
routes = Routes()


def drain(queue: Huey, lanes: Collection[int], seconds: float | None) -> bool:
    """Deliver what is due; connections are kept until nothing is."""
    if queue.immediate:
        return delivery.drain(lanes, worker_name(), stopping=stopping.is_set)
    more = delivery.drain(
        lanes,
        worker_name(),
        routes=routes,
        seconds=seconds,
        stopping=stopping.is_set,
        rung=_was_rung,
    )
    if not more:
        routes.close()
    return more


@task(emergency, priority=100)
def deliver_emergency() -> None:
    with alone(_delivering) as mine:
        more = mine and drain(emergency, [Lane.EMERGENCY], None)
    if more and not stopping.is_set():
        deliver_emergency()


@task(main, priority=50)
def deliver() -> None:
    with alone(_delivering) as mine:
        if not mine:
            _rung.set()
        more = mine and drain(main, ALL_LANES, SLICE)
    if more and not stopping.is_set():
        deliver()


@task(emergency, priority=90)
def fan_out_emergency(dispatch_id: int) -> None:
    dispatching.fan_out(dispatch_id)


@task(main, priority=50)
def fan_out(dispatch_id: int) -> None:
    seconds = None if main.immediate else TURN
    if dispatch_id in _fanning_out:
        return
    _fanning_out.add(dispatch_id)
    try:
        more = dispatching.fan_out(dispatch_id, seconds=seconds)
    finally:
        _fanning_out.discard(dispatch_id)
    if more and not stopping.is_set():
        fan_out(dispatch_id)


@task(main, priority=10)
def run_job(kind: str, pk: int) -> None:
    with alone(_long_job) as mine, scope.every_cluster():
        if mine:
            import_string(JOBS[kind])(pk)
            if kind == "import":
                statistics.refresh()


@task(main, priority=20)
def poll_feed(pk: int) -> None:
    with alone(_polling) as mine:
        if mine:
            feeds.poll(pk)


@task(main, priority=30)
def tell_admin(pk: int) -> None:
    with alone(_telling) as mine:
        if mine:
            alerts.tell(pk)


@receiver(doorbell.batches_due)
def on_batches_due(sender: Any, lane: int, **kwargs: Any) -> None:
    """Wake a worker; an emergency wakes both kinds."""
    if lane == Lane.EMERGENCY:
        enqueue(deliver_emergency)
    enqueue(deliver)


@receiver(doorbell.job_waiting)
def on_job_waiting(sender: Any, kind: str, pk: int, **kwargs: Any) -> None:
    """Hand a job to the queue that it belongs in."""
    if kind == dispatching.FAN_OUT:
        enqueue(fan_out_emergency if _is_emergency(pk) else fan_out, pk)
    elif kind == alerts.ADMIN_MAIL:
        enqueue(tell_admin, pk)
    else:
        enqueue(run_job, kind, pk)


def _is_emergency(dispatch_id: int) -> bool:
    # Unscoped: only the lane is asked, for a key out of our own tables.
    lanes = Dispatch._base_manager.filter(pk=dispatch_id).values_list("lane", flat=True)
    return lanes.first() == Lane.EMERGENCY


def enqueue(call: Callable[..., object], *args: Any) -> None:
    """Put a task in its queue; a queue that is down stops nobody."""
    try:
        call(*args)
    except Exception:
        # The work is in the database already, and whoever asked for it is done.
        logger.exception("the doorbell is broken; the sweep will find the work")
