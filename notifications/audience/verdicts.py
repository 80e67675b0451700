"""The one answer to "will this person get it": for the preview and the fan-out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)

from notifications.events import Event
from notifications.lifecycle import SkipReason
from notifications.models import Cluster, ContactPoint

from .criteria import Criteria
from .languages import key_by_language
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
    languages: Sequence[str] = (),
    left: Q | None = None,
) -> QuerySet[Any]:
    """The audience with ``verdict``: "" for who will get it, else the SkipReason.

    Also annotated: ``address`` and ``address_fingerprint``. The first reason in this
    order counts: no address, suppressed, opted out, duplicate. ``identical`` says
    that the words are the same for everybody who reads one of the ``languages``: then
    of several people at one address only the first of these gets it, except in an
    emergency. ``left`` are those in the audience whom no channel before this reaches.
    However it is narrowed afterwards, the verdicts are those of the whole audience.
    """
    judged = _judged(cluster, criteria, event, channel).filter(left or Q())
    if not identical or event.bypasses_preferences:
        same: QuerySet[Any] = judged.annotate(verdict=F("refusal"))
        return same
    earlier = _judged(cluster, criteria, event, channel).filter(
        left or Q(),
        refusal=WILL,
        address_fingerprint=OuterRef("address_fingerprint"),
        pk__lt=OuterRef("pk"),
    )
    if len(languages) > 1:
        judged = judged.annotate(reads=reads(cluster, languages))
        earlier = earlier.annotate(reads=reads(cluster, languages)).filter(
            reads=OuterRef("reads")
        )
    shared = Q(address_fingerprint__in=shared_addresses(cluster, channel))
    decided: QuerySet[Any] = judged.annotate(
        verdict=Case(
            When(
                shared & Q(refusal=WILL) & Q(Exists(earlier)),
                then=Value(str(SkipReason.DUPLICATE)),
            ),
            default=F("refusal"),
            output_field=CharField(),
        )
    )
    return decided


def reads(cluster: Cluster, languages: Sequence[str]) -> Case:
    """Which of these languages a person of a query gets, by its place among them."""
    places = {code: place for place, code in enumerate(languages)}
    return key_by_language(places, cluster.language)


def shared_addresses(cluster: Cluster, channel: str) -> QuerySet[Any, Any]:
    """Fingerprints of the addresses that are written down for more than one person."""
    # Unscoped, and of any address, main and in use or not: all that it reads then
    # stands in one index, in order.
    points = ContactPoint._base_manager.filter(cluster=cluster.pk, channel=channel)
    counted = points.order_by().values("fingerprint").annotate(number=Count("*"))
    return counted.filter(number__gt=1).values("fingerprint")


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
