"""One emergency in two clusters, channels by keyboard, and an approver's link."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Invite, Visitor
from tests.browser.test_emergency import ESTATE, GRACE
from tests.browser.test_emergency import two_people_needed as two_people_needed

pytestmark = pytest.mark.browser


def test_two_clusters_from_one_page(two_people_needed: Visitor, invite: Invite) -> None:
    mona, grace = two_people_needed, invite()
    page = mona.page
    mona.open(ESTATE, "emergencies/raise/")
    page.locator("label.scenario:has-text('Fire')").click()
    page.locator("label:has-text('Mallard')").first.click()
    page.get_by_text("Also in other clusters").click()
    page.locator("label:has-text('St Anne')").click()
    mona.in_every_light("together-1-raise")
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url("**/review/")

    # Mail first, then texts to whom it cannot reach: by the keyboard alone.
    page.locator("details.change > summary").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Channel 1").focus()
    page.keyboard.type("Email")
    page.keyboard.press("Tab")
    page.keyboard.type("SMS")
    page.keyboard.press("Tab")
    page.keyboard.type("First")
    mona.in_every_light("together-2-review")
    page.get_by_role("button", name="Change it").press("Enter")
    words = "By mail; by text to whom the mail cannot reach"
    expect(page.get_by_text(words)).to_be_visible()

    page.get_by_role("link", name="Decide on all 2").click()
    tick = page.locator(".yes-box input[type=checkbox]")
    people = tick.get_attribute("value")
    assert people
    tick.check()
    page.locator(".yes-box input[inputmode=numeric]").fill(people)
    mona.in_every_light("together-3-all")
    page.get_by_role("button", name="Submit all 2").click()
    expect(page.get_by_text("Riverside Quay: submitted")).to_be_visible()
    expect(page.get_by_text(re.compile("St Anne’s Estate: it is live"))).to_be_visible()
    rows = page.locator("#together-now tbody tr")
    expect(rows).to_have_count(2)
    # It moves by itself.
    expect(rows.last).to_contain_text(f"{people} / ")
    mona.in_every_light("together-4-board")
    rows.last.get_by_role("link", name="All clear").click()
    page.get_by_role("button", name=re.compile("Send “All clear”")).click()
    expect(page.locator(".board-status")).to_contain_text("Ended")
    expect(page.locator(".siblings")).to_contain_text("Riverside Quay")

    grace.sign_in(GRACE)
    grace.open(ESTATE, "delivery/outbox/?q=Approve+now")
    grace.page.locator("table .main-link").first.click()
    body = grace.page.frame_locator("iframe").first.locator("body")
    link = body.locator("a[href*='/r/']").first.get_attribute("href")
    assert link
    reader = invite(phone=True, scripts=False)
    reader.page.goto(link)
    expect(reader.page.get_by_text("It waits for a second person")).to_be_visible()
    reader.shot("together-5-link")
    reader.page.emulate_media(color_scheme="dark")
    reader.shot("together-5-link-dark")
    reader.page.get_by_role("link", name="Sign in to approve").tap()
    expect(reader.page.locator("input[name=username]")).to_be_visible()
    grace.page.goto(link)
    grace.page.get_by_role("link", name="Sign in to approve").click()
    expect(grace.page.get_by_role("button", name=re.compile("Approve"))).to_be_visible()
