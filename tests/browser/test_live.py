"""The board moves while somebody looks, and shows the same after a break."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocket, expect

from tests.browser.conftest import Invite, Set, Visitor
from tests.browser.test_emergency import GRACE, approved, raised_on_a_phone
from tests.browser.test_emergency import two_people_needed as two_people_needed

pytestmark = pytest.mark.browser

TOLD = "Updates by itself"
#: What a browser says of itself when the server has gone: no fault of the page.
GONE = re.compile("net::ERR_|WebSocket connection to")


class Sockets:
    """The sockets that a page opens, and what it is told on them."""

    def __init__(self, page: Page) -> None:
        self.opened: list[str] = []
        self.heard: list[dict[str, str]] = []
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        self.opened.append(socket.url)
        socket.on("framereceived", lambda said: self.heard.append(json.loads(said)))


def loaded_once(page: Page) -> bool:
    """Whether it is still the page on which this was asked first."""
    return bool(page.evaluate("[window.seen, window.seen = true][0]"))


def number(page: Page, tile: str) -> int:
    return int(page.locator(f"{tile} .tile-value").inner_text())


def put_down(staff: Visitor, address: str) -> None:
    """The first door of the list has answered."""
    staff.page.goto(f"{address}muster/?tab=silent")
    staff.page.get_by_role("button", name="Safe", exact=True).first.click()
    staff.page.wait_for_load_state()


def web_of(tocsin: Set) -> int:
    """The process that serves the pages of this set."""
    ours = f"DATA_DIR={tocsin.data}".encode()
    for each in Path("/proc").glob("[0-9]*"):
        try:
            words = (each / "cmdline").read_bytes().split(b"\0")
            environment = (each / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"web" in words and ours in environment:
            return int(each.name)
    raise LookupError("No web process of this set.")


def test_what_one_person_puts_down_moves_the_pages_of_the_others(
    two_people_needed: Visitor, invite: Invite
) -> None:
    ada, grace = invite(phone=True), invite()
    board, muster = two_people_needed.page, two_people_needed.page.context.new_page()
    told, told_too = Sockets(board), Sockets(muster)
    address = raised_on_a_phone(ada)
    grace.sign_in(GRACE)
    approved(grace, address)

    board.goto(address)
    muster.goto(f"{address}muster/?tab=safe")
    for page in (board, muster):
        expect(page.get_by_text(TOLD)).to_be_visible()
        assert not loaded_once(page)
    silent = number(board, ".tile-wait")
    two_people_needed.in_every_light("live-board")
    put_down(grace, address)
    expect(board.locator(".tile-good .tile-value")).to_have_text("1")
    assert number(board, ".tile-wait") == silent - 1
    expect(muster.locator(".door-safe")).to_have_count(1)
    assert loaded_once(board)
    assert loaded_once(muster)
    for sockets, topic in ((told, "board"), (told_too, "muster")):
        assert len(sockets.opened) == 1
        assert {each["topic"] for each in sockets.heard} == {topic}
        assert {tuple(each) for each in sockets.heard} == {("topic", "version")}
        assert len({each["version"] for each in sockets.heard}) > 1


def test_after_a_break_and_a_reload_it_shows_the_same(
    two_people_needed: Visitor, invite: Invite, tocsin: Set
) -> None:
    ada, grace = invite(phone=True), invite()
    page = two_people_needed.page
    told = Sockets(page)
    address = raised_on_a_phone(ada)
    grace.sign_in(GRACE)
    approved(grace, address)
    page.goto(address)
    expect(page.get_by_text(TOLD)).to_be_visible()
    assert not loaded_once(page)

    before = web_of(tocsin)
    os.kill(before, signal.SIGTERM)
    expect(page.get_by_text("Reconnecting…")).to_be_visible()
    two_people_needed.shot("live-break")
    expect(page.get_by_text(TOLD)).to_be_visible()
    assert len(told.opened) > 1
    assert web_of(tocsin) != before

    put_down(grace, address)
    tiles = page.locator(".board-tiles")
    expect(page.locator(".tile-good .tile-value")).to_have_text("1")
    assert loaded_once(page)
    shown = tiles.inner_text()
    page.reload()
    expect(page.get_by_text(TOLD)).to_be_visible()
    assert tiles.inner_text() == shown
    complaints = two_people_needed.complaints
    complaints[:] = [each for each in complaints if not GONE.search(each)]
