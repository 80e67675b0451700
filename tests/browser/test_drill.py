"""A drill, from its own door to the comparison: nobody can take it for real."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Invite, Set, Visitor
from tests.browser.kept import (
    Letter,
    all_has_left,
    came_of,
    of_it,
    staff_got,
    who_has,
)
from tests.browser.test_emergency import ESTATE, GRACE, MONA
from tests.browser.test_emergency import two_people_needed as two_people_needed

pytestmark = pytest.mark.browser

WORD = "EXERCISE"
LINK = re.compile(r"https?://\S+/a/\S+")
TOOK = re.compile(r"\d+ (s|min)")
SPEED = ("Until approved", "Until the first had it", "Until nine of ten had it")
SAFE = "JOIN notifications_answer AS a ON a.broadcast_id = b.id"


def looks_like_a_drill(page: Page) -> None:
    """By its address, its tab and the band above everything."""
    assert "/admin/drills/" in page.url
    expect(page).to_have_title(re.compile("^Drill"))
    expect(page.locator(".drill-band")).to_contain_text("Drill")
    # Red is for what is real: nothing but the button that raises it.
    expect(page.locator(".world-live, .tone-alarm")).to_have_count(0)


def drilled(grace: Visitor) -> str:
    """Grace starts it for Wharf House; its address."""
    page = grace.page
    grace.open(ESTATE, "drills/raise/")
    looks_like_a_drill(page)
    grace.in_every_light("drill-1-raise")
    page.locator("label.scenario:has-text('Fire')").click()
    page.locator("label:has-text('Wharf House')").first.click()
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url("**/review/")
    looks_like_a_drill(page)
    for message in page.locator(".told-message").all():
        said = message.locator(".told-subject, .told-text").first
        expect(said).to_contain_text(re.compile("EXERCI[CS]E"))
    grace.in_every_light("drill-2-review")
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_text("It waits for a second person")).to_be_visible()
    looks_like_a_drill(page)
    return page.url


def approved_by(mona: Visitor, address: str) -> int:
    """Mona says yes; how many take part."""
    page = mona.page
    asked = staff_got(mona.tocsin, address, WORD, MONA)
    assert "Drill to approve" in asked.subject
    page.goto(address)
    looks_like_a_drill(page)
    tick = page.locator("input[name=confirmed]")
    people = tick.get_attribute("value")
    assert people
    # It overrides nobody's wish, and is no danger to life to be typed.
    expect(page.locator(".yes")).to_contain_text(f"The drill goes to {people} people")
    expect(page.locator("#typed")).to_have_count(0)
    mona.in_every_light("drill-3-decide")
    tick.check()
    page.get_by_role("button", name=re.compile("Approve for")).click()
    expect(page.locator(".board-status")).to_contain_text("Live")
    looks_like_a_drill(page)
    expect(page.locator(".board-tiles")).to_contain_text(f"of {people} have it")
    expect(page.locator(".board-tiles .tile-value").first).to_have_text(people)
    all_has_left(mona.tocsin, address)
    mona.in_every_light("drill-4-board")
    return int(people)


def says_what_it_is(letters: list[Letter]) -> None:
    """On both channels, in the subject and first of all in the text."""
    assert {each.channel for each in letters} == {"email", "sms"}
    for letter in letters:
        assert letter.subject.startswith(("EXERCISE", "EXERCICE")), letter
        assert re.search("exerci[cs]e", letter.text[:200].casefold()), letter


def test_a_drill_from_its_own_door_to_the_comparison_of_the_year(
    two_people_needed: Visitor, invite: Invite, tocsin: Set
) -> None:
    grace, mona = invite(), two_people_needed
    grace.sign_in(GRACE)
    address = drilled(grace)
    people = approved_by(mona, address)
    assert of_it(tocsin, address, "is_drill, status") == [(1, "live")]
    letters = came_of(tocsin, address, "alert")
    says_what_it_is(letters)
    assert len({person for person, _ in who_has(tocsin, address, "alert")}) == people

    resident = invite(phone=True, scripts=False)
    link = LINK.search(letters[-1].text)
    assert link
    resident.page.goto(link[0])
    expect(resident.page.locator(".drill")).to_contain_text("This is an exercise")
    expect(resident.page).to_have_title(re.compile("EXERCI[CS]E"))
    resident.shot("drill-5-answer")
    resident.page.get_by_role("button", name=re.compile("safe")).tap()
    expect(resident.page.locator(".said")).to_contain_text("You said")
    resident.shot("drill-6-answered")
    assert of_it(tocsin, address, "a.state, a.by_staff", SAFE) == [("safe", 0)]

    page = grace.page
    page.goto(f"{address}muster/?tab=safe")
    looks_like_a_drill(page)
    expect(page.locator(".door-safe")).to_have_count(1)
    page.goto(f"{address}say/all_clear/")
    looks_like_a_drill(page)
    expect(page.locator(".told-message").first).to_contain_text(WORD)
    grace.in_every_light("drill-7-all-clear")
    page.get_by_role("button", name=re.compile("Send “All clear”")).click()
    expect(page.locator(".board-status")).to_contain_text("Ended")
    looks_like_a_drill(page)
    assert of_it(tocsin, address, "status, ended_with") == [("ended", "all_clear")]
    all_has_left(tocsin, address)
    says_what_it_is(came_of(tocsin, address, "all_clear"))
    everybody = who_has(tocsin, address, "alert")
    assert who_has(tocsin, address, "all_clear") == everybody
    grace.in_every_light("drill-8-ended")

    page.get_by_role("link", name="Drill report").click()
    looks_like_a_drill(page)
    expect(page.get_by_role("heading", name="Drill report")).to_be_visible()
    how_fast = page.locator("section", has_text="How fast it was").last
    for label in SPEED:
        expect(how_fast.locator("div", has_text=label).last).to_contain_text(TOOK)
    answers = page.locator("section").filter(
        has=page.get_by_text("Answers", exact=True)
    )
    expect(answers.locator("div", has_text="Safe").last).to_contain_text("1")
    grace.in_every_light("drill-9-report")
    page.get_by_role("button", name="Take it as PDF").click()
    page.wait_for_url("**/exports/")
    expect(page.get_by_text(re.compile("Drill report: ")).first).to_be_visible()

    grace.open(ESTATE, "drills/")
    expect(page.locator(".drill-band")).to_be_visible()
    mine = page.locator("tr", has=page.locator(f"a[href*='{address[-37:]}']"))
    expect(mine).to_contain_text(f"1 of {people}")
    expect(mine.locator("td.number", has_text=TOOK)).to_have_count(3)
    # Beside the one before it.
    expect(page.locator("table tbody tr")).not_to_have_count(1)
    grace.in_every_light("drill-10-compared")
    # In the other world there is none of it.
    grace.open(ESTATE, "emergencies/")
    expect(page.locator(f"a[href*='{address[-37:]}']")).to_have_count(0)
