"""Whom a muster looks for: in which zone, and in the order in which one walks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from console import zone_tree
from notifications.actions import broadcasts
from notifications.audience import mustered
from notifications.models import Answer, Broadcast, Recipient, Zone

#: For those of whom no zone is known.
NOWHERE = "none"
NUMBERS = re.compile(r"(\d+)", re.ASCII)
#: How many gave which answer, by zone and state; None for no zone, and for no answer.
Standing = Mapping[tuple[int | None, str | None], int]


@dataclass(frozen=True, slots=True)
class Walk:
    """The zones of the cluster in their order, and what was ``asked`` for of them.

    "" is all of it, NOWHERE who lives in no zone, and the key of a zone means it and
    all that lies in it.
    """

    zones: Mapping[int, Zone]
    asked: str

    @classmethod
    def of(cls, asked: str) -> Walk:
        """Of a zone that there is not, all: an old link leaves nobody out."""
        zones = zone_tree.walked()
        if asked != NOWHERE and asked not in map(str, zones):
            asked = ""
        return cls(zones, asked)

    @property
    def zone(self) -> Zone | None:
        """The one that was asked for."""
        return self.zones[int(self.asked)] if self.asked.isdecimal() else None

    def narrow(self, people: QuerySet[Recipient]) -> QuerySet[Recipient]:
        """Those who live there."""
        if self.asked == NOWHERE:
            return people.filter(zone=None)
        zone = self.zone
        return people.filter(zone__path__startswith=zone.path) if zone else people

    def holds(self, key: int | None) -> bool:
        """Whether it is there that somebody of this zone lives."""
        if self.asked == NOWHERE:
            return key is None
        zone, other = self.zone, self.zones.get(key or 0)
        return zone is None or other is not None and other.path.startswith(zone.path)

    def in_order(self, people: Iterable[Any]) -> list[Any]:
        """Zone by zone, 2A before 10A; who lives in no zone comes last."""
        rank = {key: number for number, key in enumerate(self.zones)}

        def door(person: Any) -> tuple[Any, ...]:
            parts = NUMBERS.split(person.unit.casefold())
            unit = [int(part) if n % 2 else part for n, part in enumerate(parts)]
            return (rank.get(person.zone_id, len(rank)), unit, person.name_key)

        return sorted(people, key=door)


def above(zone: Zone) -> list[int]:
    """The keys from the top zone down to this one."""
    return [int(part) for part in zone.path.split(".") if part]


def is_open(broadcast: Broadcast) -> bool:
    """Whether people are put down: from its start until a while after its end."""
    return broadcast.live_at is not None and broadcasts.still_listens(broadcast)


def looked_for(broadcast: Broadcast) -> QuerySet[Recipient]:
    """Everybody, each with what they answered."""
    answers = _answers(broadcast)
    return mustered(broadcast).annotate(
        state=Subquery(answers.values("state")[:1]),
        place=Subquery(answers.values("place")[:1]),
        answered_at=Subquery(answers.values("answered_at")[:1]),
        by_staff=Subquery(answers.values("by_staff")[:1]),
    )


def silent_or(state: str) -> Q:
    """Who has not answered, or has said this."""
    return Q(state=None) | Q(state=state)


def standing_of(broadcast: Broadcast) -> Standing:
    """Everybody counted, in one question."""
    zones = mustered(broadcast).order_by().values("zone_id")
    stated = zones.annotate(state=Subquery(_answers(broadcast).values("state")[:1]))
    rows = stated.values_list("zone_id", "state").annotate(n=Count("pk"))
    return {(zone, state): number for zone, state, number in rows}


def _answers(broadcast: Broadcast) -> QuerySet[Answer]:
    return Answer.objects.filter(broadcast=broadcast, recipient=OuterRef("pk"))
