"""What an attempt means for an entry: where it goes, and what it has to remember."""

from __future__ import annotations

import re
from datetime import datetime
from typing import NamedTuple

from django.utils import timezone

from notifications.channels import Outcome, Receipt
from notifications.lifecycle import EntryReason, EntryStatus

from .marked import Marked
from .policy import UNREACHED, Policy

UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
NOT_TRIED = "the worker stopped before this was tried"
NO_WORD = "the channel failed in a way that it should not"


class Verdict(NamedTuple):
    """Where an entry goes after an attempt.

    ``asked`` says whether the attempt tells anything about the address; one that does
    not is given back. ``pause`` in seconds stands for the policy's own. ``retry_after``
    in seconds is what the provider asked for.
    """

    entry: Marked
    status: EntryStatus
    at: datetime
    detail: str = ""
    reason: str = ""
    provider: str = ""
    provider_id: str = ""
    asked: bool = True
    pause: float | None = None
    retry_after: float | None = None


def judge(
    entry: Marked,
    receipt: Receipt,
    policy: Policy,
    *,
    deduplicates: bool,
    troubled_since: datetime | None = None,
) -> Verdict:
    """Turn what the provider said into a status.

    ``troubled_since`` says from when on it could not be reached: such attempts say
    nothing about an address, so they are bounded by time and not by number.
    """
    now = timezone.now()
    status, detail, reason = EntryStatus.SENT, "", ""
    match receipt.outcome:
        case Outcome.ACCEPTED:
            pass
        case Outcome.PERMANENT:
            status, detail = _failed(entry), receipt.reason
            if deduplicates:
                # It knows by the key what it took before, and would have said so.
                status = EntryStatus.FAILED
        case Outcome.UNKNOWN:
            detail = receipt.reason
            status = EntryStatus.UNKNOWN
            # Without a provider that drops doubles once more, and not again and again.
            once_more = policy.risks_double and entry.reason != EntryReason.DOUBT
            if entry.attempts < policy.tries and (deduplicates or once_more):
                status, reason = EntryStatus.RETRYING, EntryReason.DOUBT
        case Outcome.TEMPORARY:
            status, detail = EntryStatus.RETRYING, receipt.reason
            reason = entry.reason
            if why := _enough(entry, receipt, policy, now, troubled_since):
                detail = f"{why}: {detail}"
                status, reason = _failed(entry), ""
    # In doubt it is remembered who may have it, and not who was asked since.
    in_doubt = receipt.outcome is Outcome.TEMPORARY and reason == EntryReason.DOUBT
    return Verdict(
        entry=entry,
        status=status,
        at=now,
        detail=_storable(detail)[:250],
        reason=reason,
        provider=entry.provider if in_doubt else _storable(receipt.provider)[:60],
        provider_id=_storable(receipt.provider_id)[:255],
        asked=receipt.asked or status != EntryStatus.RETRYING,
        retry_after=receipt.retry_after,
    )


def _enough(
    entry: Marked,
    receipt: Receipt,
    policy: Policy,
    now: datetime,
    troubled_since: datetime | None,
) -> str:
    """Why it is not tried again, or nothing."""
    if receipt.asked:
        return f"Tried {entry.attempts} times" if entry.attempts >= policy.tries else ""
    if troubled_since is not None and now - troubled_since > UNREACHED:
        return "Not reached for a day"
    return ""


def unwritable(entry: Marked, problem: str) -> Verdict:
    """No message could be made for this person."""
    return Verdict(entry, _failed(entry), timezone.now(), _storable(problem)[:250])


def _failed(entry: Marked) -> EntryStatus:
    """What may have arrived in an earlier attempt, nobody can know."""
    doubt = entry.reason == EntryReason.DOUBT
    return EntryStatus.UNKNOWN if doubt else EntryStatus.FAILED


def _storable(text: str) -> str:
    """What a provider said, without what no database takes."""
    return UNSTORABLE.sub("\ufffd", text)


def untried(entry: Marked, pause: float = 0.0) -> Verdict:
    """Marked, and then not handed over: it may go again after the pause."""
    return Verdict(
        entry,
        EntryStatus.RETRYING,
        timezone.now(),
        NOT_TRIED,
        entry.reason,
        entry.provider,
        asked=False,
        pause=pause,
    )
