"""What every test shares: the world, its people, and the append-only triggers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import TransactionTestCase

from notifications import scope
from notifications.models import Cluster, triggers
from tests.personas import World, make_world

_flush = TransactionTestCase._fixture_teardown


def _flush_without_triggers(self: TransactionTestCase) -> None:
    # Emptying the tables is what the triggers refuse; flush puts them back, since it
    # sends post_migrate.
    triggers.remove()
    _flush(self)
    triggers.install()


TransactionTestCase._fixture_teardown = _flush_without_triggers


@pytest.fixture
def world(db: Any) -> Iterator[World]:
    """Two clusters with staff; the test runs in the scope of every cluster."""
    with scope.every_cluster():
        yield make_world()


@pytest.fixture
def riverside(world: World) -> Cluster:
    return world.riverside


@pytest.fixture
def hilltop(world: World) -> Cluster:
    return world.hilltop


@pytest.fixture
def ada(world: World) -> Any:
    return world.ada


@pytest.fixture
def grace(world: World) -> Any:
    return world.grace


@pytest.fixture
def mona(world: World) -> Any:
    return world.mona


@pytest.fixture
def otto(world: World) -> Any:
    return world.otto


@pytest.fixture
def mallory(world: World) -> Any:
    return world.mallory


@pytest.fixture
def pia(world: World) -> Any:
    return world.pia
