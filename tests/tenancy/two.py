"""Two full clusters, every word of each marked, and browsers of everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client

from notifications import scope
from notifications.actors import Actor, acting
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
    return Two(world, mine, theirs)


def browser_of(user: Any) -> Client:
    """A client in which somebody is signed in, or nobody."""
    client = Client()
    if user is not None:
        client.force_login(user)
    return client
