"""An update for whoever gets the alert only after it was said.

A text message to ten thousand takes its time. What was said meanwhile goes to those who
have the alert by then; so the others are looked for until nobody is on the way to it.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from notifications import scope
from notifications.alerting import Purpose
from notifications.audience import Criteria, people
from notifications.lifecycle import BroadcastStatus
from notifications.models import Broadcast, Dispatch

from .climbing import GOING
from .saying import say

logger = logging.getLogger("tocsin.broadcasts")

#: Those who came later are told together, once in so long.
EVERY = timedelta(minutes=1)


def catch_up(now: datetime | None = None) -> int:
    """Say the last update to whoever came later; how many broadcasts have such."""
    now = now or timezone.now()
    with scope.every_cluster():
        updated = Dispatch.objects.filter(
            broadcast__status=BroadcastStatus.LIVE, purpose=Purpose.UPDATE
        )
        found = set(updated.values_list("broadcast", flat=True))
    said = 0
    for pk in found:
        try:
            said += _catch_up(pk, now)
        except Exception:
            # Whatever it is: the people of the others are told all the same.
            logger.exception("broadcast %s: who came later waits", pk)
    return said


def _catch_up(pk: int, now: datetime) -> bool:
    with scope.every_cluster():
        # Asked without a lock: who presses *Stop* does not wait for the answer.
        broadcast = Broadcast.objects.get(pk=pk)
        said = _said(broadcast, now)
        if not said or not _too_few(broadcast, said):
            return False
        with transaction.atomic():
            broadcast = Broadcast.objects.select_for_update().get(pk=pk)
            # Meanwhile somebody may have stopped it, or found the update wrong.
            live = broadcast.status == BroadcastStatus.LIVE
            if not live or _said(broadcast, now) != said:
                return False
            with scope.clusters(broadcast.cluster_id):
                say(
                    broadcast,
                    Purpose.UPDATE,
                    to=_late(broadcast, said),
                    by=None,
                    reason="For who had the alert after it",
                    parent=_last_update(broadcast),
                    not_after=broadcast.expires_at,
                )
    return True


def _said(broadcast: Broadcast, now: datetime) -> list[int]:
    """The last update and what followed it, the alert still arriving; else none."""
    update = _last_update(broadcast)
    said = update.family()
    last = broadcast.dispatches.get(pk=max(said))
    if update.status not in GOING or last.status not in GOING:
        # Paused, or cancelled: somebody found it wrong.
        return []
    if last.fanned_out_at is None or last.created_at + EVERY > now:
        return []
    return said if _arriving(broadcast, last.created_at).exists() else []


def _too_few(broadcast: Broadcast, said: list[int]) -> bool:
    """Whether somebody has the alert and none of these."""
    late = _late(broadcast, said)
    with scope.clusters(broadcast.cluster_id):
        return any(
            people(broadcast.cluster, late, channel).exists()
            for channel in broadcast.channels
        )


def _late(broadcast: Broadcast, said: list[int]) -> Criteria:
    return Criteria(reached_of=broadcast.pk, not_told_in=tuple(said))


def _last_update(broadcast: Broadcast) -> Dispatch:
    said = broadcast.dispatches.filter(purpose=Purpose.UPDATE, parent=None)
    found: Dispatch = said.latest("pk")
    return found


def _arriving(broadcast: Broadcast, since: datetime) -> QuerySet[Dispatch]:
    """What still brought the alert to somebody since then, or brings it."""
    alerts = broadcast.dispatches.filter(
        purpose__in=(Purpose.ALERT, Purpose.LADDER, Purpose.CONTACT)
    )
    over = Q(finished_at__isnull=False, finished_at__lt=since)
    return alerts.exclude(over)
