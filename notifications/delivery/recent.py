"""What was settled last, read from the end of history: cheap in a log of any size."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from notifications.lifecycle import EntryReason, EntryStatus
from notifications.models import NotificationLog

#: Steps of history that are looked at; there is no index by time, on purpose.
STEPS = 20_000

#: What an attempt makes of an entry when it is the last one.
OUTCOMES = (EntryStatus.SENT, EntryStatus.FAILED, EntryStatus.UNKNOWN)


def recent_outcomes(window: timedelta, now: datetime | None = None) -> QuerySet[Any]:
    """The outcomes of the last while, at most so far back as the last steps reach.

    Rows of history: ``cluster_id``, ``batch``, ``status`` and ``history_date``. What
    staff closed by hand is no outcome.
    """
    rows: QuerySet[Any] = NotificationLog.history.order_by("-history_id")
    floor = list(rows.values_list("history_id", flat=True)[STEPS : STEPS + 1])
    found = rows.order_by().filter(
        history_date__gt=(now or timezone.now()) - window,
        status__in=OUTCOMES,
        batch__isnull=False,
    )
    if floor:
        found = found.filter(history_id__gt=floor[0])
    return found.exclude(reason=EntryReason.CLOSED)
