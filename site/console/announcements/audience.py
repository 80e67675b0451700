"""The audience on the screen: read from what was posted, and shown again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count
from django.http import QueryDict
from django.utils.functional import Promise

from notifications.audience import Criteria
from notifications.importing.languages import code_of
from notifications.languages import language_name as language_name
from notifications.models import Cluster, Recipient, Tag, Zone

KEYS = ("zones", "tags", "exclude_zones", "exclude_tags", "exclude_recipients")
EVERYONE, SOME = "everyone", "some"


def criteria_from(data: QueryDict) -> Criteria:
    """What was chosen. Whether it exists in this cluster is the action's to check."""
    chosen: dict[str, Any] = {key: keys_in(data.getlist(key)) for key in KEYS}
    everyone = data.get("who") == EVERYONE
    if everyone:
        chosen |= {"zones": (), "tags": ()}
    languages = () if everyone else _languages_in(data.getlist("languages"))
    return Criteria(everyone=everyone, languages=languages, **chosen)


def query_of(criteria: Criteria) -> dict[str, Any]:
    """The same choice as the parameters of an address."""
    chosen = criteria.to_json()
    everyone = chosen.pop("everyone", False)
    return {"who": EVERYONE if everyone else SOME} | chosen


def _languages_in(values: Iterable[str]) -> tuple[str, ...]:
    """Codes of languages that there are; nonsense is none."""
    return tuple(sorted({each for each in values if code_of(each) == each}))


def keys_in(values: Iterable[str]) -> tuple[int, ...]:
    """Keys of rows; nonsense is none."""
    keys = {int(each) for each in values if each.isdecimal() and len(each) < 19}
    return tuple(sorted(keys))


@dataclass(frozen=True, slots=True)
class Choice:
    """A box to tick. ``depth`` and ``path`` place a zone in its tree."""

    value: str | int
    label: str | Promise
    people: int
    chosen: bool
    depth: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Excluded:
    """A person left out by name."""

    pk: int
    name: str
    place: str


@dataclass(frozen=True, slots=True)
class Choices:
    """Everything the part *Who* offers, and what of it is chosen."""

    criteria: Criteria
    zones: tuple[Choice, ...]
    tags: tuple[Choice, ...]
    languages: tuple[Choice, ...]
    exclude_zones: tuple[Choice, ...]
    exclude_tags: tuple[Choice, ...]
    exclude_recipients: tuple[Excluded, ...]
    people: int

    @property
    def leaves_out(self) -> bool:
        """Whether anybody is left out, so that this part stands open."""
        chosen = self.criteria
        return bool(
            chosen.exclude_zones or chosen.exclude_tags or chosen.exclude_recipients
        )


def zone_choices(
    cluster: Cluster, chosen: tuple[int, ...]
) -> tuple[tuple[Choice, ...], int]:
    """The zones of a cluster with their head counts, and how many people it has."""
    zones, heads, everybody = _headed(cluster)
    return _zone_choices(zones, heads, chosen), everybody


def choices(cluster: Cluster, criteria: Criteria) -> Choices:
    """Zones, tags and languages of a cluster with their head counts."""
    present = Recipient.objects.filter(cluster=cluster).present().order_by()
    zones, heads, everybody = _headed(cluster)
    tags = list(Tag.objects.filter(cluster=cluster).order_by("name"))
    tagged = _counted(present.filter(tags__in=tags), "tags")
    return Choices(
        criteria=criteria,
        zones=_zone_choices(zones, heads, criteria.zones),
        tags=_tag_choices(tags, tagged, criteria.tags),
        languages=_languages(cluster, criteria, present),
        exclude_zones=_zone_choices(zones, heads, criteria.exclude_zones),
        exclude_tags=_tag_choices(tags, tagged, criteria.exclude_tags),
        exclude_recipients=_excluded(cluster, criteria),
        people=everybody,
    )


def _headed(cluster: Cluster) -> tuple[list[Zone], dict[int, int], int]:
    """The zones, how many live in each with all below it, and how many there are."""
    present = Recipient.objects.filter(cluster=cluster).present().order_by()
    at_zones = _counted(present, "zone__path")
    zones = list(Zone.objects.filter(cluster=cluster).order_by("path"))
    heads = {zone.pk: _below(zone, at_zones) for zone in zones}
    return zones, heads, sum(at_zones.values())


def _counted(present: Any, field: str) -> dict[Any, int]:
    """How many of these people have each value of a field."""
    rows = present.values(field).annotate(number=Count("pk"))
    return {row[field]: row["number"] for row in rows}


def _below(zone: Zone, at_zones: Mapping[str | None, int]) -> int:
    return sum(n for path, n in at_zones.items() if (path or "").startswith(zone.path))


def _zone_choices(
    zones: list[Zone], heads: Mapping[int, int], chosen: tuple[int, ...]
) -> tuple[Choice, ...]:
    """In the order of the tree, and by name where they share a parent."""
    names = {zone.path: zone.name.casefold() for zone in zones}
    return tuple(
        Choice(zone.pk, zone.name, heads[zone.pk], zone.pk in chosen, *_place(zone))
        for zone in sorted(zones, key=lambda zone: _walk(zone.path, names))
    )


def _place(zone: Zone) -> tuple[int, str]:
    return zone.depth, zone.path


def _walk(path: str, names: Mapping[str, str]) -> list[tuple[str, str]]:
    """The names from the root down to here, to sort by."""
    parts = path.rstrip(".").split(".")
    above = [".".join(parts[: n + 1]) + "." for n in range(len(parts))]
    return [(names.get(each, ""), each) for each in above]


def _tag_choices(
    tags: list[Tag], heads: Mapping[int, int], chosen: tuple[int, ...]
) -> tuple[Choice, ...]:
    return tuple(
        Choice(tag.pk, tag.name, heads.get(tag.pk, 0), tag.pk in chosen) for tag in tags
    )


def _languages(
    cluster: Cluster, criteria: Criteria, present: Any
) -> tuple[Choice, ...]:
    """The languages that people here read; nobody is offered one of no use."""
    read: Counter[str] = Counter()
    for code, number in _counted(present, "language").items():
        read[code or cluster.language] += number
    codes = sorted({*read, *criteria.languages}, key=lambda code: -read[code])
    if len(codes) < 2 and not criteria.languages:
        return ()
    return tuple(
        Choice(code, language_name(code), read[code], code in criteria.languages)
        for code in codes
    )


def _excluded(cluster: Cluster, criteria: Criteria) -> tuple[Excluded, ...]:
    left_out = Recipient.objects.filter(
        cluster=cluster, pk__in=criteria.exclude_recipients
    ).select_related("zone")
    return tuple(Excluded(one.pk, one.name, place_of(one)) for one in left_out)


def place_of(person: Recipient) -> str:
    """Unit and zone in one line, to tell namesakes apart."""
    return ", ".join(
        filter(None, [person.unit, person.zone.name if person.zone else ""])
    )
