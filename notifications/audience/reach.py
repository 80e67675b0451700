"""How many will get it, and how many will not and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from notifications.events import Event
from notifications.lifecycle import SkipReason
from notifications.models import Cluster

from .criteria import Criteria
from .verdicts import WILL, decide


@dataclass(frozen=True, slots=True)
class Reach:
    """Numbers of people: all meant, who will get it, and the rest by reason."""

    people: int = 0
    will: int = 0
    reasons: Mapping[SkipReason, int] = field(default_factory=dict)

    @property
    def will_not(self) -> int:
        return self.people - self.will


def reach(
    cluster: Cluster,
    criteria: Criteria,
    event: Event,
    channel: str,
    *,
    identical: bool = False,
) -> Reach:
    """Count the audience by verdict, in one query."""
    judged = decide(cluster, criteria, event, channel, identical=identical)
    counted = judged.order_by().values("verdict").annotate(number=Count("pk"))
    numbers = {row["verdict"]: row["number"] for row in counted}
    return Reach(
        people=sum(numbers.values()),
        will=numbers.get(WILL, 0),
        reasons={why: numbers[why] for why in SkipReason if why in numbers},
    )


def reach_list(
    cluster: Cluster,
    criteria: Criteria,
    event: Event,
    channel: str,
    verdict: str = WILL,
    *,
    identical: bool = False,
) -> QuerySet[Any]:
    """The people behind one number of the reach, by name."""
    judged = decide(cluster, criteria, event, channel, identical=identical)
    return judged.filter(verdict=verdict).select_related("zone")
