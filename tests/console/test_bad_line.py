"""On a bad line every byte counts: pages and files come packed, if the browser can."""

from __future__ import annotations

import zlib
from http import HTTPStatus
from typing import Any

import pytest
from django.http import HttpResponse

from tests.personas import World

from .conftest import SignIn

#: Of more than one piece, as they are read.
SCRIPTS = "/static/wagtailadmin/js/vendor.js"
HOME = "/c/riverside/admin/"
PACKED = {"accept-encoding": "gzip"}


def body(response: Any) -> bytes:
    if isinstance(response, HttpResponse):
        return response.content
    return b"".join(response)


def unpacked(packed: bytes) -> bytes:
    """As browsers do, which stop at the first end."""
    return zlib.decompressobj(wbits=31).decompress(packed)


@pytest.mark.parametrize("path", [SCRIPTS, HOME])
def test_packed_for_whoever_can_unpack_it(
    world: World, sign_in: SignIn, path: str
) -> None:
    mona = sign_in(world.mona)
    plain = mona.get(path)
    packed = mona.get(path, headers=PACKED)
    assert "Content-Encoding" not in plain
    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    whole, small = body(plain), body(packed)
    assert len(small) < len(whole) / 2
    # Nothing is cut off. Pages carry a token that differs from time to time.
    assert unpacked(small)[-100:] == whole[-100:]


def test_what_the_browser_has_is_not_sent_again(world: World, sign_in: SignIn) -> None:
    mona = sign_in(world.mona)
    tag = mona.get(SCRIPTS, headers=PACKED)["ETag"]
    again = mona.get(SCRIPTS, headers=PACKED | {"if-none-match": tag})
    assert again.status_code == HTTPStatus.NOT_MODIFIED
    # A server that is handed more than nothing here breaks the connection.
    assert body(again) == b""
    assert "Content-Encoding" not in again


def test_a_part_of_a_file_is_that_part(world: World, sign_in: SignIn) -> None:
    mona = sign_in(world.mona)
    part = mona.get(SCRIPTS, headers=PACKED | {"range": "bytes=10-19"})
    assert part.status_code == HTTPStatus.PARTIAL_CONTENT
    assert "Content-Encoding" not in part
    assert body(part) == body(mona.get(SCRIPTS))[10:20]
