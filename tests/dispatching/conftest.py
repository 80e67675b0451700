"""An announcement of Riverside to try things on, and the clock that it goes by."""

from __future__ import annotations

import pytest
import time_machine

from notifications.actions import announcements
from tests.dispatching.announcing import NOW, draft
from tests.personas import make_people


@pytest.fixture
def residents(riverside):
    return make_people(riverside, 3)


@pytest.fixture
def written(riverside, ada, residents):
    return announcements.create_draft(riverside, draft(), by=ada)


@pytest.fixture
def with_rule(riverside):
    riverside.requires_approval = True
    riverside.save()
    return riverside


@pytest.fixture
def now():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller
