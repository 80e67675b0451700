"""The one answer to "will this person get it": for the preview and the fan-out."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import (
    Case,
    CharField,
    F,
    FilteredRelation,
    Min,
    Q,
    QuerySet,
    Value,
    When,
)

from notifications.events import Event
from notifications.lifecycle import SkipReason
from notifications.models import Cluster, ContactPoint

from .criteria import Criteria
from .people import people
from .refusals import PERSON, opted_out, suppressed

#: The verdict of those who will get it.
WILL = ""


def decide(
    cluster: Cluster,
    criteria: Criteria,
    event: Event,
    channel: str,
    *,
    identical: bool = False,
    among: Collection[int] | None = None,
) -> QuerySet[Any]:
    """The audience with ``verdict``: "" for who will get it, else the SkipReason.

    Also annotated: ``address`` and ``address_fingerprint``. The first reason in this
    order counts: no address, suppressed, opted out, duplicate. ``identical`` says
    that the words are the same for everybody: then of several people at one address
    only the first gets it, except in an emergency. ``among`` asks for some of the
    audience only, by key; the verdicts are those of the whole.
    """
    judged: QuerySet[Any] = _judged(cluster, criteria, event, channel)
    wanted = judged if among is None else judged.filter(pk__in=among)
    if not identical or event.bypasses_preferences:
        same: QuerySet[Any] = wanted.annotate(verdict=F("refusal"))
        return same
    may = judged.filter(refusal=WILL)
    if among is not None:
        may = may.filter(pk__in=_sharing(cluster, channel, among))
    firsts = may.order_by().values("address_fingerprint").annotate(first=Min("pk"))
    later = Q(refusal=WILL) & ~Q(pk__in=firsts.values("first"))
    decided: QuerySet[Any] = wanted.annotate(
        verdict=Case(
            When(later, then=Value(str(SkipReason.DUPLICATE))),
            default=F("refusal"),
            output_field=CharField(),
        )
    )
    return decided


def _sharing(cluster: Cluster, channel: str, keys: Collection[int]) -> Any:
    """These people and all who share an address with one of them."""
    # Unscoped: the keys are of this cluster, and naming it misleads SQLite's planner.
    points = ContactPoint._base_manager.filter(
        channel=channel, primary=True, active=True
    ).order_by()
    theirs = points.filter(recipient__in=keys).values_list("fingerprint", flat=True)
    shared = points.filter(cluster=cluster.pk, fingerprint__in=theirs)
    return shared.values("recipient")


def _judged(
    cluster: Cluster, criteria: Criteria, event: Event, channel: str
) -> QuerySet[Any]:
    """Everybody with their primary address and what forbids its use."""
    point = FilteredRelation(
        "contact_points",
        condition=Q(
            contact_points__cluster=cluster.pk,
            contact_points__channel=channel,
            contact_points__primary=True,
            contact_points__active=True,
        ),
    )
    addressed: QuerySet[Any] = people(cluster, criteria, channel).annotate(
        point=point,
        point_key=F("point__id"),
        address=F("point__value"),
        address_fingerprint=F("point__fingerprint"),
    )
    reasons = {
        SkipReason.NO_ADDRESS: Q(point__id=None),
        SkipReason.SUPPRESSED: suppressed(cluster.pk, channel, PERSON),
    }
    if not event.bypasses_preferences:
        reasons[SkipReason.OPTED_OUT] = opted_out(cluster.pk, event, channel, PERSON)
    whens = [When(why, then=Value(str(name))) for name, why in reasons.items()]
    judged: QuerySet[Any] = addressed.annotate(
        refusal=Case(*whens, default=Value(WILL), output_field=CharField())
    )
    return judged
