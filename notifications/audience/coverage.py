"""Whom a message reaches that goes on several channels, in several languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Count, Q, QuerySet

from notifications.events import Event
from notifications.models import Cluster, Recipient

from .criteria import Criteria
from .people import people
from .reach import Reach, reach, reach_list
from .verdicts import WILL, decide, reads


@dataclass(frozen=True, slots=True)
class Ways:
    """The channels of a message in their order, each with the languages it speaks.

    ``first``: a later channel is for those whom no earlier one reaches. ``identical``:
    the words differ by language alone, see `decide`.
    """

    languages: Mapping[str, tuple[str, ...]]
    first: bool = False
    identical: bool = False

    @property
    def channels(self) -> tuple[str, ...]:
        return tuple(self.languages)

    def before(self, channel: str) -> tuple[str, ...]:
        """The channels that are tried before this one."""
        return self.channels[: self.channels.index(channel)] if self.first else ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many people are meant and will have it on some channel; and each channel."""

    people: int = 0
    will: int = 0
    channels: Mapping[str, Reach] = field(default_factory=dict)

    @property
    def will_not(self) -> int:
        return self.people - self.will


def cover(cluster: Cluster, criteria: Criteria, event: Event, ways: Ways) -> Coverage:
    """How many would have it now, on which channel, and why the others would not.

    Where the first that reaches is enough, a later channel counts only those who are
    left for it.
    """
    found = {
        channel: reach(
            cluster,
            criteria,
            event,
            channel,
            **_options(cluster, criteria, event, ways, channel),
        )
        for channel in ways.channels
    }
    first = next(iter(found.values()), Reach())
    if ways.first or len(found) < 2:
        will = sum(each.will for each in found.values())
    else:
        will = covered(cluster, criteria, event, ways).count()
    return Coverage(people=first.people, will=will, channels=found)


def covered(
    cluster: Cluster, criteria: Criteria, event: Event, ways: Ways
) -> QuerySet[Recipient]:
    """Everybody who would have it on some channel, by name."""
    on_each = [
        Q(
            pk__in=_judged(cluster, criteria, event, ways, channel)
            .filter(verdict=WILL)
            .values("pk")
        )
        for channel in ways.channels
    ]
    meant = people(cluster, criteria).select_related("zone")
    return meant.filter(reduce(or_, on_each, Q(pk__in=[])))


def covered_list(
    cluster: Cluster,
    criteria: Criteria,
    event: Event,
    ways: Ways,
    channel: str,
    verdict: str = WILL,
) -> QuerySet[Any]:
    """The people behind one number of one channel, by name."""
    options = _options(cluster, criteria, event, ways, channel)
    return reach_list(cluster, criteria, event, channel, verdict, **options)


def who_read(
    cluster: Cluster,
    found: QuerySet[Any],
    offered: tuple[str, ...],
    chosen: tuple[str, ...],
) -> QuerySet[Any]:
    """Those of them who get one of the chosen languages out of those offered."""
    if len(offered) < 2:
        return found
    places = [offered.index(code) for code in chosen if code in offered]
    asked = found.annotate(gets=reads(cluster, offered))
    these: QuerySet[Any] = asked.filter(gets__in=places)
    return these


def readers(cluster: Cluster, criteria: Criteria) -> dict[str, int]:
    """How many of an audience read each language; the cluster's where none is known."""
    rows = people(cluster, criteria).order_by().values_list("language")
    found: dict[str, int] = {}
    for code, number in rows.annotate(Count("pk")):
        language = code or cluster.language
        found[language] = found.get(language, 0) + number
    return found


def _options(
    cluster: Cluster, criteria: Criteria, event: Event, ways: Ways, channel: str
) -> dict[str, Any]:
    """What `decide` has to know about a channel among the others."""
    left = None
    if before := ways.before(channel):
        judged = _judged(cluster, criteria, event, ways, before[-1])
        missed = judged.exclude(verdict=WILL).values_list("pk", flat=True)
        # As a list: one question inside the other is deeper than SQLite can read.
        left = Q(pk__among=list(missed))
    return {
        "identical": ways.identical,
        "languages": ways.languages[channel],
        "left": left,
    }


def _judged(
    cluster: Cluster, criteria: Criteria, event: Event, ways: Ways, channel: str
) -> QuerySet[Any]:
    """Everybody who is left for this channel, with what becomes of them there."""
    options = _options(cluster, criteria, event, ways, channel)
    return decide(cluster, criteria, event, channel, **options).order_by()
