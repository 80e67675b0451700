"""A drill is planned at Riverside, for the second Tuesday of every month at eleven."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client

from notifications.actions import drills
from notifications.audience import Criteria
from notifications.models import Broadcast, DrillPlan, Rhythm
from tests.broadcasts.conftest import both_channels as both_channels
from tests.broadcasts.conftest import careful as careful
from tests.broadcasts.conftest import gas as gas
from tests.broadcasts.conftest import residents as residents
from tests.personas import PASSWORD

#: A Tuesday in winter: London is on UTC.
NOW = datetime(2027, 1, 5, 9, 0, tzinfo=UTC)
FIRST = datetime(2027, 1, 12, 11, 0)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def planned(residents) -> drills.Planned:
    """Every month, for Heron block."""
    return drills.Planned(
        scenario="fire",
        first=FIRST,
        every=1,
        rhythm=Rhythm.MONTHS,
        criteria=Criteria(zones=(residents.pk,)),
    )


@pytest.fixture
def plan(careful, planned, ada) -> DrillPlan:
    return drills.make(careful, planned, by=ada)


@contextmanager
def at(when: datetime):
    with time_machine.travel(when, tick=False):
        yield


def come(when: datetime) -> int:
    """What a worker does who looks at this moment."""
    with at(when):
        return drills.hold_due()


def due(plan: DrillPlan, late: timedelta = timedelta(seconds=1)) -> int:
    return come(plan.next_at + late)


def drilled() -> list[str]:
    return [each.status for each in Broadcast.objects.order_by("pk")]


def browser(user) -> Client:
    client = Client()
    assert client.login(email=user.email, password=PASSWORD)
    return client
