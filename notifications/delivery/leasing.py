"""Who works on which batches: leases that run out unless they are renewed.

All times of leases are the database's own: workers on many machines, with clocks that
jump, agree on who holds what.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import F, Min, Q, QuerySet
from django.db.models.functions import Least, Now

from notifications import scope
from notifications.lifecycle import DispatchStatus
from notifications.models import Batch, Cluster
from notifications.quiet import WAITING_LANES

#: How long a worker may be silent before its batches are given to another.
LEASE = timedelta(seconds=60)
#: Entries that a worker takes into its hands at once, in as many batches as that needs.
HANDFUL = 1_000
MOST_BATCHES = 200
NOBODY: Mapping[int, float] = MappingProxyType({})


class LeaseLost(Exception):
    """Too slow: the batches are no longer ours, and neither are their entries."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on some batches, for as long as it is renewed.

    All are of one cluster, lane and channel. ``troubled`` says of a batch from when on
    the provider could not be reached for it. After ``seconds`` the quiet hours of the
    cluster begin, for a message that waits for their end.
    """

    token: str
    cluster_id: int
    lane: int
    channel: str
    batches: tuple[int, ...]
    dispatches: frozenset[int]
    troubled: Mapping[int, datetime]
    seconds: float = inf


def due(lanes: Collection[int]) -> QuerySet[Batch]:
    """Batches that wait for a worker at this moment.

    A batch from the future was made before the clock went back: it is due.
    """
    return Batch.objects.filter(
        Q(due_at__lte=Now()) | Q(created_at__gt=Now() + timedelta(minutes=1)),
        done_at=None,
        lane__in=lanes,
        leased_until=None,
        dispatch__status=DispatchStatus.SENDING,
    )


def due_lanes(lanes: Collection[int]) -> list[int]:
    """The lanes, of these, in which something is due; the most urgent first."""
    found = due(lanes).order_by("lane").values_list("lane", flat=True)
    return list(found.distinct())


def always(channel: str) -> bool:
    """For callers that leave it to the channel."""
    return True


def lease(
    lanes: Collection[int],
    worker: str,
    *,
    usable: Callable[[str], bool] = always,
    served: Mapping[int, float] = NOBODY,
) -> Lease | None:
    """Take the next batches: lower lane first, then the cluster served least.

    ``usable`` says of a channel whether anything can be handed over at all;
    ``served`` when this worker last served a cluster.
    """
    for lane, cluster_id, channel in _candidates(lanes, served):
        if not usable(channel):
            continue
        seconds = _seconds_until_quiet(lane, cluster_id)
        if seconds and (taken := _take(lane, cluster_id, channel, worker, seconds)):
            return taken
    return None


def _seconds_until_quiet(lane: int, cluster_id: int) -> float:
    """How long this may go on: 0 in quiet hours, after whose end it is due then."""
    if lane not in WAITING_LANES:
        return inf
    cluster = Cluster.objects.annotate(now=Now()).get(pk=cluster_id)
    hours = cluster.quiet_hours
    if hours is None:
        return inf
    over = hours.over_at(cluster.now)
    if over is None:
        left: timedelta = hours.next_at(cluster.now) - cluster.now
        return max(left.total_seconds(), 1.0)
    with transaction.atomic():
        # One from before the clock went back is due as long as it is from the future.
        was_made = Least(F("created_at"), Now())
        quiet = due([lane]).filter(cluster_id=cluster_id)
        quiet.update(due_at=over, created_at=was_made)
    return 0


def others_wait(
    lease: Lease,
    lanes: Collection[int],
    usable: Callable[[str], bool],
    *,
    in_lane: bool,
) -> bool:
    """Whether something more urgent is due; or another cluster's in the same lane."""
    with scope.every_cluster():
        others = due([lane for lane in lanes if lane < lease.lane])
        if in_lane:
            others |= due([lease.lane]).exclude(cluster_id=lease.cluster_id)
        channels = others.order_by().values_list("channel", flat=True).distinct()
        return any(map(usable, channels))


def _candidates(
    lanes: Collection[int], served: Mapping[int, float]
) -> list[tuple[int, int, str]]:
    """What is due, in the order to try; asked without a lock."""
    waiting = due(lanes).order_by().values("lane", "cluster_id", "channel")
    rows = list(waiting.annotate(since=Min("due_at")))
    if len(rows) > 1:
        leased = Batch.objects.filter(done_at=None, leased_until__isnull=False)
        busy = Counter(leased.values_list("cluster_id", flat=True))

        def turn(row: Any) -> Any:
            cluster = row["cluster_id"]
            return row["lane"], busy[cluster], served.get(cluster, 0.0), row["since"]

        rows.sort(key=turn)
    return [(row["lane"], row["cluster_id"], row["channel"]) for row in rows]


def wake(cluster: Cluster, until: datetime) -> int:
    """Look now at what waits for such an end of quiet hours, since they changed."""
    asleep = Batch.objects.filter(
        cluster=cluster,
        lane__in=WAITING_LANES,
        due_at=until,
        done_at=None,
        leased_until=None,
    )
    return asleep.update(due_at=Now())


def _take(
    lane: int, cluster_id: int, channel: str, worker: str, seconds: float
) -> Lease | None:
    with transaction.atomic():
        theirs = due([lane]).filter(cluster_id=cluster_id, channel=channel)
        free = theirs.order_by("due_at", "id").select_for_update(
            skip_locked=True, of=("self",)
        )
        chosen = _handful(list(free[:MOST_BATCHES]))
        if not chosen:
            return None
        token = uuid.uuid4().hex
        Batch.objects.filter(pk__in=[batch.pk for batch in chosen]).update(
            token=token,
            leased_by=worker[:100],
            leased_until=Now() + LEASE,
            leases=F("leases") + 1,
        )
    return Lease(
        token=token,
        cluster_id=cluster_id,
        lane=lane,
        channel=channel,
        batches=tuple(batch.pk for batch in chosen),
        dispatches=frozenset(batch.dispatch_id for batch in chosen),
        troubled={
            batch.pk: batch.troubled_since for batch in chosen if batch.troubled_since
        },
        seconds=seconds,
    )


def _handful(free: list[Batch]) -> list[Batch]:
    """The first of these, up to a handful of entries; but one at least."""
    entries = 0
    for number, batch in enumerate(free):
        entries += batch.size
        if entries > HANDFUL and number:
            return free[:number]
    return free


def held(lease: Lease) -> QuerySet[Batch]:
    """The batches that are still ours."""
    return Batch.objects.filter(pk__in=lease.batches, token=lease.token)


def renew(lease: Lease) -> None:
    """Say that we are alive; raises LeaseLost."""
    # In a transaction: on SQLite only those take turns with others that write.
    with transaction.atomic():
        ours = held(lease).update(leased_until=Now() + LEASE)
    if not ours:
        raise LeaseLost


def release(lease: Lease, batches: Collection[int], pause: float) -> None:
    """Give some back as they are, to be due after a pause in seconds."""
    given = held(lease).filter(pk__in=batches)
    if pause:
        given.update(due_at=Now() + timedelta(seconds=pause))
    given.update(token="", leased_by="", leased_until=None)


def close(lease: Lease, batches: Collection[int]) -> None:
    """Some carry nothing that waits any more."""
    given = held(lease).filter(pk__in=batches)
    given.update(token="", leased_by="", leased_until=None, done_at=Now())
