"""Zones in words that nobody takes for another: floors of two blocks have one name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from notifications.models import Cluster, Zone


def zone_names(cluster: Cluster) -> dict[int, str]:
    """Every zone by its key; where names are the same, "Floor 2 (Swan block)"."""
    rows = Zone.objects.filter(cluster=cluster).values_list("pk", "path", "name")
    own = {pk: name for pk, _path, name in rows}
    above = {
        pk: [int(part) for part in path.split(".") if part][:-1]
        for pk, path, _name in rows
    }
    within: dict[int, list[str]] = {pk: [] for pk in own}
    while True:
        shown = {
            pk: f"{name} ({', '.join(within[pk])})" if within[pk] else name
            for pk, name in own.items()
        }
        often = Counter(name.casefold() for name in shown.values())
        doubled = [
            pk for pk, name in shown.items() if often[name.casefold()] > 1 and above[pk]
        ]
        if not doubled:
            return shown
        for pk in doubled:
            within[pk].append(own[above[pk].pop()])


def named(cluster: Cluster, zones: Iterable[int]) -> list[str]:
    """Some of them in the order of the tree; keys of other clusters are left out."""
    names = zone_names(cluster)
    found = Zone.objects.filter(cluster=cluster, pk__in=tuple(zones)).order_by("path")
    return [names[pk] for pk in found.values_list("pk", flat=True)]
