"""Who works on which batch: leases that run out, and what they leave behind."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Min, QuerySet
from django.utils import timezone

from notifications import doorbell, scope
from notifications.channels import UnknownChannel
from notifications.channels.registry import registry
from notifications.lifecycle import DispatchStatus, EntryReason, EntryStatus
from notifications.models import Batch, NotificationLog
from notifications.models.setwise import record_history

from .expiring import take_back_if_over
from .policy import MOST_TRIES_BLIND, is_emergency

#: How long a worker may be silent before its batch is given to another.
LEASE = timedelta(seconds=60)
STOPPED = "the worker stopped while this was being sent"


class LeaseLost(Exception):
    """Too slow: the batch is no longer ours, and neither are its entries."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on one batch, for as long as it is renewed."""

    batch_id: int
    dispatch_id: int
    cluster_id: int
    lane: int
    token: str
    troubled_since: datetime | None = None


def due(lanes: Collection[int], now: datetime | None = None) -> QuerySet[Batch]:
    """Batches that wait for a worker at this moment."""
    return Batch.objects.filter(
        done_at=None,
        lane__in=lanes,
        due_at__lte=now or timezone.now(),
        leased_until=None,
        dispatch__status=DispatchStatus.SENDING,
    )


def due_lanes(lanes: Collection[int]) -> list[int]:
    """The lanes, of these, in which something is due; the most urgent first."""
    found = due(lanes).order_by("lane").values_list("lane", flat=True)
    return list(found.distinct())


def lease(lanes: Collection[int], worker: str) -> Lease | None:
    """Take the next batch: lower lane first, then the cluster served least."""
    for lane, cluster_id in _candidates(lanes):
        if taken := _take(lane, cluster_id, worker):
            return taken
    return None


def _candidates(lanes: Collection[int]) -> list[tuple[int, int]]:
    """Lane and cluster of what is due, in the order to try; asked without a lock."""
    waiting = (
        due(lanes).order_by().values("lane", "cluster_id").annotate(since=Min("due_at"))
    )
    rows = [(row["lane"], row["cluster_id"], row["since"]) for row in waiting]
    if len(rows) > 1:
        leased = Batch.objects.filter(done_at=None, leased_until__isnull=False)
        busy = Counter(leased.values_list("cluster_id", flat=True))
        rows.sort(key=lambda row: (row[0], busy[row[1]], row[2]))
    return [(lane, cluster_id) for lane, cluster_id, _since in rows]


def _take(lane: int, cluster_id: int, worker: str) -> Lease | None:
    with transaction.atomic():
        mine = due([lane]).filter(cluster_id=cluster_id).order_by("due_at", "id")
        batch = mine.select_for_update(skip_locked=True, of=("self",)).first()
        if batch is None:
            return None
        token = uuid.uuid4().hex
        Batch.objects.filter(pk=batch.pk).update(
            token=token,
            leased_by=worker[:100],
            leased_until=timezone.now() + LEASE,
            leases=F("leases") + 1,
        )
    return Lease(
        batch.pk,
        batch.dispatch_id,
        batch.cluster_id,
        batch.lane,
        token,
        batch.troubled_since,
    )


def held(lease: Lease) -> QuerySet[Batch]:
    """The batch, if it is still ours."""
    return Batch.objects.filter(pk=lease.batch_id, token=lease.token)


def renew(lease: Lease) -> None:
    """Say that we are alive; raises LeaseLost."""
    if not held(lease).update(leased_until=timezone.now() + LEASE):
        raise LeaseLost


def release(lease: Lease) -> None:
    """Give the batch back as it is, for any worker to go on with."""
    held(lease).update(token="", leased_by="", leased_until=None)


def close(lease: Lease) -> None:
    """The batch carries nothing that waits any more."""
    held(lease).update(
        token="", leased_by="", leased_until=None, done_at=timezone.now()
    )


def recover(lanes: Collection[int]) -> int:
    """Free the batches whose worker went silent, and judge what it held; how many."""
    with scope.every_cluster():
        silent = Batch.objects.filter(
            done_at=None, lane__in=lanes, leased_until__lt=timezone.now()
        )
        found = list(silent.values_list("pk", "cluster_id"))
    for pk, cluster_id in found:
        with scope.clusters(cluster_id), transaction.atomic():
            _recover(pk)
    return len(found)


def _recover(pk: int) -> None:
    silent = Batch.objects.filter(
        pk=pk, done_at=None, leased_until__lt=timezone.now()
    ).select_for_update(skip_locked=True, of=("self",))
    batch = silent.select_related("dispatch").first()
    if batch is None:
        return
    _judge(batch)
    Batch.objects.filter(pk=pk).update(token="", leased_by="", leased_until=None)
    take_back_if_over(batch.dispatch)
    doorbell.ring(batch.lane)


def _judge(batch: Batch) -> None:
    """Nobody knows whether these went out: decide by what a double would cost."""
    now = timezone.now()
    # Unscoped: naming the cluster too would lead SQLite to the index of all its log.
    held = NotificationLog._base_manager.filter(
        batch=batch, status=EntryStatus.SENDING, settled_at=None
    )
    again = held.none()
    if is_emergency(batch.dispatch):
        again = held.filter(attempts__lt=MOST_TRIES_BLIND)
    elif safe := _deduplicating(held):
        again = held.filter(channel__in=safe)
    keys = list(again.values_list("pk", flat=True))
    rest = list(held.exclude(pk__in=keys).values_list("pk", flat=True))
    entries = NotificationLog.objects
    entries.filter(pk__in=keys).update(
        status=EntryStatus.RETRYING, reason=EntryReason.DOUBT, detail=STOPPED
    )
    entries.filter(pk__in=rest).update(
        status=EntryStatus.UNKNOWN, reason="", detail=STOPPED, settled_at=now
    )
    record_history(entries.filter(pk__in=[*keys, *rest]), reason=STOPPED)


def _deduplicating(held: QuerySet[NotificationLog]) -> list[str]:
    """Channels whose provider drops a second message with the same key."""
    safe = []
    for kind in held.order_by().values_list("channel", flat=True).distinct():
        try:
            if getattr(registry().factory(kind), "deduplicates", False):
                safe.append(kind)
        except (ImportError, UnknownChannel):
            continue
    return safe
