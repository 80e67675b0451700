"""The worst night of the year, by two people, a resident and an old phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Invite, Set, Visitor
from tests.browser.kept import all_has_left, came_of, of_it, staff_got, who_has

pytestmark = pytest.mark.browser

ESTATE = "riverside-quay"
#: What its resident finds in a letter.
PERSONAL = re.compile(r"https?://\S+/a/[^\s)>]+")
ANSWERS = "JOIN notifications_answer AS a ON a.broadcast_id = b.id"
LATER = {
    "Update": "Update|Point de situation|pas fini",
    "All clear": "It is over|c'est fini|C’est terminé",
}
ADA, GRACE, MONA = (f"{name}@tocsin.example" for name in ("ada", "grace", "mona"))


@pytest.fixture
def two_people_needed(invite: Invite) -> Visitor:
    """Mona asks for a second person at Riverside."""
    mona = invite()
    mona.sign_in(MONA)
    mona.open(ESTATE, "clusters/settings/")
    mona.page.locator("input[name=requires_approval]").check()
    mona.page.locator(".sticky-bar .button").last.click()
    mona.page.wait_for_load_state()
    return mona


class Counted:
    """Ada's taps and page loads from the sign-in page on."""

    def __init__(self, page: Page) -> None:
        self.page, self.taps, self.loads = page, 0, 0
        page.on("load", self._loaded)

    def _loaded(self, page: Page) -> None:
        self.loads += 1

    def tap(self, what: str) -> None:
        self.taps += 1
        self.page.locator(what).first.tap()


def raised_on_a_phone(ada: Visitor, path: str = "") -> str:
    """From the sign-in page to submitted: nothing typed but the password."""
    page = ada.page
    counted = Counted(page)
    page.goto(f"{ada.tocsin.url}/admin/login/")
    page.locator("input[name=username]").fill(ADA)
    page.locator("input[name=password]").fill("tocsin-demo")
    counted.tap("button:has-text('Sign in')")
    page.wait_for_url("**/c/**")
    counted.tap("[data-raise]")
    page.wait_for_url("**/raise/")
    ada.shot("emergency-1-raise")
    counted.tap("label.scenario:has-text('Gas leak')")
    counted.tap("label:has-text('Mallard')")
    counted.tap("button:has-text('Look at it')")
    page.wait_for_url("**/review/")
    ada.shot("emergency-2-review")
    counted.tap("button:has-text('Submit for approval')")
    expect(page.get_by_text("It waits for a second person")).to_be_visible()
    ada.shot("emergency-3-submitted")
    assert counted.taps <= 8
    assert counted.loads <= 5
    return page.url


def approved(grace: Visitor, address: str) -> None:
    page = grace.page
    page.goto(address)
    grace.in_every_light("emergency-4-decide")
    tick = page.locator("input[name=confirmed]")
    people = tick.get_attribute("value")
    assert people
    tick.check()
    page.locator("#typed").fill(people)
    page.get_by_role("button", name=re.compile("Approve for")).click()
    expect(page.locator(".board-status")).to_contain_text("Live")
    expect(page.locator(".board-tiles")).to_contain_text(f"of {people} have it")
    expect(page.locator(".board-tiles .tile-value").first).to_have_text(people)


def link_in_a_text(staff: Visitor) -> str:
    """The personal link that somebody has on their phone."""
    staff.open(ESTATE, "delivery/outbox/?channel=sms&q=gas")
    page = staff.page
    # The newest; the oldest is what approvers were told.
    page.locator("table .main-link").first.click()
    expect(page.locator(".text-bubble")).to_be_visible()
    staff.in_every_light("emergency-5-text")
    link = page.locator(".sentences a[href*='/a/']").first.get_attribute("href")
    assert link
    return link


def test_from_the_red_button_to_all_clear(
    two_people_needed: Visitor, invite: Invite, tocsin: Set
) -> None:
    ada, grace, board = invite(phone=True), invite(), invite()
    address = raised_on_a_phone(ada)
    grace.sign_in(GRACE)
    approved(grace, address)
    grace.in_every_light("emergency-6-board")
    board.sign_in(MONA)
    board.page.goto(address)

    resident = invite(phone=True, scripts=False)
    resident.page.goto(link_in_a_text(grace))
    resident.page.screenshot(path="artefacts/screens/emergency-7-answer.png")
    resident.page.get_by_role("button", name="I need help").tap()
    expect(resident.page.locator(".said")).to_contain_text("Staff have been told")
    all_has_left(tocsin, address)
    mails = [
        each for each in came_of(tocsin, address, "alert") if each.channel == "email"
    ]
    neighbour = invite(phone=True, scripts=False)
    link = PERSONAL.search(mails[0].text)
    assert link
    neighbour.page.goto(link[0])
    neighbour.page.get_by_role("button", name=re.compile("safe|Ça va")).tap()
    expect(neighbour.page.locator(".said-safe")).to_be_visible()
    assert set(of_it(tocsin, address, "a.state", ANSWERS)) == {("help",), ("safe",)}

    # It moves by itself in front of somebody who only looks.
    help_tile = board.page.locator(".tile-alarm .tile-value")
    expect(help_tile).to_have_text("1")
    board.page.goto(f"{address}muster/?tab=help")
    expect(board.page.locator(".door-help")).to_have_count(1)
    board.in_every_light("emergency-8-muster")

    page = grace.page
    page.goto(address)
    for name, words in (("Update", "It is not over"), ("All clear", "It is over")):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator(".told-all, .told").first).to_contain_text(words)
        page.get_by_role("button", name=re.compile(f"Send “{name}”")).click()
        expect(page.locator(".board-status")).to_be_visible()
        # Everybody who has the alert has this too, and finds it behind their link.
        all_has_left(tocsin, address)
        purpose = name.casefold().replace(" ", "_")
        assert who_has(tocsin, address, purpose) == who_has(tocsin, address, "alert")
        said = [each.text for each in came_of(tocsin, address, purpose)]
        assert all(re.search(LATER[name], each) for each in said)
        resident.page.reload()
        expect(resident.page.locator("h1")).to_contain_text(re.compile(LATER[name]))
    expect(page.locator(".board-status")).to_contain_text("Ended")
    assert of_it(tocsin, address, "status, ended_with") == [("ended", "all_clear")]
    grace.in_every_light("emergency-9-ended")
    expect(page.get_by_text("All clear sent")).to_be_visible()
    page.get_by_role("link", name="Incident report").click()
    for heading in ("Who decided", "How fast it was", "Texts as they were sent"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    page.get_by_role("button", name="Take it as PDF").click()
    page.wait_for_url("**/exports/")
    expect(page.get_by_text("Incident report").first).to_be_visible()

    # Over, and still to be answered: who called for help says that it came.
    resident.page.reload()
    expect(resident.page.get_by_text("This is over.")).to_be_visible()
    resident.page.get_by_role("button", name="I’m safe").tap()
    expect(resident.page.locator(".said")).to_contain_text("I’m safe")
    expect(board.page.locator(".door-help")).to_have_count(0)


def test_stopped_and_sent_in_error_while_a_second_tab_is_old(
    two_people_needed: Visitor, invite: Invite, tocsin: Set
) -> None:
    ada, grace, old = invite(phone=True), invite(), two_people_needed
    address = raised_on_a_phone(ada)
    grace.sign_in(GRACE)
    approved(grace, address)
    old.page.goto(f"{address}say/sent_in_error/")
    page = grace.page
    page.get_by_role("link", name="Stop sending").click()
    page.locator("textarea").fill("It was next door")
    page.get_by_role("button", name="Stop sending").click()
    expect(page.locator(".board-status")).to_contain_text("Stopped")
    expect(page.get_by_text("It was next door")).to_be_visible()
    page.get_by_role("link", name="Sent in error", exact=True).click()
    page.get_by_role("button", name=re.compile("Send “Sent in error”")).click()
    expect(page.locator(".board-status")).to_contain_text("Sent in error")
    grace.in_every_light("emergency-10-sent-in-error")
    assert of_it(tocsin, address, "status, ended_with") == [("ended", "sent_in_error")]
    all_has_left(tocsin, address)
    told = who_has(tocsin, address, "sent_in_error")
    assert told == who_has(tocsin, address, "alert")
    for letter in came_of(tocsin, address, "sent_in_error"):
        assert re.search("in error|IN ERROR|erreur|ERREUR", letter.subject), letter
    # Mona's tab is from before: she is told, and sees who was faster.
    old.page.get_by_role("button", name=re.compile("Send “Sent in error”")).click()
    expect(old.page.get_by_text("nothing was done")).to_be_visible()
    expect(old.page.locator(".timeline")).to_contain_text("Grace")


def test_returned_with_a_reason_and_rejected(
    two_people_needed: Visitor, invite: Invite, tocsin: Set
) -> None:
    ada, grace = invite(phone=True), invite()
    address = raised_on_a_phone(ada)
    grace.sign_in(GRACE)
    page = grace.page
    page.goto(address)
    page.get_by_role("link", name="Return it").click()
    page.locator("textarea").fill("It is the south gate")
    page.get_by_role("button", name="Return it").click()
    ada.page.goto(address)
    expect(ada.page.get_by_role("button", name="Submit for approval")).to_be_visible()
    ada.page.get_by_role("button", name="Submit for approval").tap()
    expect(ada.page.get_by_text("It waits for a second person")).to_be_visible()
    page.goto(address)
    expect(page.get_by_text("It is the south gate")).to_be_visible()
    page.get_by_role("link", name="Reject").click()
    page.locator("textarea").fill("There is no leak")
    page.get_by_role("button", name="Reject it").click()
    expect(page.locator(".board-status")).to_contain_text("Rejected")
    # It is over for both, nobody had it, and Ada hears why.
    assert of_it(tocsin, address, "status, live_at") == [("rejected", None)]
    assert who_has(tocsin, address, "alert") == set()
    ada.page.reload()
    expect(ada.page.locator(".board-status")).to_contain_text("Rejected")
    expect(ada.page.locator(".timeline")).to_contain_text("There is no leak")
    assert "There is no leak" in staff_got(tocsin, address, "Rejected", ADA).text


def test_the_red_button_has_its_keys_on_every_page(invite: Invite) -> None:
    ada = invite()
    ada.sign_in(ADA)
    for path in ("", "announcements/", "people/", "delivery/log/", "emergencies/"):
        ada.open(ESTATE, path)
        expect(ada.page.locator("[data-raise]")).to_be_visible()
    ada.page.keyboard.press("Alt+Shift+E")
    ada.page.wait_for_url("**/emergencies/raise/")
