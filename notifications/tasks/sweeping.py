"""What finds work that nobody was woken for, or that a dead worker left behind."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from time import monotonic
from typing import Any

from django.db.models import Q
from django.utils import timezone
from huey import Huey

from notifications import delivery, dispatching, scope
from notifications.actions import alerts, announcements, broadcasts, drills, feeds
from notifications.events import Lane
from notifications.lifecycle import DispatchStatus, ImportStatus, JobStatus
from notifications.models import Batch, Dispatch, Export, RecipientImport
from notifications.models.moves import finish

from . import (
    deliver,
    deliver_emergency,
    enqueue,
    fan_out,
    fan_out_emergency,
    poll_feed,
    run_job,
    tell_admin,
)
from .queues import emergency, working

logger = logging.getLogger("tocsin.tasks")

#: Seconds without a move after which a job is rung for again: at the second look.
PATIENCE = 0.9
#: Seconds between looks for who had an alert after its update.
SELDOM = 10
#: A job whose worker has not said a word for so long has none.
SILENCE = timedelta(seconds=30)

Waiting = tuple[str, int, object]


class Sweeper:
    """Looks once a second; remembers what has not moved since it last looked."""

    def __init__(self, queue: Huey) -> None:
        self._queue = queue
        self._reserved = queue is emergency
        self._lanes = [Lane.EMERGENCY] if self._reserved else list(Lane)
        self._watch = alerts.Watch()
        self._seen: dict[tuple[str, int], tuple[object, float]] = {}
        self._caught_up = 0.0

    def sweep(self) -> None:
        """Each step by itself: one that fails must not keep the others from running."""
        steps: list[Callable[[], Any]] = [
            delivery.expire_due,
            lambda: delivery.recover(self._lanes),
            lambda: dispatching.reach_further(self._lanes),
            self._finish,
            self._ring,
            self._watch.look,
        ]
        if not self._reserved:
            steps.insert(0, announcements.release_due)
            steps[1:1] = [
                broadcasts.end_expired,
                broadcasts.climb,
                self._catch_up,
                broadcasts.remind,
                broadcasts.chase,
                broadcasts.count_bypasses,
                drills.hold_due,
            ]
        with working(self._queue):
            for step in steps:
                try:
                    step()
                except Exception:
                    logger.exception("a step of the sweep failed; it comes again")

    def _catch_up(self) -> None:
        """More seldom than the rest: it reads who has what of all that are live."""
        if monotonic() - self._caught_up >= SELDOM:
            self._caught_up = monotonic()
            broadcasts.catch_up()

    def _finish(self) -> None:
        """Dispatches whose last two batches ended at the same moment."""
        with scope.every_cluster():
            finish(_idle(self._lanes))

    def _ring(self) -> None:
        """Ring again for what waits, unless our own queue still holds a ring.

        Emergencies too: the worker that is kept for them may be the one that died.
        """
        with scope.every_cluster():
            due = delivery.due_lanes(self._lanes)
            stuck = list(self._stuck())
        if self._queue.pending_count():
            return
        if due:
            enqueue(deliver_emergency if self._reserved else deliver)
        for kind, pk in stuck:
            if kind == dispatching.FAN_OUT:
                enqueue(fan_out_emergency if self._reserved else fan_out, pk)
            else:
                enqueue(run_job, kind, pk)
        if not self._reserved:
            for pk in feeds.due():
                enqueue(poll_feed, pk)
            for pk in alerts.untold():
                enqueue(tell_admin, pk)

    def _stuck(self) -> Iterator[tuple[str, int]]:
        """Jobs that stand where they stood some time ago."""
        now, known = monotonic(), self._seen
        self._seen = {}
        for kind, pk, mark in self._waiting():
            before, since = known.get((kind, pk), (mark, now))
            stands = before == mark and now - since >= PATIENCE
            if stands:
                yield kind, pk
            keep = before == mark and not stands
            self._seen[kind, pk] = (mark, since if keep else now)

    def _waiting(self) -> Iterator[Waiting]:
        dispatches = Dispatch.objects.filter(
            lane__in=self._lanes,
            status__in=dispatching.OPEN,
            fanned_out_at=None,
        )
        for pk, cursor in dispatches.values_list("pk", "fanned_out_to"):
            yield dispatching.FAN_OUT, pk, cursor
        if not self._reserved:
            yield from _silent_jobs()


def _idle(lanes: Collection[int]) -> list[int]:
    sending = Dispatch.objects.filter(
        lane__in=lanes, status=DispatchStatus.SENDING, fanned_out_at__isnull=False
    )
    busy = Batch.objects.filter(done_at=None).values("dispatch")
    return list(sending.exclude(pk__in=busy).values_list("pk", flat=True))


def _silent_jobs() -> Iterator[Waiting]:
    silent = Q(beat_at=None) | Q(beat_at__lt=timezone.now() - SILENCE)
    imports = RecipientImport.objects.filter(
        silent, status__in=[ImportStatus.REHEARSING, ImportStatus.COMMITTING]
    )
    exports = Export.objects.filter(
        silent, status__in=[JobStatus.WAITING, JobStatus.RUNNING]
    )
    for pk, beat in imports.values_list("pk", "beat_at"):
        yield "import", pk, beat
    for pk, beat in exports.values_list("pk", "beat_at"):
        yield "export", pk, beat
