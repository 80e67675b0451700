"""What people answer, and what staff put down for them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import scope
from notifications.actions.crowds import skip_waiting
from notifications.actions.guards import require_role
from notifications.alerting import AnswerState, Purpose
from notifications.audience import Criteria, mustered, zone_names
from notifications.errors import MoveRefused, Refused
from notifications.lifecycle import BroadcastStatus, SkipReason
from notifications.models import Answer, Broadcast, NotificationLog, Recipient, Role

from . import telling

LONGEST_PLACE = 200
#: So long after its end people are still found, and put down; a call for help still
#: reaches staff.
LISTENS_ON = timedelta(days=1)


def answer(entry: NotificationLog, state: str, place: str = "") -> Answer:
    """Somebody says how they are, by the link in their message; the last word counts.

    *Needs help* tells the staff on duty, the first time and whenever it is said again
    after *safe*.
    """
    broadcast = entry.dispatch.broadcast
    if broadcast is None or not broadcast.wants_answers:
        raise Refused(_("This message asks for no answer."))
    return _put_down(broadcast, entry.recipient, state, place, by_staff=False)


def mark(
    broadcast: Broadcast,
    recipient: Recipient,
    state: str,
    *,
    by: Any,
    place: str = "",
    seen: str | None = None,
) -> Answer:
    """Staff saw or heard somebody, and put it down for them.

    ``seen`` is how the person stood on the list that staff had before them, "" for no
    answer: whoever has spoken since is not overwritten.
    """
    require_role(by, broadcast.cluster, Role.AUTHOR)
    if broadcast.live_at is None:
        raise Refused(_("This has not gone out, so nobody is asked how they are."))
    if not mustered(broadcast).filter(pk=recipient.pk).exists():
        raise Refused(_("This person is not where this happened."))
    return _put_down(broadcast, recipient, state, place, by_staff=True, seen=seen)


def listens_until(broadcast: Broadcast) -> datetime | None:
    """When its muster closes; None while it has not ended."""
    ended = broadcast.ended_at
    return None if ended is None else ended + LISTENS_ON


def still_listens(broadcast: Broadcast) -> bool:
    """Whether what people say, or staff put down, still counts."""
    until = listens_until(broadcast)
    return until is None or timezone.now() < until


def remind() -> int:
    """Of whoever needs help and nobody was told of yet; in every cluster."""
    with scope.every_cluster():
        # Somebody may call for help a moment before it ends, or after.
        going = Q(status__in=(BroadcastStatus.LIVE, BroadcastStatus.STOPPED))
        going |= Q(ended_at__gte=timezone.now() - LISTENS_ON)
        calls = Broadcast.objects.filter(going, answers__state=AnswerState.HELP)
        found = list(calls.select_related("cluster").distinct())
    told = 0
    for broadcast in found:
        with scope.clusters(broadcast.cluster_id):
            told += telling.remind_of_help(broadcast)
    return told


def _put_down(
    broadcast: Broadcast,
    recipient: Recipient,
    state: str,
    place: str,
    *,
    by_staff: bool,
    seen: str | None = None,
) -> Answer:
    if state not in AnswerState.values:
        raise Refused(_("Choose: safe, or needs help."))
    if not still_listens(broadcast):
        raise Refused(
            _(
                "It ended more than a day ago, and its muster is closed. "
                "Is somebody still missed? Raise a new one about it."
            )
        )
    with transaction.atomic():
        # Held by their person: of two answers at once the later one counts, whole.
        Recipient.objects.select_for_update().get(pk=recipient.pk)
        known = Answer.objects.filter(broadcast=broadcast, recipient=recipient)
        said = known.first() or Answer(
            cluster=broadcast.cluster, broadcast=broadcast, recipient=recipient
        )
        if seen is not None and seen != (said.state if said.pk else ""):
            raise MoveRefused(
                _("This person has answered since you opened the list: look again.")
            )
        needed_help = said.pk is not None and said.state == AnswerState.HELP
        said.state = state
        # Where somebody said they are stays until they say otherwise.
        if place.strip() or not by_staff:
            said.place = place.strip()[:LONGEST_PLACE]
        said.by_staff, said.answered_at = by_staff, timezone.now()
        said._change_reason = "Recorded by staff" if by_staff else "Answered"  # type: ignore[union-attr]
        said.save()
        _spare(broadcast, recipient)
        if state == AnswerState.HELP and not (needed_help or by_staff):
            names = zone_names(broadcast.cluster)
            telling.ask_for_help(broadcast, names.get(recipient.zone_id or 0))
    return said


def _spare(broadcast: Broadcast, recipient: Recipient) -> None:
    """What the ladder still has on its way to somebody who has answered, stays here.

    Those who are told of the silent ones, such as caretakers, still hear of them.
    """
    steps = broadcast.dispatches.filter(purpose=Purpose.LADDER)
    about_them = [
        step.pk
        for step in steps
        if Criteria.from_json(step.audience).silent_in == broadcast.pk
    ]
    if about_them:
        waiting = NotificationLog.objects.filter(
            dispatch__in=about_them, recipient=recipient
        )
        skip_waiting(waiting, SkipReason.ANSWERED, "Has answered")
