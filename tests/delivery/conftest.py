"""A mail server of the tests' own, and a kind of event that is an emergency."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications import doorbell, events
from tests.channels.conftest import point_at
from tests.channels.sink import Sink


@pytest.fixture
def sink(settings):
    with Sink() as sink:
        point_at(settings, sink)
        yield sink


@pytest.fixture
def gas_leak(monkeypatch):
    """An event of the highest priority; broadcasts will have their own."""
    event = replace(
        events.ANNOUNCEMENT_POSTED,
        name="gas_leak",
        priority=events.Priority.CRITICAL,
    )
    monkeypatch.setitem(events.REGISTRY, event.name, event)
    return event


@pytest.fixture
def quiet_bell(monkeypatch):
    """Nobody is woken: where tests really commit, tasks would run at once."""
    monkeypatch.setattr(doorbell, "ring", lambda lane: None)
    monkeypatch.setattr(doorbell, "ring_job", lambda kind, pk: None)
