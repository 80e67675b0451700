"""What became of a window, written in bulk by whoever still holds it."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from notifications.lifecycle import EntryStatus
from notifications.models import Batch, NotificationLog
from notifications.models.setwise import look_up_by_index, record_history, update_each

from .expiring import take_back_if_over
from .leasing import Lease
from .policy import Policy
from .verdicts import NOT_TRIED, Verdict

logger = logging.getLogger("tocsin.delivery")

#: The policy of a dispatch, by its key.
Policies = Callable[[int], Policy]


def record(
    lease: Lease, verdicts: Sequence[Verdict], policy_of: Policies, sender: str
) -> int:
    """Write the outcomes of the entries that are still ours; how many were.

    Somebody else may have judged them meanwhile, when we were too slow: those are
    left as they are. Safe to call again when nobody knows whether it was committed.
    """
    again = [each for each in verdicts if each.status == EntryStatus.RETRYING]
    settled = [each for each in verdicts if each.status != EntryStatus.RETRYING]
    with transaction.atomic():
        look_up_by_index()
        ours: list[int] = []
        for group in _by(settled, lambda it: (it.status, it.reason, it.provider)):
            ours += _settle(lease, group, sender)
        alike = _by(
            again,
            lambda it: (
                it.entry.dispatch_id,
                it.asked,
                it.pause,
                lease.troubled.get(it.entry.batch_id),
            ),
        )
        for group in alike:
            ours += _try_again(lease, group, policy_of(group[0].entry.dispatch_id))
        # Unscoped: keys of what is in our hands.
        rows = NotificationLog._base_manager.filter(pk__among=ours)
        record_history(rows, reason=F("detail"))
        take_back_if_over({each.entry.dispatch_id for each in again})
    if len(ours) < len(verdicts):
        _say_what_was_not_ours(lease, verdicts, set(ours))
    return len(ours)


def give_back(lease: Lease) -> int:
    """What is still marked as ours was never handed over; how many that was.

    Only for the end of a lease, when all that was handed over is written down: a
    commit whose answer was lost may have marked what nobody took.
    """
    with transaction.atomic():
        left = NotificationLog._base_manager.filter(
            batch__in=lease.batches,
            token=lease.token,
            status=EntryStatus.SENDING,
            settled_at=None,
        )
        keys = list(left.select_for_update().values_list("pk", flat=True))
        rows = NotificationLog._base_manager.filter(pk__among=keys)
        rows.update(
            status=EntryStatus.RETRYING, attempts=F("attempts") - 1, detail=NOT_TRIED
        )
        record_history(rows, reason=NOT_TRIED)
        take_back_if_over(lease.dispatches)
    return len(keys)


def _by(verdicts: Iterable[Verdict], same: Callable[[Verdict], Any]) -> list[Any]:
    groups: defaultdict[Any, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        groups[same(verdict)].append(verdict)
    return list(groups.values())


def _settle(lease: Lease, group: list[Verdict], sender: str) -> list[int]:
    """Nothing more happens to these by itself."""
    first = group[0]
    changes: dict[str, Any] = {
        "status": first.status,
        "reason": first.reason,
        "provider": first.provider,
        "settled_at": timezone.now(),
        "sender": sender,
    }
    if first.status != EntryStatus.SENT:
        return _write(lease, group, changes, {"detail": [it.detail for it in group]})
    own: dict[str, list[Any]] = {
        "provider_id": [it.provider_id for it in group],
        "sent_at": [it.at for it in group],
    }
    return _write(lease, group, changes | {"detail": ""}, own)


def _try_again(lease: Lease, group: list[Verdict], policy: Policy) -> list[int]:
    """One batch, and so one due time, for those whose turn comes again alike.

    An attempt that never came to an address is given back.
    """
    first, pause = group[0], 0.0
    since = lease.troubled.get(first.entry.batch_id)
    wanted = max(it.retry_after or 0 for it in group)
    if first.asked:
        attempts = max(it.entry.attempts for it in group)
        since, pause = None, policy.pause(attempts, wanted)
    elif first.pause is not None:
        pause = first.pause
    else:
        since = since or timezone.now()
        pause = policy.pause_in_trouble(timezone.now() - since, wanted)
    batch = Batch._base_manager.create(
        cluster_id=lease.cluster_id,
        dispatch_id=first.entry.dispatch_id,
        lane=lease.lane,
        channel=lease.channel,
        due_at=Now() + timedelta(seconds=pause),
        troubled_since=since,
    )
    changes = {"status": EntryStatus.RETRYING, "batch": batch.pk}
    own: dict[str, list[Any]] = {
        "reason": [it.reason for it in group],
        "detail": [it.detail for it in group],
        "provider": [it.provider for it in group],
        "attempts": [it.entry.attempts - (not it.asked) for it in group],
    }
    ours = _write(lease, group, changes, own)
    Batch._base_manager.filter(pk=batch.pk).update(size=len(ours))
    if not ours:
        Batch._base_manager.filter(pk=batch.pk).delete()
    return ours


def _write(
    lease: Lease,
    group: list[Verdict],
    changes: dict[str, Any],
    own: dict[str, list[Any]],
) -> list[int]:
    """The keys of those that were still in our hands, and now are as told."""
    return update_each(
        NotificationLog,
        [it.entry.pk for it in group],
        own,
        changes,
        where={"token": lease.token, "status": EntryStatus.SENDING},
    )


def _say_what_was_not_ours(
    lease: Lease, verdicts: Sequence[Verdict], ours: set[int]
) -> None:
    """Of the rest, those that stand as told were written by ourselves before."""
    told = {it.entry.pk: it.status for it in verdicts if it.entry.pk not in ours}
    rows = NotificationLog._base_manager.filter(pk__among=told, token=lease.token)
    for pk, status in rows.values_list("pk", "status"):
        if told[pk] == status:
            told.pop(pk)
    if told:
        logger.warning(
            "%s entries were judged by somebody else; they stay as they are", len(told)
        )
