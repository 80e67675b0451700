"""How fast it was: from the first word to the last answer, comparable over the year."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, QuerySet

from notifications.alerting import AnswerState, Purpose
from notifications.lifecycle import REACHED, EntryStatus
from notifications.models import Answer, Broadcast, Dispatch, NotificationLog

MOST_OF_THEM = 0.9


#: Not on its way to anybody, and never was or only if another channel fails.
NOT_MEANT = (EntryStatus.SKIPPED, EntryStatus.BUNDLED, EntryStatus.DEFERRED)


@dataclass(frozen=True, slots=True)
class Measures:
    """Durations, None where it has not come to that; and counts of people.

    ``to_approve`` is from the submission, all others from when it was live; ``to_most``
    is until nine of ten messages had left, of those that did.
    """

    to_approve: timedelta | None
    to_first: timedelta | None
    to_most: timedelta | None
    to_half_answered: timedelta | None
    sent: int
    answered: int
    need_help: int


def measures_of(broadcast: Broadcast) -> Measures:
    """The measures of one broadcast, as far as it has come."""
    live = broadcast.live_at
    submitted = broadcast.submitted_at
    sent = _sent(broadcast)
    answers = Answer.objects.filter(
        broadcast=broadcast,
        by_staff=False,
        recipient__in=_alert(broadcast).values("recipient"),
    )
    times = answers.order_by("answered_at").values_list("answered_at", flat=True)
    many, answered = sent.count(), times.count()
    # Of people who wait or failed too: half way, nine of ten do not have it yet.
    meant = _alert(broadcast).exclude(status__in=NOT_MEANT)
    all_of_them = meant.values("recipient").distinct().count()
    return Measures(
        to_approve=live - submitted if live and submitted else None,
        to_first=_after(live, sent[:1]),
        to_most=_after(live, _nth(_had(broadcast), all_of_them, MOST_OF_THEM)),
        to_half_answered=_after(live, _nth(times, answered, 0.5)),
        sent=many,
        answered=answered,
        need_help=answers.filter(state=AnswerState.HELP).count(),
    )


def _alert(broadcast: Broadcast) -> QuerySet[NotificationLog]:
    """All entries of the alert, and of nothing that followed it."""
    alert = Dispatch.objects.filter(broadcast=broadcast, purpose=Purpose.ALERT)
    # Unscoped: naming the cluster too leads SQLite to the index of all its log.
    return NotificationLog._base_manager.filter(
        dispatch__in=list(alert.values_list("pk", flat=True))
    ).order_by()


def _sent(broadcast: Broadcast) -> QuerySet[Any, Any]:
    """When each message of the alert left, in order."""
    left = _alert(broadcast).filter(status__in=REACHED).exclude(sent_at=None)
    return left.order_by("sent_at").values_list("sent_at", flat=True)


def _had(broadcast: Broadcast) -> QuerySet[Any, Any]:
    """When each person had the first message of the alert, in order."""
    left = _alert(broadcast).filter(status__in=REACHED).exclude(sent_at=None)
    by_person = left.values("recipient").annotate(first=Min("sent_at"))
    return by_person.order_by("first").values_list("first", flat=True)


def _nth(times: Any, many: int, share: float) -> Iterable[datetime]:
    """The time by which this share of them had come."""
    if not many:
        return ()
    at = math.ceil(many * share) - 1
    found: Iterable[datetime] = times[at : at + 1]
    return found


def _after(live: datetime | None, times: Iterable[datetime]) -> timedelta | None:
    first = next(iter(times), None)
    return first - live if first and live else None
