"""What was sent alone is reviewed by somebody else in time, or they are asked again."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from notifications import scope
from notifications.models import Broadcast

from . import telling

logger = logging.getLogger("tocsin.broadcasts")

#: So long after it went out it has to be reviewed; then it is asked for as often.
DUE = timedelta(days=1)


def review_due(broadcast: Broadcast) -> datetime | None:
    """Until when somebody else has to review it; None where nobody has to any more."""
    if not broadcast.broke_glass or broadcast.reviewed_at or broadcast.live_at is None:
        return None
    return broadcast.live_at + DUE


def chase(now: datetime | None = None) -> int:
    """Ask once a day for every review that is due, in every cluster; how many."""
    now = now or timezone.now()
    with scope.every_cluster():
        due = Broadcast.objects.filter(
            broke_glass=True, reviewed_at=None, live_at__lte=now - DUE
        )
        found = list(due.select_related("cluster"))
    asked = 0
    for broadcast in found:
        try:
            with scope.clusters(broadcast.cluster_id):
                asked += _ask(broadcast, now)
        except Exception:
            # Whatever it is: the others are asked for all the same.
            logger.exception(
                "broadcast %s: its review could not be asked for", broadcast.pk
            )
    return asked


def _ask(broadcast: Broadcast, now: datetime) -> bool:
    # Every worker looks every second: most of the time without holding anything.
    if telling.review_asked_since(broadcast, now - DUE):
        return False
    with transaction.atomic():
        held = Broadcast.objects.select_for_update().get(pk=broadcast.pk)
        if review_due(held) is None:
            return False
        return bool(telling.ask_for_review(held, DUE, now))
