"""The last look: what a worker marks as being sent, and what it must not send."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Case, CharField, F, Q, Value, When
from django.utils import timezone

from notifications.audience.refusals import ENTRY, opted_out, suppressed
from notifications.events import REGISTRY, Event
from notifications.lifecycle import (
    DELIVERABLE,
    DispatchStatus,
    EntryReason,
    EntryStatus,
    SkipReason,
)
from notifications.models import Dispatch, NotificationLog, Recipient
from notifications.models.setwise import lock_shared, look_up_by_index, record_history

from .leasing import Lease, close, held, release, renew
from .marked import Marked


@dataclass(frozen=True, slots=True)
class Window:
    """Entries marked as being sent, and how the batches stand.

    ``empty`` says that nothing of them may go now, ``late`` names the dispatches
    whose last moment has passed, and nobody has said so yet.
    """

    entries: tuple[Marked, ...] = ()
    empty: bool = False
    late: tuple[int, ...] = field(default=())


def take_window(lease: Lease, limit: int) -> Window:
    """Look once more at the next entries in our hands and mark those that may go.

    Dispatches and recipients are locked shared: a pause, cancel or opt-out that has
    committed before is seen here, and a later one waits until the marks are made.
    Raises LeaseLost.
    """
    with transaction.atomic():
        look_up_by_index()
        renew(lease)
        batches = dict(held(lease).values_list("pk", "dispatch_id"))
        live, late = _live(lease, batches)
        # Unscoped: naming the cluster too would lead SQLite to all of its log.
        waiting = NotificationLog._base_manager.filter(
            batch_id__in=[pk for pk, of in batches.items() if of in live],
            status__in=DELIVERABLE,
            settled_at=None,
        )
        next_ones = waiting.order_by("batch_id", "id")
        chosen = list(
            next_ones.values_list("pk", "recipient_id", "dispatch_id")[:limit]
        )
        if not chosen:
            return Window(empty=True, late=late)
        people = Recipient._base_manager.filter(pk__among={row[1] for row in chosen})
        lock_shared(people)
        by_event: dict[str, list[int]] = {}
        for pk, _person, dispatch_id in chosen:
            by_event.setdefault(live[dispatch_id], []).append(pk)
        marked: list[Marked] = []
        for event, keys in by_event.items():
            marked += _judge(lease, REGISTRY[event], keys)
        _mark(lease, [entry.pk for entry in marked])
        return Window(tuple(marked), late=late)


def put_down(lease: Lease, pause: float = 0.0) -> None:
    """At the end, when all is written down: what carries nothing more is closed.

    The rest is given back, to be due after a pause in seconds. What still has somebody
    marked in it is left as it is, to be judged when the lease has run out.
    """
    with transaction.atomic():
        batches = set(held(lease).select_for_update().values_list("pk", flat=True))
        # Unscoped, as above.
        unsettled = NotificationLog._base_manager.filter(
            batch_id__in=batches, settled_at=None
        ).order_by()
        waiting = set(
            unsettled.filter(status__in=DELIVERABLE)
            .values_list("batch_id", flat=True)
            .distinct()
        )
        marked = set(
            unsettled.filter(status=EntryStatus.SENDING)
            .values_list("batch_id", flat=True)
            .distinct()
        )
        release(lease, waiting - marked, pause)
        close(lease, batches - waiting - marked)


def _live(
    lease: Lease, batches: Mapping[int, int]
) -> tuple[dict[int, str], tuple[int, ...]]:
    """The dispatches that go on, each with its event's name; those that are late."""
    rows = Dispatch._base_manager.filter(pk__in=set(batches.values()))
    lock_shared(rows, lightly=True)
    live, late = {}, []
    now = timezone.now()
    for pk, status, event, not_after in rows.order_by().values_list(
        "pk", "status", "event", "not_after"
    ):
        if status != DispatchStatus.SENDING:
            continue
        if not_after is not None and not_after <= now:
            late.append(pk)
        else:
            live[pk] = event
    return live, tuple(late)


def _judge(lease: Lease, event: Event, keys: Iterable[int]) -> list[Marked]:
    """Those of an event that may go; the others are skipped with the reason."""
    # Asked again: an opt-out may have settled some before their people were locked.
    rows = NotificationLog._base_manager.filter(
        pk__among=keys, status__in=DELIVERABLE, settled_at=None
    ).order_by("pk")
    judged = rows.annotate(
        refusal=_refusal(lease, event), this_one=F("attempts") + 1
    ).values_list(
        "refusal",
        "pk",
        "batch_id",
        "dispatch_id",
        "content_id",
        "this_one",
        "reason",
        "provider",
        "addressee__name",
        "addressee__unit",
        "addressee__address",
        "recipient__first_name",
        "recipient__zone__name",
    )
    may_go: list[Marked] = []
    refused: dict[str, list[int]] = {}
    doubtful: list[int] = []
    for refusal, *row in judged:
        entry = Marked._make(row)
        if not refusal:
            may_go.append(entry)
        elif entry.reason == EntryReason.DOUBT:
            doubtful.append(entry.pk)
        else:
            refused.setdefault(refusal, []).append(entry.pk)
    for reason, pks in refused.items():
        _settle(pks, EntryStatus.SKIPPED, reason)
    # It may have arrived in an earlier attempt, and is not sent again.
    _settle(doubtful, EntryStatus.UNKNOWN, "")
    return may_go


def _refusal(lease: Lease, event: Event) -> Case:
    """Why an entry must not go after all; "" for one that may."""
    cluster, channel = lease.cluster_id, lease.channel
    left = Q(recipient__archived_at__isnull=False) | ~Q(recipient__cluster=cluster)
    reasons = {
        SkipReason.LEFT: left,
        SkipReason.SUPPRESSED: suppressed(cluster, channel, ENTRY),
    }
    if not event.bypasses_preferences:
        reasons[SkipReason.OPTED_OUT] = opted_out(cluster, event, channel, ENTRY)
    whens = [When(why, then=Value(str(name))) for name, why in reasons.items()]
    return Case(*whens, default=Value(""), output_field=CharField())


def _mark(lease: Lease, keys: list[int]) -> None:
    NotificationLog._base_manager.filter(pk__among=keys).update(
        status=EntryStatus.SENDING,
        attempts=F("attempts") + 1,
        token=lease.token,
        sending_at=timezone.now(),
    )


def _settle(keys: list[int], status: EntryStatus, reason: str) -> None:
    if not keys:
        return
    rows = NotificationLog._base_manager.filter(pk__among=keys)
    rows.update(
        status=status,
        reason=reason,
        detail="",
        settled_at=timezone.now(),
    )
    record_history(rows, reason="Seen in the last look before sending")
