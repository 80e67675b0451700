"""The zones of a muster to choose from: a row of blocks, and below it their floors."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from notifications.models import Zone

from .walking import NOWHERE, Walk, above

#: How many people, by the key of the zone that they live in; None for no zone.
Counts = Mapping[int | None, int]


@dataclass(frozen=True, slots=True)
class ZoneTab:
    """One choice: with all that lies in it, and how many people that is."""

    key: str
    name: str
    count: int
    current: bool


def rows(walk: Walk, living: Counts, shown: Counts) -> Iterator[list[ZoneTab]]:
    """A row for the top, and one for each zone on the way to the chosen one.

    Only zones in which somebody is ``living`` are offered, with how many are ``shown``.
    Where all live inside one zone, it begins there.
    """
    every, listed = (_with_all_above(walk, each) for each in (living, shown))
    inside: dict[int | None, list[Zone]] = defaultdict(list)
    for key, zone in walk.zones.items():
        if every[key]:
            inside[zone.parent_id].append(zone)
    trail = above(walk.zone) if walk.zone else []

    def tabs(top: int | None, name: str, key: str, count: int) -> Iterator[ZoneTab]:
        yield ZoneTab(key, name, count, walk.asked == key)
        for zone in inside[top]:
            own = listed[zone.pk]
            yield ZoneTab(str(zone.pk), zone.name, own, zone.pk in trail)
        if top is None and living.get(None):
            own = shown.get(None, 0)
            yield ZoneTab(NOWHERE, _("No zone"), own, walk.asked == NOWHERE)

    top: int | None = None
    while len(inside[top]) == 1 and not living.get(top):
        top = inside[top][0].pk
    if inside[top]:
        yield list(tabs(top, _("All zones"), "", sum(shown.values())))
    for key in trail[trail.index(top) + 1 :] if top in trail else trail:
        if len(inside[key]) + bool(living.get(key)) > 1:
            name = _("All of %(zone)s") % {"zone": walk.zones[key].name}
            yield list(tabs(key, name, str(key), listed[key]))


def _with_all_above(walk: Walk, counts: Counts) -> dict[int, int]:
    """What is in a zone is in every zone above it as well."""
    total: dict[int, int] = defaultdict(int)
    for key, count in counts.items():
        zone = walk.zones.get(key or 0)
        for each in above(zone) if zone else ():
            total[each] += count
    return total
