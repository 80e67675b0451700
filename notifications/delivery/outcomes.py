"""What became of a window, written in bulk by whoever still holds it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    F,
    Field,
    QuerySet,
    Value,
    When,
)
from django.utils import timezone

from notifications.channels import Outcome
from notifications.lifecycle import EntryReason, EntryStatus
from notifications.models import Batch, Dispatch, NotificationLog
from notifications.models.setwise import record_history

from .expiring import take_back_if_over
from .leasing import Lease
from .policy import MOST_TRIES_BLIND, UNREACHED, is_emergency, policy_for
from .sending import NOT_TRIED, Result


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where an entry goes after an attempt, and what it has to remember.

    ``retry_after`` in seconds is what the provider asked for.
    """

    result: Result
    status: EntryStatus
    detail: str = ""
    reason: str = ""
    retry_after: float | None = None


def judge(
    result: Result,
    dispatch: Dispatch,
    *,
    deduplicates: bool,
    troubled_since: datetime | None = None,
) -> Verdict:
    """Turn what the provider said into a status.

    ``troubled_since`` says from when on it could not be reached: such attempts say
    nothing about an address, so they are bounded by time and not by number.
    """
    receipt, entry = result.receipt, result.entry
    if result.problem:
        return Verdict(result, EntryStatus.FAILED, result.problem[:250])
    if receipt is None:
        return _again(result, NOT_TRIED)
    detail = receipt.reason[:250]
    match receipt.outcome:
        case Outcome.ACCEPTED:
            return Verdict(result, EntryStatus.SENT)
        case Outcome.PERMANENT:
            return Verdict(result, EntryStatus.FAILED, detail)
        case Outcome.UNKNOWN:
            return _unknown(result, dispatch, detail, deduplicates)
    if not receipt.asked:
        if troubled_since and timezone.now() - troubled_since > UNREACHED:
            return _give_up(result, f"Not reached for a day: {detail}")
    elif entry.attempts >= policy_for(dispatch).tries:
        return _give_up(result, f"Tried {entry.attempts} times: {detail}")
    return _again(result, detail, receipt.retry_after)


def _again(result: Result, detail: str, retry_after: float | None = None) -> Verdict:
    reason = result.entry.reason
    return Verdict(result, EntryStatus.RETRYING, detail, reason, retry_after)


def _give_up(result: Result, detail: str) -> Verdict:
    """Failed; but what may have arrived in an earlier attempt, nobody can know."""
    doubt = result.entry.reason == EntryReason.DOUBT
    status = EntryStatus.UNKNOWN if doubt else EntryStatus.FAILED
    return Verdict(result, status, detail[:250])


def _unknown(
    result: Result, dispatch: Dispatch, detail: str, deduplicates: bool
) -> Verdict:
    """Nobody can know: again where a double is harmless, or beats a miss."""
    attempts, policy = result.entry.attempts, policy_for(dispatch)
    blind = is_emergency(dispatch) and attempts < MOST_TRIES_BLIND
    if blind or (deduplicates and attempts < policy.tries):
        return Verdict(result, EntryStatus.RETRYING, detail, EntryReason.DOUBT)
    return Verdict(result, EntryStatus.UNKNOWN, detail)


def record(
    lease: Lease, dispatch: Dispatch, verdicts: Sequence[Verdict], sender: str
) -> int:
    """Write the outcomes of the entries that are still ours; how many were.

    Somebody else may have judged them meanwhile, when we were too slow: those are
    left as they are.
    """
    with transaction.atomic():
        keys = [verdict.result.entry.pk for verdict in verdicts]
        mine = NotificationLog.objects.filter(
            pk__in=keys, token=lease.token, status=EntryStatus.SENDING
        )
        ours = set(mine.select_for_update().values_list("pk", flat=True))
        kept = [each for each in verdicts if each.result.entry.pk in ours]
        for status in dict.fromkeys(verdict.status for verdict in kept):
            same = [verdict for verdict in kept if verdict.status == status]
            _write(lease, dispatch, status, same, sender)
        record_history(
            NotificationLog.objects.filter(pk__in=ours).order_by("pk"),
            reason=F("detail"),
        )
        take_back_if_over(dispatch)
    return len(ours)


def _write(
    lease: Lease,
    dispatch: Dispatch,
    status: EntryStatus,
    verdicts: Sequence[Verdict],
    sender: str,
) -> None:
    changes: dict[str, Any] = {"status": status, "detail": _texts("detail", verdicts)}
    changes["reason"] = _texts("reason", verdicts)
    changes["provider"] = _texts("provider", verdicts)
    if status == EntryStatus.RETRYING:
        _write_retries(lease, dispatch, verdicts, changes)
        return
    changes["settled_at"] = timezone.now()
    if status == EntryStatus.SENT:
        changes["sender"] = sender
        changes["provider_id"] = _texts("provider_id", verdicts)
        times = {each.result.entry.pk: each.result.at for each in verdicts}
        changes["sent_at"] = _by_key(times, DateTimeField())
    _rows(verdicts).update(**changes)


def _write_retries(
    lease: Lease,
    dispatch: Dispatch,
    verdicts: Sequence[Verdict],
    changes: dict[str, Any],
) -> None:
    """One batch, and so one due time, for those whose turn comes again alike.

    An attempt that never came to an address is given back.
    """
    if asked := [each for each in verdicts if each.result.asked]:
        attempts = max(each.result.entry.attempts for each in asked)
        longest = max(each.retry_after or 0 for each in asked)
        pause = policy_for(dispatch).pause(attempts, longest)
        batch = _later(lease, dispatch, len(asked), pause)
        _rows(asked).update(**changes, batch=batch)
    if unasked := [each for each in verdicts if not each.result.asked]:
        since, pause = None, 0.0
        if any(each.result.receipt for each in unasked):
            since = lease.troubled_since or timezone.now()
            pause = policy_for(dispatch).pause_in_trouble(timezone.now() - since)
        batch = _later(lease, dispatch, len(unasked), pause, since)
        given_back = F("attempts") - 1
        _rows(unasked).update(**changes, batch=batch, attempts=given_back)


def _rows(verdicts: Sequence[Verdict]) -> QuerySet[NotificationLog]:
    keys = [verdict.result.entry.pk for verdict in verdicts]
    return NotificationLog.objects.filter(pk__in=keys)


def _later(
    lease: Lease,
    dispatch: Dispatch,
    size: int,
    pause: float,
    troubled_since: datetime | None = None,
) -> Batch:
    batch: Batch = Batch.objects.create(
        cluster_id=lease.cluster_id,
        dispatch=dispatch,
        lane=lease.lane,
        size=size,
        due_at=timezone.now() + timedelta(seconds=pause),
        troubled_since=troubled_since,
    )
    return batch


def _texts(name: str, verdicts: Iterable[Verdict]) -> Any:
    """One value where all have the same, as they mostly do; else one for each."""
    lengths = {"provider": 60, "provider_id": 255, "detail": 250, "reason": 20}
    found: dict[int, str] = {}
    for verdict in verdicts:
        ours = name in ("detail", "reason")
        source = verdict if ours else verdict.result.receipt
        found[verdict.result.entry.pk] = getattr(source, name, "")[: lengths[name]]
    values = set(found.values())
    return values.pop() if len(values) == 1 else _by_key(found, CharField())


def _by_key(values: dict[int, Any], field: Field[Any, Any]) -> Case:
    whens = [
        When(pk=pk, then=Value(value, output_field=field))
        for pk, value in values.items()
    ]
    return Case(*whens, output_field=field)
