"""Fan-out: entries and batches for everybody in the audience, chunk by chunk.

Each chunk is one transaction that also moves the cursor, so that a worker killed at
any line leaves nothing half-done, and the next one goes on with exactly the same
people. The first batch is due before the last is written.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic, sleep
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from notifications import doorbell, scope
from notifications.audience import Criteria, people
from notifications.events import Lane
from notifications.lifecycle import DispatchStatus
from notifications.models import Batch, ChannelMode, Cluster, Content, Dispatch
from notifications.models.moves import finish
from notifications.models.setwise import (
    let_others_write,
    look_up_by_index,
    record_history,
)

from .contents import all_identical
from .entries import Chunk, write_entries
from .judging import Judged

#: People in the first chunk, which is on its way at once, and in all others; so many
#: entries has a batch.
FIRST, CHUNK = 200, 1_000

#: Seconds until a fan-out looks again whether an emergency is over.
LET_THEM = 0.05

#: A paused dispatch is fanned out all the same; its batches wait.
OPEN = (DispatchStatus.PREPARING, DispatchStatus.SENDING, DispatchStatus.PAUSED)


class OvertakenError(Exception):
    """Somebody else moved the cursor, or stopped the dispatch, meanwhile."""


@dataclass(frozen=True, slots=True)
class Job:
    """A dispatch on its way into the log."""

    dispatch: Dispatch
    cluster: Cluster
    criteria: Criteria
    contents: tuple[Content, ...]
    identical: bool
    _judged: dict[str, Judged] = field(default_factory=dict, init=False)

    @classmethod
    def of(cls, dispatch: Dispatch) -> Job:
        pinned = dispatch.contents.select_related("content").order_by("id")
        contents = tuple(each.content for each in pinned)
        return cls(
            dispatch=dispatch,
            cluster=dispatch.cluster,
            criteria=Criteria.from_json(dispatch.audience),
            contents=contents,
            identical=all_identical(contents),
        )

    def chunk(self, channel: str, **people: Any) -> Chunk:
        """Some of these people on a channel, with a batch of their own.

        Chosen by ``keys`` they have been tried on the channels before it.
        """
        dispatch = self.dispatch
        return Chunk(
            cluster=self.cluster,
            dispatch=dispatch,
            channel=channel,
            judged=self._judged_on(channel, tried_before="keys" in people),
            identical=self.identical,
            batch=Batch.objects.create(
                cluster=self.cluster,
                dispatch=dispatch,
                lane=dispatch.lane,
                channel=channel,
                due_at=Now(),
            ),
            **people,
        )

    def _judged_on(self, channel: str, *, tried_before: bool) -> Judged:
        if channel not in self._judged:
            first = self.dispatch.channel_mode == ChannelMode.FIRST
            at = self.dispatch.channels.index(channel)
            before = self.dispatch.channels[:at] if first and not tried_before else []
            self._judged[channel] = Judged(
                self.cluster,
                self.dispatch,
                self.criteria,
                channel,
                tuple(each for each in self.contents if each.channel == channel),
                tuple(before),
            )
        return self._judged[channel]


def fan_out(
    dispatch_id: int, *, chunk: int = CHUNK, seconds: float | None = None
) -> bool:
    """Write what is not written yet of a dispatch; safe to call at any time, twice.

    ``seconds`` bounds how long new chunks are begun; True where some are left then.
    Whoever gives them lets an emergency go first, for as long.
    """
    end = None if seconds is None else monotonic() + seconds
    # The key comes from our own tables; the rest runs in its one cluster.
    dispatch = Dispatch._base_manager.get(pk=dispatch_id)
    with scope.clusters(dispatch.cluster_id):
        job = Job.of(dispatch)
        size = min(FIRST, chunk)
        while _write_next(job, size):
            let_others_write()
            while end is not None and _emergency_before(job.dispatch):
                if monotonic() > end:
                    return True
                sleep(LET_THEM)
            if end is not None and monotonic() > end:
                return True
            size = chunk
        finish([dispatch_id])
    return False


def _emergency_before(dispatch: Dispatch) -> bool:
    """Whether an emergency is being written down or sent, and this is none."""
    if dispatch.lane == Lane.EMERGENCY:
        return False
    with scope.every_cluster():
        waiting = Batch.objects.filter(
            lane=Lane.EMERGENCY,
            done_at=None,
            due_at__lte=Now(),
            dispatch__status=DispatchStatus.SENDING,
        )
        written = Dispatch.objects.filter(
            lane=Lane.EMERGENCY, status__in=OPEN, fanned_out_at=None
        )
        return waiting.exists() or written.exists()


def _write_next(job: Job, chunk: int) -> bool:
    """One chunk in one transaction; False when there is no more to write."""
    dispatch = job.dispatch
    dispatch.refresh_from_db(fields=["status", "fanned_out_to", "fanned_out_at"])
    if dispatch.status not in OPEN or dispatch.fanned_out_at is not None:
        return False
    try:
        with transaction.atomic():
            look_up_by_index()
            return _write_chunk(job, chunk)
    except OvertakenError:
        before = dispatch.fanned_out_to
        dispatch.refresh_from_db(fields=["fanned_out_to"])
        # Whoever moved the cursor goes on; two would only be in each other's way.
        return dispatch.fanned_out_to == before


def _write_chunk(job: Job, chunk: int) -> bool:
    dispatch = job.dispatch
    audience = people(job.cluster, job.criteria).order_by("pk")
    beyond = audience.filter(pk__gt=dispatch.fanned_out_to)
    ids = list(beyond.values_list("pk", flat=True)[:chunk])
    after, written = dispatch.fanned_out_to, 0
    to = ids[-1] if ids else after
    for channel in dispatch.channels if ids else ():
        these = job.chunk(channel, after=after, to=to, people=len(ids))
        written += write_entries(these)
    _move_cursor(dispatch, to=to, written=written, last=len(ids) < chunk)
    if ids:
        doorbell.ring(dispatch.lane)
    return len(ids) == chunk


def _move_cursor(dispatch: Dispatch, *, to: int, written: int, last: bool) -> None:
    now = timezone.now()
    mine = Dispatch.objects.filter(
        pk=dispatch.pk,
        status=dispatch.status,
        fanned_out_to=dispatch.fanned_out_to,
        fanned_out_at=None,
    )
    starts = dispatch.status == DispatchStatus.PREPARING
    changes: dict[str, Any] = {
        "fanned_out_to": to,
        "fanned_out_at": now if last else None,
        "written": F("written") + written,
        "version": F("version") + 1,
    }
    if starts:
        changes |= {"status": DispatchStatus.SENDING, "started_at": now}
    if not mine.update(**changes):
        raise OvertakenError
    if starts or last:
        reason = "Everybody is written down" if last else "The first are written down"
        record_history(Dispatch.objects.filter(pk=dispatch.pk), reason=reason)
