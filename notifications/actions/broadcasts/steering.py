"""A broadcast under way: stopped, updated, ended. Never edited, never deleted."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import scope
from notifications.alerting import FOLLOW_UPS, LAST_WORDS, Purpose
from notifications.audience import Criteria
from notifications.errors import MoveRefused, Refused
from notifications.lifecycle import BROADCAST_MOVES, BroadcastStatus
from notifications.models import Broadcast, Dispatch
from notifications.models.moves import change_if_unchanged, move

from .hands import require_steering, same
from .looking import words_of
from .saying import hush, say

logger = logging.getLogger("tocsin.broadcasts")

_S = BroadcastStatus
EXPIRED = "expired"


def stop(
    broadcast: Broadcast, *, by: Any, reason: str = "", version: int | None = None
) -> int:
    """Nobody who waits gets it; who has it can still be told. Gives how many waited."""
    require_steering(broadcast, by)
    why = reason.strip() or "Stopped"
    with transaction.atomic():
        same(broadcast, version)
        if version is None:
            # As it is by now: what a colleague did meanwhile must not keep it going.
            held = Broadcast.objects.select_for_update()
            broadcast.refresh_from_db(from_queryset=held)
        now = timezone.now()
        move(broadcast, BROADCAST_MOVES, _S.STOPPED, reason=why, stopped_at=now)
        return hush(broadcast, why)


def follow_up(
    broadcast: Broadcast, purpose: str, *, by: Any, version: int | None = None
) -> Dispatch:
    """Say what was prepared: to exactly those who have it, or may, on those channels.

    *All clear* and *Sent in error* end it: nothing else of it goes out any more.
    """
    require_steering(broadcast, by)
    if purpose not in FOLLOW_UPS or not words_of(broadcast, purpose):
        raise Refused(
            _("Nothing was prepared for this. Raise a new one that refers to it.")
        )
    with transaction.atomic():
        same(broadcast, version)
        label = str(Purpose(purpose).label)
        if purpose in LAST_WORDS:
            _end_with(broadcast, purpose, label)
            until = None
        else:
            _still_live(broadcast)
            change_if_unchanged(broadcast, label)
            until = broadcast.expires_at
        return say(
            broadcast,
            purpose,
            to=Criteria(reached_of=broadcast.pk),
            by=by,
            reason=label,
            not_after=until,
        )


def may_still_end(broadcast: Broadcast) -> bool:
    """Whether the word that it is over can be said: also when its time has passed."""
    expired = broadcast.status == _S.ENDED and broadcast.ended_with == EXPIRED
    return expired or broadcast.status in (_S.LIVE, _S.STOPPED)


def _end_with(broadcast: Broadcast, purpose: str, label: str) -> None:
    if broadcast.status == _S.ENDED and may_still_end(broadcast):
        change_if_unchanged(broadcast, label, ended_with=purpose)
    else:
        move(
            broadcast,
            BROADCAST_MOVES,
            _S.ENDED,
            reason=label,
            ended_at=timezone.now(),
            ended_with=purpose,
        )
    hush(broadcast, label)


def end_expired(now: datetime | None = None) -> int:
    """End what has lived as long as it was to; how many. Delivery stops by itself."""
    now = now or timezone.now()
    with scope.every_cluster():
        over = Broadcast.objects.filter(
            status__in=(_S.LIVE, _S.STOPPED), expires_at__lte=now
        )
        found = list(over.select_related("cluster"))
    ended = 0
    for broadcast in found:
        try:
            with scope.clusters(broadcast.cluster_id):
                ended += _end(broadcast, now)
        except Exception:
            # Whatever it is: the others end all the same.
            logger.exception("broadcast %s could not be ended", broadcast.pk)
    return ended


def _end(broadcast: Broadcast, now: datetime) -> bool:
    reason = "Its time has passed"
    try:
        with transaction.atomic():
            move(
                broadcast,
                BROADCAST_MOVES,
                _S.ENDED,
                reason=reason,
                ended_at=now,
                ended_with=EXPIRED,
            )
    except MoveRefused:
        return False
    return True


def _still_live(broadcast: Broadcast) -> None:
    if broadcast.status != _S.LIVE:
        raise MoveRefused(
            _(
                "This is “%(status)s”, so it cannot be updated. Say that it is over, "
                "or raise a new one."
            )
            % {"status": broadcast.get_status_display()}
        )
