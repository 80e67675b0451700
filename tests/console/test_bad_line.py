"""On a bad line every byte counts: pages and files come packed, if the browser can."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from django.http import HttpResponse

from tests.personas import World

from .conftest import SignIn

STYLES = "/static/console/console.css"
HOME = "/c/riverside/admin/"


def body(response: Any) -> bytes:
    if isinstance(response, HttpResponse):
        return response.content
    return b"".join(response)


@pytest.mark.parametrize("path", [STYLES, HOME])
def test_packed_for_whoever_can_unpack_it(
    world: World, sign_in: SignIn, path: str
) -> None:
    mona = sign_in(world.mona)
    plain = mona.get(path)
    packed = mona.get(path, headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    whole, small = body(plain), body(packed)
    assert len(small) < len(whole) / 2
    # Nothing is cut off. Pages carry a token that differs from time to time.
    assert gzip.decompress(small)[-100:] == whole[-100:]
