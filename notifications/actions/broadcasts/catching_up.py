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
    with scope.every_cluster(), transaction.atomic():
        broadcast = Broadcast.objects.select_for_update().get(pk=pk)
        updates = broadcast.dispatches.filter(purpose=Purpose.UPDATE, parent=None)
        update = updates.order_by("pk").last()
        if broadcast.status != BroadcastStatus.LIVE or update is None:
            return False
        said = update.family()
        last = broadcast.dispatches.get(pk=max(said))
        if last.fanned_out_at is None or last.created_at + EVERY > now:
            return False
        if not _arriving(broadcast, last.created_at).exists():
            return False
        late = Criteria(reached_of=broadcast.pk, not_told_in=tuple(said))
        with scope.clusters(broadcast.cluster_id):
            if not any(
                people(broadcast.cluster, late, channel).exists()
                for channel in broadcast.channels
            ):
                return False
            say(
                broadcast,
                Purpose.UPDATE,
                to=late,
                by=None,
                reason="For who had the alert after it",
                parent=update,
                not_after=broadcast.expires_at,
            )
    return True


def _arriving(broadcast: Broadcast, since: datetime) -> QuerySet[Dispatch]:
    """What still brought the alert to somebody since then, or brings it."""
    alerts = broadcast.dispatches.filter(
        purpose__in=(Purpose.ALERT, Purpose.LADDER, Purpose.CONTACT)
    )
    over = Q(finished_at__isnull=False, finished_at__lt=since)
    return alerts.exclude(over)
