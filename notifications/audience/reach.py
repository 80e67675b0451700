"""How many will get it, and how many will not and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet, Value

from notifications.events import Event
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import Cluster, NotificationLog

from .criteria import Criteria
from .people import people
from .refusals import PERSON, mentioned
from .verdicts import WILL, decide, reads, shared_addresses

#: Stands among the verdicts in the sum over them all.
EVERYBODY = "everybody"


@dataclass(frozen=True, slots=True)
class Reach:
    """Numbers of people: all meant, who will get it, and the rest by reason."""

    people: int = 0
    will: int = 0
    reasons: Mapping[SkipReason, int] = field(default_factory=dict)

    @property
    def will_not(self) -> int:
        return self.people - self.will

    def number(self, verdict: str) -> int:
        """How many have this verdict."""
        return (
            self.will if verdict == WILL else self.reasons.get(SkipReason(verdict), 0)
        )


def reach(
    cluster: Cluster,
    criteria: Criteria,
    event: Event,
    channel: str,
    *,
    identical: bool = False,
    languages: Sequence[str] = (),
    left: Q | None = None,
) -> Reach:
    """Count the audience by verdict, in one query; the options are those of `decide`.

    Only those are judged for whom there may be a reason; all the others get it.
    """
    narrow = _narrow(criteria)
    several = identical and len(languages) > 1
    said = reads(cluster, languages) if several else Value(0)
    everybody = people(cluster, criteria, channel).filter(narrow, left or Q())
    total = (
        everybody.order_by()
        .values(verdict=Value(EVERYBODY), said=Value(0))
        .annotate(number=Count("pk"), places=Value(0))
    )
    judged = decide(cluster, criteria, event, channel, left=left).filter(narrow)
    if not narrow:
        judged = judged.filter(_in_doubt(cluster, event, channel, identical=identical))
    reasons = (
        judged.order_by()
        .values("verdict", said=said)
        .annotate(
            number=Count("pk"), places=Count("address_fingerprint", distinct=True)
        )
    )
    numbers: Counter[str] = Counter()
    places = 0
    for row in total.union(reasons, all=True):
        numbers[row["verdict"]] += row["number"]
        places += row["places"] if row["verdict"] == WILL else 0
    all_of_them = numbers.pop(EVERYBODY, 0)
    unsuspected = numbers.pop(WILL, 0)
    if identical and not event.bypasses_preferences:
        # At each address the first who reads a language gets it.
        numbers[SkipReason.DUPLICATE] = unsuspected - places
    return Reach(
        people=all_of_them,
        will=all_of_them - sum(numbers.values()),
        reasons={why: numbers[why] for why in SkipReason if numbers.get(why)},
    )


def _narrow(criteria: Criteria) -> Q:
    """Says no more than the criteria do, where they mean a few out of many.

    To judge each of these is quicker then than to read all refusals that there are.
    """
    if criteria.failed_of is None:
        return Q()
    # Unscoped: the criteria see to the cluster, and its index holds the whole log.
    failed = NotificationLog._base_manager.filter(
        dispatch=criteria.failed_of, status=EntryStatus.FAILED
    )
    return Q(pk__in=failed.values("recipient"))


def _in_doubt(cluster: Cluster, event: Event, channel: str, *, identical: bool) -> Q:
    """Whoever might not get it."""
    found = Q(point_key=None) | mentioned(cluster.pk, event, channel, PERSON)
    if identical and not event.bypasses_preferences:
        shared = shared_addresses(cluster, channel)
        found |= Q(address_fingerprint__in=shared)
    return found


def reach_list(
    cluster: Cluster,
    criteria: Criteria,
    event: Event,
    channel: str,
    verdict: str = WILL,
    *,
    identical: bool = False,
    languages: Sequence[str] = (),
    left: Q | None = None,
) -> QuerySet[Any]:
    """The people behind one number of the reach, by name."""
    judged = decide(
        cluster,
        criteria,
        event,
        channel,
        identical=identical,
        languages=languages,
        left=left,
    )
    found = judged.filter(_narrow(criteria), verdict=verdict)
    return found.select_related("zone")
