"""Two full clusters, every word of each marked, and browsers of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.test import Client

from notifications import scope
from notifications.actors import Actor, acting
from notifications.models import Broadcast
from tests.personas import World, make_world

from .things import Things, make_things

MINE, THEIRS = "quaymark", "hillmark"
MARKS = {"riverside": MINE, "hilltop": THEIRS}


@dataclass(frozen=True)
class Two:
    """Riverside, where ada, grace, mona and otto work, and mallory's Hilltop."""

    world: World
    mine: Things
    theirs: Things


def make_two() -> Two:
    """Both clusters with one of everything."""
    with scope.every_cluster():
        world = make_world()
        with acting(Actor.staff(world.mona)):
            mine = make_things(world.riverside, world.mona, MINE)
        with acting(Actor.staff(world.mallory)):
            theirs = make_things(world.hilltop, world.mallory, THEIRS)
        _raise_together(mine, theirs)
    return Two(world, mine, theirs)


def _raise_together(mine: Things, theirs: Things) -> None:
    """Both emergencies, and both drills, by somebody who was in both clusters."""
    for pair in ((mine.broadcast, theirs.broadcast), (mine.drill, theirs.drill)):
        keys = [each.pk for each in pair]
        Broadcast.objects.filter(pk__in=keys).update(composition=uuid4())


def browser_of(user: Any) -> Client:
    """A client in which somebody is signed in, or nobody."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client
