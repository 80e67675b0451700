"""What must not be sent any more because its time has passed."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from notifications import scope
from notifications.lifecycle import DISPATCH_MOVES, DispatchStatus, EntryStatus
from notifications.lifecycle import sources_of as sources
from notifications.models import Dispatch
from notifications.models.moves import take_back
from notifications.models.setwise import lock_shared, record_history

TOO_LATE = "“Do not send after” has passed"


def expire_due() -> int:
    """Expire every dispatch whose last moment has passed; how many."""
    now = timezone.now()
    with scope.every_cluster():
        late = Dispatch.objects.filter(
            status__in=sources(DISPATCH_MOVES, DispatchStatus.EXPIRED),
            not_after__lte=now,
        )
        found = list(late.values_list("pk", "cluster_id"))
    for pk, cluster_id in found:
        with scope.clusters(cluster_id):
            expire(pk)
    return len(found)


def expire(dispatch_id: int) -> None:
    """Take back all that waits; what is on its way is its worker's to settle."""
    rows = Dispatch.objects.filter(pk=dispatch_id)
    with transaction.atomic():
        # A worker that is marking finishes first: the moment is one after its marks.
        rows.select_for_update().get()
        now = timezone.now()
        live = rows.filter(
            status__in=sources(DISPATCH_MOVES, DispatchStatus.EXPIRED),
            not_after__lte=now,
        )
        moved = live.update(
            status=DispatchStatus.EXPIRED, finished_at=now, version=F("version") + 1
        )
        if not moved:
            return
        record_history(rows, reason=TOO_LATE)
        take_back(dispatch_id, EntryStatus.EXPIRED, TOO_LATE)


def take_back_if_over(dispatch_ids: Collection[int]) -> None:
    """What was on its way when its dispatch ended, and failed, is not tried again.

    In the transaction that wrote it down. The shared lock sees to it that either
    this sees the end, or the end sees what waits.
    """
    # Unscoped: keys of what is in our hands.
    rows = Dispatch._base_manager.filter(pk__in=dispatch_ids)
    lock_shared(rows, lightly=True)
    for pk, status in rows.values_list("pk", "status"):
        match status:
            case DispatchStatus.CANCELLED:
                take_back(pk, EntryStatus.CANCELLED, "Cancelled while on its way")
            case DispatchStatus.EXPIRED:
                take_back(pk, EntryStatus.EXPIRED, TOO_LATE)
