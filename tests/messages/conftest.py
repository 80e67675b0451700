"""Browsers of the people who write templates."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.personas import World

from .words import SignIn


@pytest.fixture
def sign_in(world: World) -> SignIn:
    """``sign_in(ada)`` is a client in which ada is signed in."""

    def signed_in(user: Any) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return signed_in
