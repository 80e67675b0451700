"""On to the next channel, for whom the one before was no good."""

from __future__ import annotations

import logging
from collections.abc import Collection
from dataclasses import replace

from django.db import DatabaseError, transaction
from django.db.models import F

from notifications import doorbell, scope
from notifications.audience import Criteria
from notifications.lifecycle import DispatchStatus
from notifications.models import ChannelMode, Dispatch
from notifications.models.reaching import somebody_waits, steps, unreached
from notifications.models.setwise import look_up_by_index

from .entries import StillMissing, write_entries
from .fanout import CHUNK, Job

logger = logging.getLogger("tocsin.tasks")


def reach_further(lanes: Collection[int]) -> int:
    """Plan what is left to try in these lanes; how many entries were written."""
    with scope.every_cluster():
        going_out = Dispatch.objects.filter(
            lane__in=lanes,
            status=DispatchStatus.SENDING,
            channel_mode=ChannelMode.FIRST,
        )
        waiting = [each.pk for each in going_out if somebody_waits(each)]
    return sum(map(_safely, waiting))


def _safely(dispatch_id: int) -> int:
    """One that cannot go on must not hold up those after it."""
    try:
        return _on(dispatch_id)
    except (StillMissing, DatabaseError):
        logger.exception("dispatch %s could not go on to its next channel", dispatch_id)
        return 0


def _on(dispatch_id: int) -> int:
    """For a chunk of the people of a dispatch, each on their next channel."""
    with transaction.atomic():
        # Held alone: of several workers one plans, and the others find nothing left.
        locked = Dispatch._base_manager.select_for_update().get(pk=dispatch_id)
        if locked.status != DispatchStatus.SENDING:
            return 0
        with scope.clusters(locked.cluster_id):
            look_up_by_index()
            job, written = Job.of(locked), 0
            for channel, then in steps(locked):
                keys = tuple(unreached(locked, channel, then)[:CHUNK])
                if keys:
                    # They were in the audience, wherever they have moved since.
                    these = replace(job, criteria=Criteria(only_recipients=keys))
                    written += write_entries(these.chunk(then, keys=keys))
            Dispatch.objects.filter(pk=dispatch_id).update(
                written=F("written") + written, version=F("version") + 1
            )
            doorbell.ring(locked.lane)
    return written
