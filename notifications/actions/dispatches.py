"""What staff do to a message under way: pause, resume, cancel, retry, settle."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import doorbell
from notifications.actions.guards import require_role
from notifications.alerting import LAST_WORDS
from notifications.audience import Criteria, reach_list
from notifications.dispatching import OPEN, Plan, prepare
from notifications.errors import MoveRefused, Refused
from notifications.lifecycle import (
    DISPATCH_MOVES,
    BroadcastStatus,
    DispatchStatus,
    EntryReason,
    EntryStatus,
    guard,
)
from notifications.models import (
    Batch,
    Broadcast,
    ChannelMode,
    Dispatch,
    NotificationLog,
    Recipient,
    Role,
)
from notifications.models.moves import take_back
from notifications.models.setwise import record_history

_S = DispatchStatus


def pause(dispatch: Dispatch, *, by: Any, reason: str = "") -> None:
    """Workers leave it alone, once they have finished the few they hold."""
    require_role(by, dispatch.cluster, _steers(dispatch))
    why = reason.strip()
    with transaction.atomic():
        _move(dispatch, _S.PAUSED, why or "Paused", paused_reason=why[:250])


def resume(dispatch: Dispatch, *, by: Any) -> None:
    """It goes on where it was."""
    require_role(by, dispatch.cluster, _steers(dispatch))
    with transaction.atomic():
        started = dispatch.started_at or timezone.now()
        _move(dispatch, _S.SENDING, "Resumed", paused_reason="", started_at=started)
        doorbell.ring(dispatch.lane)
        if dispatch.fanned_out_at is None:
            doorbell.ring_job("fan_out", dispatch.pk)


def cancel(dispatch: Dispatch, *, by: Any, reason: str = "") -> int:
    """Nobody who waits gets it; what is on its way is. Gives how many were stopped."""
    require_role(by, dispatch.cluster, _steers(dispatch))
    return halt(dispatch, reason.strip() or "Cancelled")


def halt(dispatch: Dispatch, why: str) -> int:
    """The same for whoever has asked already who may."""
    with transaction.atomic():
        _move(dispatch, _S.CANCELLED, why)
        return take_back(dispatch.pk, EntryStatus.CANCELLED, why)


def to_retry(dispatch: Dispatch) -> int:
    """How many people a retry would reach now; 0 while one is under way."""
    if dispatch.status in OPEN or _under_way(dispatch):
        return 0
    criteria = Criteria(failed_of=dispatch.pk)
    event = dispatch.event_definition
    on_any = [
        reach_list(dispatch.cluster, criteria, event, channel).order_by().values("pk")
        for channel in dispatch.channels
    ]
    if len(on_any) == 1:
        return on_any[0].count()
    some_way = reduce(or_, (Q(pk__in=will) for will in on_any), Q(pk__in=[]))
    return Recipient.objects.filter(some_way).count()


def retry_failed(dispatch: Dispatch, *, by: Any) -> Dispatch:
    """The same words once more, only to those for whom it failed: a new dispatch."""
    require_role(by, dispatch.cluster, _steers(dispatch))
    if dispatch.status in OPEN:
        raise Refused(
            _("It is still going out. Wait until it is done, then try again.")
        )
    with transaction.atomic():
        _still_wanted(dispatch)
        # The lock of the first of the family: two hands still make one retry.
        Dispatch.objects.select_for_update().get(pk=dispatch.family()[0])
        if _under_way(dispatch):
            raise Refused(
                _(
                    "The failed ones are being tried again already. "
                    "Wait until that is done, then look who is left."
                )
            )
        if not to_retry(dispatch):
            raise Refused(
                _(
                    "There is nobody to try again: nothing failed here, or those for "
                    "whom it failed have it by now or cannot be reached any more."
                )
            )
        pinned = dispatch.contents.select_related("content").order_by("id")
        return prepare(
            Plan(
                cluster=dispatch.cluster,
                event=dispatch.event_definition,
                title=dispatch.title,
                criteria=Criteria(failed_of=dispatch.pk),
                contents=tuple(each.content for each in pinned),
                created_by=by,
                announcement=dispatch.announcement,
                broadcast=dispatch.broadcast,
                purpose=dispatch.purpose,
                parent=dispatch,
                channel_mode=ChannelMode(dispatch.channel_mode),
                is_test=dispatch.is_test,
                not_after=_still(dispatch),
                reason="Retry of the failed",
            )
        )


def _steers(dispatch: Dispatch) -> Role:
    """Who may: an emergency is steered by those who may raise and stop one."""
    return Role.APPROVER if dispatch.broadcast_id else Role.AUTHOR


def _still_wanted(dispatch: Dispatch) -> None:
    """Refuse to send more of an emergency that is over, but for the word that it is.

    The broadcast is held: whoever stops it at this moment comes before or after.
    """
    if dispatch.broadcast_id is None or dispatch.purpose in LAST_WORDS:
        return
    broadcast = Broadcast.objects.select_for_update().get(pk=dispatch.broadcast_id)
    over = broadcast.expires_at is None or broadcast.expires_at <= timezone.now()
    if over or broadcast.status != BroadcastStatus.LIVE:
        raise Refused(
            _("This emergency is not live any more, so nothing of it is sent again.")
        )


def _under_way(dispatch: Dispatch) -> bool:
    """Whether another try of the same message is going out."""
    # Of an emergency, the steps of its ladder are of the family, and no other tries.
    others = Dispatch.objects.filter(
        pk__in=dispatch.family(), status__in=OPEN, purpose=dispatch.purpose
    )
    return others.exclude(pk=dispatch.pk).exists()


def unknown_entries(dispatch: Dispatch) -> QuerySet[NotificationLog]:
    """Those of whom nobody can know whether they have it: for staff to settle."""
    return NotificationLog.objects.filter(
        dispatch=dispatch, status=EntryStatus.UNKNOWN
    ).order_by("id")


def close_unknown(
    dispatch: Dispatch, *, by: Any, reason: str, entries: Iterable[int] | None = None
) -> int:
    """Call the unknown ones failed, so that nothing is sent twice; how many."""
    unknown = _unknown(dispatch, by, reason, entries)
    with transaction.atomic():
        # Before its entries, as everywhere: two of the staff would wait for each other.
        _lock(dispatch)
        detail = f"Closed: {reason.strip()}"
        # The moment is theirs alone, and so finds the rows again that have moved.
        now = timezone.now()
        count = unknown.order_by().update(
            status=EntryStatus.FAILED,
            reason=EntryReason.CLOSED,
            detail=detail[:250],
            settled_at=now,
        )
        closed = NotificationLog.objects.filter(dispatch=dispatch, settled_at=now)
        record_history(closed.filter(status=EntryStatus.FAILED), reason=detail)
        # What was counted of it, when it was over, holds no more.
        Dispatch.objects.filter(pk=dispatch.pk).update(version=F("version") + 1)
    return count


def resend_unknown(
    dispatch: Dispatch, *, by: Any, reason: str, entries: Iterable[int] | None = None
) -> int:
    """Send the unknown ones again, at the risk of a double; how many."""
    unknown = _unknown(dispatch, by, reason, entries)
    with transaction.atomic():
        _still_wanted(dispatch)
        locked = _lock(dispatch)
        now = timezone.now()
        if locked.not_after is not None and locked.not_after <= now:
            raise Refused(
                _(
                    "It was not to be sent after a time that has passed, so nothing "
                    "of it can be sent again. Close them, or write a new message."
                )
            )
        if locked.status == _S.DONE:
            _move(dispatch, _S.SENDING, "Unknown ones go again", finished_at=None)
        elif locked.status not in (_S.SENDING, _S.PAUSED):
            raise MoveRefused(_("This is over, so nothing of it can be sent again."))
        detail = f"Sent again: {reason.strip()}"[:250]
        kinds = list(unknown.order_by().values_list("channel", flat=True).distinct())
        again = sum(_again(dispatch, unknown, kind, detail) for kind in kinds)
        if not again:
            raise MoveRefused(_("None of these is unknown any more. Reload the page."))
        doorbell.ring(dispatch.lane)
    return again


def _again(
    dispatch: Dispatch, unknown: QuerySet[NotificationLog], channel: str, detail: str
) -> int:
    """A batch of its own for each channel: they wait for different providers."""
    batch: Batch = Batch.objects.create(
        cluster=dispatch.cluster,
        dispatch=dispatch,
        lane=dispatch.lane,
        channel=channel,
        due_at=timezone.now(),
    )
    batch.size = unknown.filter(channel=channel).update(
        status=EntryStatus.RETRYING,
        reason=EntryReason.DOUBT,
        batch=batch,
        detail=detail,
        settled_at=None,
    )
    batch.save(update_fields=["size"])
    moved = NotificationLog.objects.filter(batch=batch, settled_at=None)
    record_history(moved, reason=detail)
    return batch.size


def _unknown(
    dispatch: Dispatch, by: Any, reason: str, entries: Iterable[int] | None
) -> QuerySet[NotificationLog]:
    require_role(by, dispatch.cluster, _steers(dispatch))
    if not reason.strip():
        raise Refused(_("Say how you know, or why you decide so: it goes on record."))
    unknown = unknown_entries(dispatch)
    return unknown if entries is None else unknown.filter(pk__in=list(entries))


def _lock(dispatch: Dispatch) -> Dispatch:
    """Hold the dispatch alone: workers that mark take it shared."""
    locked: Dispatch = Dispatch.objects.select_for_update().get(pk=dispatch.pk)
    return locked


def _move(dispatch: Dispatch, to: str, reason: str, **changes: Any) -> None:
    """Move it from wherever it is now; its version moves with every chunk written."""
    current = _lock(dispatch)
    guard(DISPATCH_MOVES, current.status, to)
    if to == _S.CANCELLED:
        # Only now: a worker that was marking has finished.
        changes["finished_at"] = timezone.now()
    rows = Dispatch.objects.filter(pk=dispatch.pk)
    rows.update(status=to, version=F("version") + 1, **changes)
    record_history(rows, reason=reason)
    dispatch.refresh_from_db()


def _still(dispatch: Dispatch) -> Any:
    """Its last moment, unless that has passed: then the retry has none.

    That of an emergency is never forgotten.
    """
    not_after = dispatch.not_after
    if dispatch.broadcast_id is not None:
        return not_after
    return not_after if not_after and not_after > timezone.now() else None
