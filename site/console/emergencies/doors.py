"""The doors to knock at, on paper: everybody who has not answered, as one walks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.alerting import AnswerState
from notifications.audience import zone_names
from notifications.models import Zone

from . import worlds
from .walking import NOWHERE, Walk, above, looked_for, silent_or


class Door(NamedTuple):
    """Somebody to be looked for; who needs help has a state."""

    zone_id: int | None
    unit: str
    name: str
    name_key: str
    state: str | None
    place: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Floor:
    """Some of the doors of a block, one after the other."""

    name: str
    doors: Sequence[Door]


@dataclass(frozen=True, slots=True)
class Block:
    """What one person walks: those who need help, then floor by floor."""

    name: str
    help: Sequence[tuple[str, Door]]
    floors: Sequence[Floor]
    people: int


def show(request: Any, uid: Any) -> HttpResponse:
    """All of them on one page, however many: paper cannot be asked for more."""
    broadcast = worlds.find(request, uid)
    walk = Walk.of(request.GET.get("zone", ""))
    found = walk.narrow(looked_for(broadcast)).filter(silent_or(AnswerState.HELP))
    doors = [Door(*row) for row in found.order_by().values_list(*Door._fields)]
    blocks = list(_blocks(walk, walk.in_order(doors)))
    context = {
        "page_title": _("Doors to knock at"),
        "broadcast": broadcast,
        "blocks": blocks,
        "people": len(doors),
        "help": sum(len(each.help) for each in blocks),
        "only": _only(walk),
        "as_of": timezone.localtime(),
        "muster_url": worlds.url(request, "muster", uid),
        "zone": walk.asked,
    }
    return worlds.render(request, "doors.html", context)


def _only(walk: Walk) -> str:
    """What it was narrowed to: whoever holds the paper must not think it is all."""
    if walk.asked == NOWHERE:
        return _("No zone")
    zone = walk.zone
    return zone_names(zone.cluster)[zone.pk] if zone else ""


def _blocks(walk: Walk, doors: Sequence[Door]) -> Iterator[Block]:
    """One after the other; the order of the walk keeps each of them together."""
    depth = _depth(walk)

    def block_of(door: Door) -> int | None:
        zone = walk.zones.get(door.zone_id or 0)
        return above(zone)[: depth + 1][-1] if zone else None

    for key, of_block in groupby(doors, key=block_of):
        everybody = list(of_block)
        calls = [one for one in everybody if one.state]
        silent = [one for one in everybody if not one.state]
        yield Block(
            name=walk.zones[key].name if key else _("No zone"),
            help=[(_floor(walk, one.zone_id, key), one) for one in calls],
            floors=[
                Floor(_floor(walk, zone, key), list(of_floor))
                for zone, of_floor in groupby(silent, key=lambda one: one.zone_id)
            ],
            people=len(everybody),
        )


def _depth(walk: Walk) -> int:
    """How far down the tree blocks are: 0 at the top.

    A single top zone with blocks that have floors is the estate, not a block.
    """
    zones: Sequence[Zone] = list(walk.zones.values())
    tops = sum(zone.parent_id is None for zone in zones)
    return int(tops == 1 and any(zone.depth > 1 for zone in zones))


def _floor(walk: Walk, key: int | None, block: int | None) -> str:
    """What a zone is called inside its block; "" for what is no floor of it."""
    if key is None or block is None:
        return ""
    trail = above(walk.zones[key])
    return ", ".join(walk.zones[each].name for each in trail[trail.index(block) + 1 :])
