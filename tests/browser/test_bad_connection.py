"""A phone on a bad line: it gets there, and what is pressed counts once."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Invite, Visitor
from tests.browser.test_emergency import ADA, ESTATE, GRACE, raised_on_a_phone
from tests.browser.test_emergency import two_people_needed as two_people_needed

pytestmark = pytest.mark.browser

#: What browsers call slow 3G: 50 kB a second, and 400 ms there and back.
SLOW = {
    "offline": False,
    "latency": 400,
    "downloadThroughput": 50_000,
    "uploadThroughput": 50_000,
}
#: Bytes from the sign-in page to submitted, on a phone that has never been here: a
#: quarter of a minute of that line, most of it for Wagtail's scripts.
LIGHT = 750_000
#: What a browser says of itself when there is no line: no fault of the page.
NO_LINE = re.compile("net::ERR_")


class Line:
    """The line of one phone: how slow it is, and how much came over it."""

    def __init__(self, page: Page) -> None:
        self._link = page.context.new_cdp_session(page)
        self._link.send("Network.enable")
        self.taken = 0
        self._kept: set[str] = set()
        self._link.on(
            "Network.requestServedFromCache",
            lambda said: self._kept.add(said["requestId"]),
        )
        self._link.on("Network.loadingFinished", self._took)

    def _took(self, said: dict[str, Any]) -> None:
        # What the browser has kept is counted as if it had come again.
        if said["requestId"] not in self._kept:
            self.taken += int(said["encodedDataLength"])

    def slow(self) -> None:
        self._link.send("Network.emulateNetworkConditions", SLOW)


def submissions(page: Page) -> int:
    return page.locator(".timeline").get_by_text("Submitted for approval").count()


def draft_on_a_desk(ada: Visitor) -> str:
    ada.sign_in(ADA)
    ada.open(ESTATE, "emergencies/raise/")
    page = ada.page
    page.locator("label.scenario:has-text('Fire')").click()
    page.locator("label:has-text('Mallard')").first.click()
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url("**/review/")
    return page.url


def test_on_slow_3g_it_is_submitted_all_the_same(
    two_people_needed: Visitor, invite: Invite
) -> None:
    ada = invite(phone=True)
    line = Line(ada.page)
    line.slow()
    raised_on_a_phone(ada)
    assert submissions(ada.page) == 1
    assert 0 < line.taken < LIGHT


def test_a_double_tap_submits_once(two_people_needed: Visitor, invite: Invite) -> None:
    ada = invite()
    draft_on_a_desk(ada)
    posted: list[str] = []
    ada.page.on(
        "request", lambda each: posted.append(each.url) if each.method == "POST" else ""
    )
    ada.page.get_by_role("button", name="Submit for approval").dblclick()
    expect(ada.page.get_by_text("It waits for a second person")).to_be_visible()
    assert len(posted) == 1
    assert submissions(ada.page) == 1


def test_the_line_breaks_before_it_is_submitted(
    two_people_needed: Visitor, invite: Invite
) -> None:
    ada = invite()
    address = draft_on_a_desk(ada)
    page = ada.page
    page.context.set_offline(True)
    page.get_by_role("button", name="Submit for approval").click()
    page.wait_for_url("chrome-error://**")
    page.context.set_offline(False)
    page.goto(address)
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_text("It waits for a second person")).to_be_visible()
    assert submissions(page) == 1
    ada.complaints[:] = [each for each in ada.complaints if not NO_LINE.search(each)]


def say_yes(page: Page) -> None:
    tick = page.locator("input[name=confirmed]")
    people = tick.get_attribute("value")
    assert people
    tick.check()
    page.locator("#typed").fill(people)
    page.get_by_role("button", name=re.compile("Approve for")).click()


def test_the_answer_to_an_approval_is_lost_on_the_way(
    two_people_needed: Visitor, invite: Invite
) -> None:
    ada, grace = invite(phone=True), invite()
    address = raised_on_a_phone(ada)
    grace.sign_in(GRACE)
    page = grace.page

    def arrives_unanswered(route: Route) -> None:
        route.fetch(max_redirects=0)
        route.abort("connectionreset")

    again = page.context.new_page()
    for tab in (page, again):
        tab.goto(address)
    page.route("**/approve/", arrives_unanswered)
    say_yes(page)
    page.wait_for_url("chrome-error://**")
    # She does not know whether it went, and presses once more in her other tab.
    say_yes(again)
    expect(again.locator(".board-status")).to_contain_text("Live")
    expect(again.get_by_text("nothing was done")).to_be_visible()
    approvals = again.locator(".timeline").get_by_text(re.compile("^Approved"))
    expect(approvals).to_have_count(1)
    grace.complaints[:] = [
        each for each in grace.complaints if not NO_LINE.search(each)
    ]
