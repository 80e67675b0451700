"""What people answer, and what staff put down for them."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.actions.guards import require_role
from notifications.alerting import AnswerState
from notifications.errors import Refused
from notifications.models import Answer, Broadcast, NotificationLog, Recipient, Role

from . import telling

LONGEST_PLACE = 200


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
    broadcast: Broadcast, recipient: Recipient, state: str, *, by: Any, place: str = ""
) -> Answer:
    """Staff saw or heard somebody, and put it down for them."""
    require_role(by, broadcast.cluster, Role.AUTHOR)
    if recipient.cluster_id != broadcast.cluster_id:
        raise Refused(_("This person is in another cluster."))
    return _put_down(broadcast, recipient, state, place, by_staff=True)


def _put_down(
    broadcast: Broadcast,
    recipient: Recipient,
    state: str,
    place: str,
    *,
    by_staff: bool,
) -> Answer:
    if state not in AnswerState.values:
        raise Refused(_("Choose: safe, or needs help."))
    with transaction.atomic():
        # Held by their person: of two answers at once the later one counts, whole.
        Recipient.objects.select_for_update().get(pk=recipient.pk)
        known = Answer.objects.filter(broadcast=broadcast, recipient=recipient)
        said = known.first() or Answer(
            cluster=broadcast.cluster, broadcast=broadcast, recipient=recipient
        )
        needed_help = said.pk is not None and said.state == AnswerState.HELP
        said.state, said.place = state, place.strip()[:LONGEST_PLACE]
        said.by_staff, said.answered_at = by_staff, timezone.now()
        said._change_reason = "Put down by staff" if by_staff else "Answered"  # type: ignore[union-attr]
        said.save()
        if state == AnswerState.HELP and not (needed_help or by_staff):
            telling.ask_for_help(broadcast, said)
    return said
