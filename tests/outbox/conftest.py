"""The Outbox in a browser, as somebody of Riverside sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.personas import World

Open = Callable[..., Any]


@pytest.fixture
def as_otto(world: World) -> Client:
    """A browser in which otto, the auditor, is signed in."""
    client = Client()
    client.force_login(world.otto)
    return client


@pytest.fixture
def page(as_otto: Client) -> Open:
    """``page("delivery/log/", status="failed")``: the answer, at Riverside."""

    def opened(path: str, **query: Any) -> Any:
        return as_otto.get(f"/c/riverside/admin/{path}", query)

    return opened
