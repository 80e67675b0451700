"""The zones of the cluster at hand as a tree, with how many people are in each."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count

from notifications.models import Recipient, Zone


@dataclass(frozen=True, slots=True)
class Node:
    """A zone; ``here`` people are in it directly, ``total`` with all below it."""

    zone: Zone
    depth: int
    here: int
    total: int


def tree() -> list[Node]:
    """Every zone in the order of the tree, names sorted as people sort them."""
    zones = list(Zone.objects.all())
    counted = Recipient.objects.present().exclude(zone=None).order_by()
    here = dict(counted.values_list("zone").annotate(Count("pk")))
    total: dict[str, int] = defaultdict(int)
    for zone in zones:
        for above in _paths(zone.path):
            total[above] += here.get(zone.pk, 0)
    return [
        Node(zone, zone.depth, here.get(zone.pk, 0), total[zone.path])
        for zone in _in_order(zones)
    ]


def walked() -> dict[int, Zone]:
    """Every zone by its key, in the order of the tree: as somebody walks."""
    return {zone.pk: zone for zone in _in_order(list(Zone.objects.all()))}


def choices(*, without: Zone | None = None) -> list[tuple[int, str]]:
    """For a select: indented names, without a zone and all below it."""
    return [
        (zone.pk, "\N{EM SPACE}" * zone.depth + zone.name)
        for zone in _in_order(list(Zone.objects.all()))
        if without is None or not zone.path.startswith(without.path)
    ]


def _in_order(zones: list[Zone]) -> Iterator[Zone]:
    inside: dict[int | None, list[Zone]] = defaultdict(list)
    for zone in zones:
        inside[zone.parent_id].append(zone)
    return _walk(inside, None)


def _walk(inside: dict[int | None, list[Zone]], parent: int | None) -> Iterator[Zone]:
    for zone in sorted(inside[parent], key=lambda zone: _natural(zone.name_key)):
        yield zone
        yield from _walk(inside, zone.pk)


def _paths(path: str) -> Iterator[str]:
    """A zone's own path and those of all above it."""
    keys = path.rstrip(".").split(".")
    for length in range(1, len(keys) + 1):
        yield ".".join(keys[:length]) + "."


def _natural(name: str) -> list[tuple[int, str]]:
    """ "Floor 2" before "Floor 10"."""
    parts = re.split(r"([0-9]+)", name)
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]
