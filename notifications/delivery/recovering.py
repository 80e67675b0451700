"""What a worker left behind that went silent: freed, and judged."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from notifications import doorbell, scope
from notifications.channels import UnknownChannel
from notifications.channels.routes import Routes
from notifications.lifecycle import EntryReason, EntryStatus
from notifications.models import Batch, NotificationLog
from notifications.models.setwise import record_history
from notifications.workers import is_gone

from .expiring import take_back_if_over
from .leasing import LEASE
from .policy import is_emergency

#: With a provider that drops doubles: what kills its worker does not do so for ever.
MOST_TRIES = 20
STOPPED = "the worker stopped while this was being sent"


def silent() -> QuerySet[Batch]:
    """Batches whose lease has run out, or lies where no lease can: the clock jumped."""
    return Batch.objects.filter(
        Q(leased_until__lt=Now()) | Q(leased_until__gt=Now() + 2 * LEASE), done_at=None
    )


def recover(lanes: Collection[int]) -> int:
    """Free the batches whose worker is gone or silent, and judge them; how many."""
    with scope.every_cluster():
        leased = Batch.objects.filter(
            done_at=None, lane__in=lanes, leased_until__isnull=False
        )
        gone = [
            (pk, cluster_id)
            for pk, cluster_id, worker in leased.values_list(
                "pk", "cluster_id", "leased_by"
            )
            if is_gone(worker)
        ]
        found = {
            *gone,
            *silent().filter(lane__in=lanes).values_list("pk", "cluster_id"),
        }
    freed = 0
    for pk, cluster_id in sorted(found):
        with scope.clusters(cluster_id), transaction.atomic():
            freed += _recover(pk)
    return freed


def _recover(pk: int) -> bool:
    """Asked again under the lock: somebody may have been faster."""
    rows = Batch.objects.filter(pk=pk, done_at=None, leased_until__isnull=False)
    batch = (
        rows.select_for_update(skip_locked=True, of=("self",))
        .select_related("dispatch")
        .first()
    )
    if batch is None:
        return False
    if not is_gone(batch.leased_by) and not silent().filter(pk=pk).exists():
        return False
    _judge(batch)
    rows.update(token="", leased_by="", leased_until=None)
    take_back_if_over([batch.dispatch_id])
    doorbell.ring(batch.lane)
    return True


def _judge(batch: Batch) -> None:
    """Nobody knows whether these went out: decide by what a double would cost."""
    # Unscoped: naming the cluster too would lead SQLite to the index of all its log.
    entries = NotificationLog._base_manager
    held = entries.filter(batch=batch, status=EntryStatus.SENDING, settled_at=None)
    # Locked: whoever was only slow may be writing down how they went.
    rows = held.order_by("pk").select_for_update(of=("self",))
    found = list(rows.values_list("pk", "reason", "attempts"))
    keys: list[int] = []
    if _deduplicates(batch.channel):
        keys = [pk for pk, _reason, tries in found if tries < MOST_TRIES]
    elif is_emergency(batch.dispatch):
        keys = [pk for pk, reason, _tries in found if reason != EntryReason.DOUBT]
    rest = sorted({pk for pk, _reason, _tries in found}.difference(keys))
    entries.filter(pk__among=keys).update(
        status=EntryStatus.RETRYING, reason=EntryReason.DOUBT, detail=STOPPED
    )
    entries.filter(pk__among=rest).update(
        status=EntryStatus.UNKNOWN, reason="", detail=STOPPED, settled_at=Now()
    )
    record_history(entries.filter(pk__among=[*keys, *rest]), reason=STOPPED)


def _deduplicates(channel: str) -> bool:
    """Whether whoever is asked again drops a second message with the same key."""
    try:
        with Routes() as routes:
            return routes.of(channel).deduplicates
    except (ImportError, UnknownChannel):
        return False
