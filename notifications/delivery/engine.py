"""The loop of a worker: lease a batch, and window by window look, send, write down."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Collection, Sequence
from time import monotonic

from django.db import OperationalError, connection

from notifications import scope
from notifications.models import Cluster, Dispatch, NotificationLog
from notifications.models.moves import finish

from .expiring import expire
from .leasing import Lease, LeaseLost, close, due_lanes, lease, release
from .letters import Letters
from .looking import WINDOW, Look, take_window
from .outcomes import Verdict, judge, record
from .pulse import Pulse
from .sending import Channels, send

logger = logging.getLogger("tocsin.delivery")

#: A sender that never waits would keep writers of the web out of SQLite.
BREATH = 0.01
#: Pauses while the database is away: what was sent must not become unknown.
PAUSES = (0.2, 1.0, 3.0, 5.0)


def never() -> bool:
    """For callers that are never asked to stop."""
    return False


def drain(
    lanes: Collection[int],
    worker: str,
    *,
    seconds: float | None = None,
    stopping: Callable[[], bool] = never,
) -> bool:
    """Work off what is due in these lanes; True where something may be left.

    ``seconds`` bounds how long new batches are begun. ``stopping`` is asked before
    every message: a worker told to stop hands nothing more to a provider.
    """
    began = monotonic()
    with Channels() as channels:
        while not stopping():
            if seconds is not None and monotonic() - began > seconds:
                break
            with scope.every_cluster():
                taken = lease(lanes, worker)
            if taken is None:
                return False
            with scope.clusters(taken.cluster_id):
                Run(taken, channels, stopping).work_off()
                finish(taken.dispatch_id)
    with scope.every_cluster():
        return bool(due_lanes(lanes))


class Run:
    """One leased batch, worked off for as long as it is ours."""

    def __init__(
        self, taken: Lease, channels: Channels, stopping: Callable[[], bool]
    ) -> None:
        self.lease = taken
        self.channels = channels
        self.stopping = stopping
        self.cluster = Cluster.objects.get(pk=taken.cluster_id)
        self.dispatch = Dispatch.objects.get(pk=taken.dispatch_id)
        self.letters = Letters(self.dispatch, self.cluster)

    def work_off(self) -> None:
        """Window after window, until the batch is done, stopped or lost."""
        try:
            while self._one_window():
                time.sleep(BREATH)
        except LeaseLost:
            logger.warning("batch %s went to another worker", self.lease.batch_id)

    def _one_window(self) -> bool:
        if self.stopping():
            release(self.lease)
            return False
        window = take_window(self.lease, WINDOW)
        match window.look:
            case Look.GO:
                self._write_down(self._send(window.entries))
                return True
            case Look.WAIT:
                release(self.lease)
            case Look.EMPTY | Look.OVER:
                close(self.lease)
            case Look.LATE:
                expire(self.lease.dispatch_id)
                close(self.lease)
        return False

    def _send(self, entries: Sequence[NotificationLog]) -> list[Verdict]:
        with Pulse(self.lease) as pulse:
            results = send(
                entries,
                self.letters,
                self.channels,
                go_on=lambda: not self.stopping() and pulse.go_on(),
            )
            return [
                judge(
                    result,
                    self.dispatch,
                    deduplicates=self.channels.deduplicates(result.entry.channel),
                    troubled_since=self.lease.troubled_since,
                )
                for result in results
            ]

    def _write_down(self, verdicts: Sequence[Verdict]) -> None:
        for pause in PAUSES:
            try:
                record(self.lease, self.dispatch, verdicts, self.cluster.sender_email)
                return
            except OperationalError:
                if connection.in_atomic_block:
                    raise
                logger.warning("outcomes wait: the database does not answer")
                connection.close()
                time.sleep(pause)
        record(self.lease, self.dispatch, verdicts, self.cluster.sender_email)
