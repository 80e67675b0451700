"""A worker process: threads that take tasks, one that sweeps, and a quiet end."""

from __future__ import annotations

import gc
import logging
import signal
import threading
import time
from datetime import timedelta
from typing import Any

from django.db import close_old_connections, connections
from django.utils import timezone
from huey import Huey

from notifications.models import WorkerBeat, statistics
from notifications.workers import worker_name

from . import routes
from .queues import emergency, main, stopping
from .sweeping import Sweeper

logger = logging.getLogger("tocsin.worker")

SWEEP_EVERY = 1.0
BEAT_EVERY = 5.0
LOOK_AT_TABLES_EVERY = 300.0
#: Objects made and not yet gone, before the collector looks among them.
COLLECT_AFTER = 50_000
#: Beats of workers that ended without a word are forgotten after this.
FORGET = timedelta(days=1)


def run_worker(lane: str) -> None:
    """Serve a queue until SIGTERM or SIGINT; the task in hand is finished first.

    ``lane`` is ``all``, or ``emergency`` for the worker that is kept for lane 0.
    """
    _without_pool()
    _settle_in()
    reserved = lane == "emergency"
    queue: Huey = emergency if reserved else main
    consumer = queue.create_consumer(
        # One sends, one fans out, one asks feeds, one writes to platform admins, and
        # one is left for an import or an export.
        workers=2 if reserved else 5,
        periodic=False,
        # SQLite has no way to wait for a task: look often, also after a quiet night.
        initial_delay=0.05,
        max_delay=0.1,
        scheduler_interval=60,
    )
    sweeper = Sweeper(queue)
    keeper = threading.Thread(target=_keep, args=(sweeper, lane), name="sweep")
    consumer.start()
    told = _listen()
    keeper.start()
    logger.info("worker %s serves %s", worker_name(), lane)
    checked = time.monotonic()
    while not told:
        time.sleep(0.1)
        if time.monotonic() - checked > 10:
            consumer.check_worker_health()
            checked = time.monotonic()
    stopping.set()
    consumer.stop(graceful=True)
    keeper.join()
    logger.info("worker %s has stopped", worker_name())


def _without_pool() -> None:
    """A worker has few threads, and each keeps a connection of its own.

    After an outage a pool would wait longer and longer before it tries again.
    """
    database = connections.settings["default"]
    if database.get("OPTIONS", {}).pop("pool", None):
        database["CONN_MAX_AGE"] = 600


def _settle_in() -> None:
    """What is loaded by now stays: the collector need not walk through it for ever.

    Messages come and go by the thousand, and few of them in circles.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


def _listen() -> list[int]:
    """Signals as they come; an Event's lock could be held just when one does."""
    told: list[int] = []

    def hear(number: int, frame: Any) -> None:
        told.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, hear)
    return told


def _keep(sweeper: Sweeper, lane: str) -> None:
    """Sweep every second, give a sign of life every few, and say goodbye."""
    name, started = worker_name(), timezone.now()
    beaten, looked = float("-inf"), time.monotonic()
    while not stopping.is_set():
        began = time.monotonic()
        sweeper.sweep()
        if began - beaten >= BEAT_EVERY:
            _beat(name, lane, started)
            beaten = began
        if lane == "all" and began - looked >= LOOK_AT_TABLES_EVERY:
            _look_at_tables()
            looked = began
        stopping.wait(max(SWEEP_EVERY - (time.monotonic() - began), 0))
    _forget(name)
    connections.close_all()


def _beat(name: str, lane: str, started: Any) -> None:
    try:
        now = timezone.now()
        WorkerBeat.objects.filter(beat_at__lt=now - FORGET).delete()
        WorkerBeat.objects.update_or_create(
            name=name,
            defaults={
                "lane": lane,
                "started_at": started,
                "beat_at": now,
                "providers": routes.states(),
            },
        )
    except Exception:
        logger.exception("no sign of life could be written; it comes again")
    finally:
        close_old_connections()


def _look_at_tables() -> None:
    try:
        statistics.refresh()
    except Exception:
        logger.exception("the tables were not looked at; it comes again")
    finally:
        close_old_connections()


def _forget(name: str) -> None:
    try:
        WorkerBeat.objects.filter(name=name).delete()
    except Exception:
        logger.exception("the sign of life could not be taken away")
