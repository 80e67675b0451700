"""The approver is no more at a desk: from the link in a text to the yes, or the no."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PASSWORD, Invite, Set, Visitor
from tests.browser.kept import all_has_left, of_it, staff_got, who_has
from tests.browser.test_emergency import ADA, GRACE, Counted, raised_on_a_phone
from tests.browser.test_emergency import two_people_needed as two_people_needed

pytestmark = pytest.mark.browser

#: As in the demo data.
GRACES_NUMBER = "+447700900997"
LINK = re.compile(r"https?://\S+/r/\S+")
#: WCAG 2.2, target size: CSS pixels of what is to be tapped. Links in a sentence are
#: as high as their line.
LEAST = 24
TARGETS = """least => [...document.querySelectorAll(
    'button, .button, summary, select, textarea, input:not([type=hidden]), .go, .raise'
)].filter(each => each.checkVisibility({visibilityProperty: true})).map(each => [
    each.outerHTML.slice(0, 120),
    Math.max(each.getBoundingClientRect().height,
        each.closest('label')?.getBoundingClientRect().height ?? 0),
]).filter(([, height]) => height < least)"""
TOO_WIDE = "document.scrollingElement.scrollWidth - window.innerWidth"


def fits_a_thumb(page: Page) -> None:
    """Nothing to be pushed sideways, nothing too small to be hit."""
    assert page.evaluate(TOO_WIDE) <= 0, page.url
    assert page.evaluate(TARGETS, LEAST) == [], page.url


def link_on_her_phone(tocsin: Set, address: str) -> str:
    """In the text that came to the number on Grace's account."""
    text = staff_got(tocsin, address, "Approve now", GRACES_NUMBER).text
    link = LINK.search(text)
    assert link, text
    return link[0]


def opened(grace: Visitor, address: str) -> Counted:
    """From the link to the page of the decision, by way of signing in."""
    page = grace.page
    counted = Counted(page)
    page.goto(link_on_her_phone(grace.tocsin, address))
    expect(page.get_by_text("It waits for a second person")).to_be_visible()
    fits_a_thumb(page)
    grace.shot("approver-1-link")
    counted.tap("text=Sign in to approve")
    expect(page.locator("input[name=username]")).to_be_visible()
    fits_a_thumb(page)
    page.locator("input[name=username]").fill(GRACE)
    page.locator("input[name=password]").fill(PASSWORD)
    counted.tap("button:has-text('Sign in')")
    page.wait_for_url(address)
    fits_a_thumb(page)
    return counted


def test_from_the_link_in_a_text_to_the_board(
    two_people_needed: Visitor, invite: Invite, tocsin: Set
) -> None:
    ada, grace = invite(phone=True), invite(phone=True)
    address = raised_on_a_phone(ada)
    counted = opened(grace, address)
    page = grace.page
    tick = page.locator("input[name=confirmed]")
    people = tick.get_attribute("value")
    assert people
    expect(page.locator(".yes")).to_contain_text("even where they opted out")
    grace.in_every_light("approver-2-decide")
    # Neither the tick alone nor the number alone is a yes.
    counted.tap("input[name=confirmed]")
    approve = "button:has-text('Approve for')"
    counted.tap(approve)
    expect(page.locator(".board-status")).to_have_count(0)
    assert of_it(tocsin, address, "status") == [("submitted",)]
    page.locator("#typed").fill(people)
    grace.shot("approver-3-typed")
    counted.tap(approve)
    expect(page.locator(".board-status")).to_contain_text("Live")
    expect(page.locator(".board-tiles")).to_contain_text(f"of {people} have it")
    assert page.url == address
    fits_a_thumb(page)
    grace.in_every_light("approver-4-board")
    assert counted.taps <= 5
    assert counted.loads <= 4

    who = "(SELECT email FROM console_user WHERE id = b.{0}_by_id)"
    both = f"{who.format('submitted')}, {who.format('approved')}"
    assert of_it(tocsin, address, both) == [(ADA, GRACE)]
    all_has_left(tocsin, address)
    reached = {person for person, _ in who_has(tocsin, address, "alert")}
    assert len(reached) == int(people)


def test_returned_by_phone_with_a_reason(
    two_people_needed: Visitor, invite: Invite, tocsin: Set
) -> None:
    ada, grace = invite(phone=True), invite(phone=True)
    address = raised_on_a_phone(ada)
    counted = opened(grace, address)
    page = grace.page
    why = "Say which stairs are open"
    counted.tap("a:has-text('Return it')")
    expect(page.locator("textarea")).to_be_visible()
    fits_a_thumb(page)
    grace.in_every_light("approver-5-return")
    # No without a word is none.
    counted.tap("button:has-text('Return it')")
    expect(page.get_by_role("alert")).to_be_visible()
    fits_a_thumb(page)
    grace.complaints[:] = [each for each in grace.complaints if "409" not in each]
    assert of_it(tocsin, address, "status") == [("submitted",)]
    page.locator("textarea").fill(why)
    counted.tap("button:has-text('Return it')")
    expect(page.get_by_text("Returned.")).to_be_visible()
    fits_a_thumb(page)
    grace.shot("approver-6-returned")
    assert counted.taps <= 5
    assert counted.loads <= 6
    assert of_it(tocsin, address, "status") == [("draft",)]
    assert who_has(tocsin, address, "alert") == set()
    assert why in staff_got(tocsin, address, "Returned: Gas leak", ADA).text

    # Ada reads it where she left off, and it goes round again.
    ada.page.goto(address)
    expect(ada.page.get_by_text(why)).to_be_visible()
    fits_a_thumb(ada.page)
    ada.shot("approver-7-what-to-change")
    ada.page.get_by_role("button", name="Submit for approval").tap()
    expect(ada.page.get_by_text("It waits for a second person")).to_be_visible()
    assert of_it(tocsin, address, "status") == [("submitted",)]
