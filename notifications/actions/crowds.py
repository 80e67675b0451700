"""People by the hundred: in the order of their keys, some at a time, locked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.actors import Actor, acting
from notifications.errors import Refused
from notifications.lifecycle import WAITING, EntryReason, EntryStatus, SkipReason
from notifications.models import Cluster, NotificationLog, Recipient, write_history

#: People that one statement names; SQLite takes 32 766 values at most.
CHUNK = 500


def chunks(keys: Iterable[int], size: int = CHUNK) -> Iterator[list[int]]:
    """Each key once, ascending: two crowds that meet never wait for each other."""
    ordered = sorted(set(keys))
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def locked(cluster: Cluster, keys: Iterable[int]) -> list[Recipient]:
    """The people of this cluster among the keys, locked against marking.

    A worker that marks entries holds these rows shared, so that whatever it took
    before is on its way, and it takes nothing more until we have committed.
    """
    rows = Recipient.objects.filter(cluster=cluster, pk__in=list(keys))
    return list(rows.order_by("pk").select_for_update(of=("self",)))


def skip_waiting(waiting: Any, reason: SkipReason, why: str) -> int:
    """Skip entries that wait for a worker, with history; their people are locked.

    What may have arrived in an earlier attempt is unknown again, and not skipped.
    """
    rows = list(
        waiting.filter(status__in=WAITING)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    now = timezone.now()
    for row in rows:
        in_doubt = row.reason == EntryReason.DOUBT
        row.status = EntryStatus.UNKNOWN if in_doubt else EntryStatus.SKIPPED
        row.reason, row.detail = "" if in_doubt else reason, ""
    for status, why_not in ((EntryStatus.SKIPPED, reason), (EntryStatus.UNKNOWN, "")):
        for part in chunks(row.pk for row in rows if row.status == status):
            NotificationLog.objects.filter(pk__in=part, status__in=WAITING).update(
                status=status, reason=why_not, detail="", settled_at=now
            )
    return write_history(rows, reason=why)


def in_the_name_of(by: Any) -> AbstractContextManager[None]:
    """Act as this member of staff; without one, as whoever acts already."""
    return nullcontext() if by is None else acting(Actor.staff(by))


def the_reason(text: str) -> str:
    """A reason that somebody gave, on one line; none at all is refused."""
    reason = " ".join(text.split())[:250]
    if not reason:
        raise Refused(_("Say why, in a few words: it stays on record."))
    return reason


def because(row: Any, reason: str) -> None:
    """Give the history of a row's next save its reason."""
    row._change_reason = reason
