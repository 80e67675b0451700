"""Danger to life, and no approver answers: one person sends it, and answers for it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Invite, Set, Visitor
from tests.browser.kept import all_has_left, of_it, rows, who_has
from tests.browser.test_emergency import ADA, ESTATE, GRACE, raised_on_a_phone
from tests.browser.test_emergency import two_people_needed as two_people_needed

pytestmark = pytest.mark.browser

WHY = "Gas in the stairs of Mallard, nobody picks up"
HAND = "(SELECT email FROM console_user WHERE id = b.{}_by_id)"
EARLIER = "UPDATE notifications_broadcast SET submitted_at = datetime(submitted_at, ?)"


def an_hour_passes(tocsin: Set) -> None:
    """For what waits: it was submitted an hour earlier."""
    rows(tocsin, f"{EARLIER} WHERE status = 'submitted'", "-1 hour")


def test_nobody_answers_so_it_is_sent_alone_and_reviewed(
    two_people_needed: Visitor, invite: Invite, tocsin: Set
) -> None:
    ada, grace = invite(phone=True), invite()
    address = raised_on_a_phone(ada)
    page = ada.page
    expect(page.get_by_text("If nobody answers, you may send it alone")).to_be_visible()
    alone = page.get_by_role("link", name="Nobody answers: send it alone")
    expect(alone).to_have_count(0)
    an_hour_passes(tocsin)
    page.reload()
    ada.in_every_light("alone-1-may")
    alone.tap()
    ada.in_every_light("alone-2-ask")
    tick = page.locator("input[name=confirmed]")
    people = tick.get_attribute("value")
    assert people
    tick.check()
    page.locator("#typed").fill(people)
    # Without a reason it is asked for; what was ticked is asked for again.
    page.get_by_role("button", name="Send it now").tap()
    expect(page.get_by_role("alert")).to_contain_text("why it cannot wait")
    ada.complaints[:] = [each for each in ada.complaints if "409" not in each]
    page.locator("textarea").fill(WHY)
    tick.check()
    page.locator("#typed").fill(people)
    page.get_by_role("button", name="Send it now").tap()
    expect(page.locator(".board-status")).to_contain_text("Live")
    expect(page.locator(".note-wait")).to_contain_text(WHY)
    expect(page.get_by_role("link", name="Review it now")).to_have_count(0)
    ada.in_every_light("alone-3-board")

    grace.sign_in(GRACE)
    expect(grace.page.get_by_text("was sent without approval").first).to_be_visible()
    grace.in_every_light("alone-4-home")
    grace.open(ESTATE, "delivery/outbox/?channel=email&q=without+approval")
    expect(grace.page.locator("table .main-link").first).to_be_visible()
    grace.page.goto(address)
    grace.page.get_by_role("link", name="Review it now").click()
    grace.page.locator("textarea").fill("Right to go: the fire brigade was called too")
    grace.in_every_light("alone-5-review")
    grace.page.locator(".sticky-bar button[type=submit]").click()
    expect(grace.page.get_by_text("Somebody else has to review it")).to_have_count(0)
    expect(grace.page.locator(".timeline")).to_contain_text("Right to go")
    expect(grace.page.locator(".timeline")).to_contain_text(WHY)
    page.get_by_role("link", name="All clear", exact=True).tap()
    page.get_by_role("button", name=re.compile("Send “All clear”")).tap()
    expect(page.locator(".board-status")).to_contain_text("Ended")
    all_has_left(tocsin, address)
    assert who_has(tocsin, address, "all_clear") == who_has(tocsin, address, "alert")
    names = ", ".join(
        HAND.format(each) for each in ("submitted", "approved", "reviewed")
    )
    assert of_it(tocsin, address, f"broke_glass, {names}") == [(1, ADA, ADA, GRACE)]
