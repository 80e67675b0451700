"""Whom an emergency looks for: those it is about, and whoever asked for help in it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from notifications.alerting import AnswerState
from notifications.models import Answer, Broadcast, Recipient

from .criteria import Criteria
from .people import people


def mustered(broadcast: Broadcast) -> QuerySet[Recipient]:
    """The people of the audience; and a contact, or one who moved, who needs help.

    Staff are sent to whoever asks for help, so nobody who does may be missing.
    """
    meant = people(broadcast.cluster, Criteria.from_json(broadcast.audience))
    calls = Answer.objects.filter(broadcast=broadcast, state=AnswerState.HELP)
    found: QuerySet[Recipient] = Recipient.objects.filter(
        Q(pk__in=meant.order_by().values("pk"))
        | Q(pk__in=calls.order_by().values("recipient")),
        cluster_id=broadcast.cluster_id,
    )
    return found
