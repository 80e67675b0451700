"""One way to move what has a lifecycle: a conditional UPDATE with its history."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.errors import MoveRefused
from notifications.lifecycle import (
    WAITING,
    DispatchStatus,
    EntryReason,
    EntryStatus,
    Moves,
    guard,
)

from .dispatches import Batch, Dispatch
from .drills import DrillPlan
from .emergencies import Broadcast
from .history import write_history
from .log import NotificationLog
from .messages import Announcement
from .reaching import somebody_waits
from .setwise import record_history

#: What has a status and a version.
Moving = Announcement | Broadcast | Dispatch | DrillPlan


def move(
    thing: Moving,
    moves: Moves,
    to: str,
    *,
    reason: str = "",
    **changes: Any,
) -> None:
    """Move it on, if it still is as we know it; raises MoveRefused.

    ``thing`` carries the new state afterwards.
    """
    guard(moves, thing.status, to)
    with transaction.atomic():
        change_if_unchanged(thing, reason, status=to, **changes)


def change_if_unchanged(thing: Moving, reason: str, **changes: Any) -> None:
    """UPDATE where key, status and version are what we know; raises MoveRefused.

    Its history is written with it: call this inside a transaction.
    """
    same = type(thing)._default_manager.filter(
        pk=thing.pk, status=thing.status, version=thing.version
    )
    if not same.update(version=F("version") + 1, **changes):
        raise MoveRefused(
            _(
                "Somebody else changed this a moment ago, so nothing was done. "
                "Reload the page, look at how it stands now, and try again."
            )
        )
    for name, value in changes.items():
        setattr(thing, name, value)
    thing.version += 1
    # A reason that an earlier save left on the object is not this one's.
    thing._change_reason = reason  # type: ignore[union-attr]
    write_history([thing])


def finish(dispatch_ids: Collection[int]) -> int:
    """Call those done of which all is written and no batch is open; how many."""
    # Unscoped, here and below: a dispatch's own rows, found by its own index.
    open_batch = Batch._base_manager.filter(dispatch_id=OuterRef("pk"), done_at=None)
    ready = Dispatch._base_manager.filter(
        ~Exists(open_batch),
        status=DispatchStatus.SENDING,
        fanned_out_at__isnull=False,
    )
    if not ready.filter(pk__in=dispatch_ids).exists():
        return 0
    with transaction.atomic():
        # Asked again under the lock, in a statement that begins after it: somebody
        # may be opening a batch of one of them at this very moment.
        locked = Dispatch._base_manager.filter(pk__in=dispatch_ids).order_by("pk")
        keys = list(locked.select_for_update().values_list("pk", flat=True))
        done = [
            each.pk for each in ready.filter(pk__in=keys) if not somebody_waits(each)
        ]
        rows = Dispatch._base_manager.filter(pk__in=done)
        rows.update(
            status=DispatchStatus.DONE,
            finished_at=timezone.now(),
            version=F("version") + 1,
        )
        record_history(rows, reason="Everything is settled")
    return len(done)


def take_back(dispatch_id: int, to: str, reason: str) -> int:
    """All that waits of a dispatch that is over ends as ``to``; how many did.

    In the transaction that ended it, or that made something wait after all. What is
    on its way is for its worker to settle, and so is the batch that carries it. What
    may have arrived in an earlier attempt is unknown again.
    """
    # The moment is theirs alone, and so finds the rows again that have moved.
    now = timezone.now()
    entries = NotificationLog._base_manager.filter(dispatch_id=dispatch_id).order_by()
    moved = {"detail": reason[:250], "settled_at": now}
    waiting = entries.filter(status__in=WAITING)
    doubtful = waiting.filter(reason=EntryReason.DOUBT)
    again = doubtful.update(status=EntryStatus.UNKNOWN, reason="", **moved)
    count = waiting.update(status=to, **moved)
    if count or again:
        settled = entries.filter(status__in=[to, EntryStatus.UNKNOWN], settled_at=now)
        record_history(settled, reason=reason)
    Batch._base_manager.filter(
        dispatch_id=dispatch_id, done_at=None, leased_until=None
    ).update(done_at=now)
    return count
