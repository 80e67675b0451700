"""The last look: what a worker marks as being sent, and what it must not send."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any

from django.db import transaction
from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.utils import timezone

from notifications.audience.refusals import ENTRY, opted_out, suppressed
from notifications.lifecycle import (
    DELIVERABLE,
    DispatchStatus,
    EntryStatus,
    SkipReason,
)
from notifications.models import Dispatch, NotificationLog, Recipient
from notifications.models.setwise import lock_shared, record_history

from .leasing import Lease, renew

#: Entries that one crash can leave unknown.
WINDOW = 50


class Look(Enum):
    """What the last look found."""

    GO = auto()
    #: Nothing of the batch waits any more.
    EMPTY = auto()
    #: Paused: the batch waits as it is.
    WAIT = auto()
    #: Cancelled, expired or done: nobody needs the batch any more.
    OVER = auto()
    #: Its last moment has passed, and nobody has said so yet.
    LATE = auto()


@dataclass(frozen=True, slots=True)
class Window:
    """Entries marked as being sent, and how the batch stands."""

    look: Look
    entries: tuple[NotificationLog, ...] = field(default=())


def take_window(lease: Lease, limit: int = WINDOW) -> Window:
    """Look once more at the next entries of a batch and mark those that may go.

    Dispatch and recipients are locked shared: a pause, cancel or opt-out that has
    committed before is seen here, and a later one waits until the marks are made.
    Raises LeaseLost.
    """
    with transaction.atomic():
        renew(lease)
        lock_shared(Dispatch.objects.filter(pk=lease.dispatch_id))
        dispatch = Dispatch.objects.get(pk=lease.dispatch_id)
        if dispatch.status != DispatchStatus.SENDING:
            paused = dispatch.status == DispatchStatus.PAUSED
            return Window(Look.WAIT if paused else Look.OVER)
        if dispatch.not_after is not None and dispatch.not_after <= timezone.now():
            return Window(Look.LATE)
        # Unscoped: naming the cluster too would lead SQLite to all of its log.
        waiting = NotificationLog._base_manager.filter(
            batch_id=lease.batch_id, status__in=DELIVERABLE, settled_at=None
        )
        chosen = list(waiting.order_by("id").values_list("pk", "recipient_id")[:limit])
        if not chosen:
            return Window(Look.EMPTY)
        lock_shared(Recipient.objects.filter(pk__in=[person for _pk, person in chosen]))
        keys = [pk for pk, _person in chosen]
        return Window(Look.GO, _mark(lease, dispatch, waiting, keys))


def _mark(
    lease: Lease,
    dispatch: Dispatch,
    waiting: QuerySet[NotificationLog],
    keys: list[int],
) -> tuple[NotificationLog, ...]:
    judged = waiting.filter(pk__in=keys).annotate(refusal=_refusal(lease, dispatch))
    refused: dict[str, list[int]] = {}
    may_go: list[int] = []
    for pk, reason in judged.values_list("pk", "refusal"):
        if reason:
            refused.setdefault(reason, []).append(pk)
        else:
            may_go.append(pk)
    for reason, pks in refused.items():
        _skip(pks, reason)
    NotificationLog.objects.filter(pk__in=may_go).update(
        status=EntryStatus.SENDING,
        attempts=F("attempts") + 1,
        token=lease.token,
        sending_at=timezone.now(),
    )
    marked = NotificationLog.objects.filter(pk__in=may_go).select_related(
        "addressee", "recipient__zone", "content"
    )
    return tuple(marked.order_by("id"))


def _refusal(lease: Lease, dispatch: Dispatch) -> Case:
    """Why an entry must not go after all; "" for one that may."""
    event, cluster = dispatch.event_definition, lease.cluster_id
    channels = list(dispatch.channels)
    left = Q(recipient__archived_at__isnull=False) | ~Q(recipient__cluster=cluster)
    whens = [_when(left, SkipReason.LEFT)]
    for channel in channels:
        here = Q(channel=channel)
        whens.append(
            _when(here & suppressed(cluster, channel, ENTRY), SkipReason.SUPPRESSED)
        )
        if not event.bypasses_preferences:
            whens.append(
                _when(
                    here & opted_out(cluster, event, channel, ENTRY),
                    SkipReason.OPTED_OUT,
                )
            )
    return Case(*whens, default=Value(""), output_field=CharField())


def _when(why: Q, reason: SkipReason) -> Any:
    return When(why, then=Value(str(reason)))


def _skip(keys: list[int], reason: str) -> None:
    rows = NotificationLog.objects.filter(pk__in=keys)
    rows.update(
        status=EntryStatus.SKIPPED,
        reason=reason,
        detail="",
        settled_at=timezone.now(),
    )
    record_history(rows, reason="Seen in the last look before sending")
