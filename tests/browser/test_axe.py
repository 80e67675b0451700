"""Emergencies, the way in, and what the public sees without signing in shut nobody out.

Everything that axe-core knows of WCAG 2.2 A and AA, light, dark and on a phone.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import Auditor
from tests.browser.conftest import Invite, Visitor
from tests.browser.test_drill import approved_by, drilled
from tests.browser.test_emergency import (
    ADA,
    ESTATE,
    GRACE,
    approved,
    link_in_a_text,
)
from tests.browser.test_emergency import two_people_needed as two_people_needed

pytestmark = pytest.mark.browser

OTTO, MONA = "otto@tocsin.example", "mona@tocsin.example"


@pytest.fixture
def auditor():
    auditor = Auditor()
    yield auditor
    assert auditor.looked, "it looked at nothing"
    auditor.assert_nothing_found()


def test_the_public_pages_where_nothing_is_the_matter(
    invite: Invite, auditor: Auditor
) -> None:
    staff, anybody = invite(), invite(phone=True)
    anybody.page.goto(f"{anybody.tocsin.url}/n/st-annes-estate/")
    auditor.look(anybody, "notices, none")
    staff.sign_in(OTTO)
    staff.open(ESTATE, "delivery/outbox/?channel=email&q=Fire+alarm+test")
    staff.page.locator("table .main-link").first.click()
    expect(staff.page.locator("iframe").first).to_be_visible()
    link = re.search(r"https?://[^/]+/p/unsubscribe/[^/]+/", staff.page.content())
    assert link, "The mail has no unsubscribe link."
    anybody.page.goto(link[0])
    auditor.look(anybody, "what should we stop?")


def test_links_that_do_not_work(invite: Invite, auditor: Auditor) -> None:
    visitor = invite()
    for path in ("a/nothing", "r/nothing", "p/unsubscribe/nothing/"):
        visitor.page.goto(f"{visitor.tocsin.url}/{path}")
        auditor.look(visitor, path)
    # The browser notes that such an address is none.
    visitor.complaints.clear()


def test_the_way_in(invite: Invite, auditor: Auditor) -> None:
    visitor = invite()
    visitor.page.goto(f"{visitor.tocsin.url}/admin/login/")
    auditor.look(visitor, "sign in")
    visitor.sign_in(ADA)
    auditor.look(visitor, "home")


def test_what_is_prepared_for_emergencies(invite: Invite, auditor: Auditor) -> None:
    mona = invite()
    mona.sign_in(MONA)
    for path in (
        "emergencies/",
        "emergencies/scenarios/",
        "emergencies/scenarios/fire/",
        "emergencies/feeds/",
        "emergencies/feeds/add/",
        "drills/",
        "drills/raise/",
        "drills/plans/",
        "drills/plans/add/",
    ):
        mona.open(ESTATE, path)
        auditor.look(mona, path)


def test_a_drill_while_it_is_on(
    two_people_needed: Visitor, invite: Invite, auditor: Auditor
) -> None:
    grace, mona = invite(), two_people_needed
    grace.sign_in(GRACE)
    address = drilled(grace)
    mona.page.goto(address)
    auditor.look(mona, "drill, to be decided")
    approved_by(mona, address)
    for path in ("", "muster/", "report/", "say/all_clear/"):
        mona.page.goto(address + path)
        auditor.look(mona, f"drill, live, {path}")
    mona.open(ESTATE, "drills/")
    auditor.look(mona, "drills, one of them live")


def submitted(ada: Visitor, auditor: Auditor) -> str:
    ada.sign_in(ADA)
    ada.open(ESTATE, "emergencies/raise/")
    page = ada.page
    auditor.look(ada, "raise")
    page.locator("label.scenario:has-text('Gas leak')").click()
    page.locator("label:has-text('Mallard')").first.click()
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_url("**/review/")
    auditor.look(ada, "review")
    page.get_by_role("button", name="Submit for approval").click()
    expect(page.get_by_text("It waits for a second person")).to_be_visible()
    auditor.look(ada, "submitted")
    return page.url


def test_an_emergency_from_the_button_to_the_report(
    two_people_needed: Visitor, invite: Invite, auditor: Auditor
) -> None:
    grace, resident, anybody = invite(), invite(), invite()
    address = submitted(invite(), auditor)
    grace.sign_in(GRACE)
    page = grace.page
    for path in ("", "return/", "reject/"):
        page.goto(address + path)
        auditor.look(grace, f"to be decided, {path}")
    approved(grace, address)
    for path in (
        "",
        "?wall=1",
        "muster/",
        "muster/?tab=silent",
        "muster/doors/",
        "say/update/",
        "say/sent_in_error/",
        "stop/",
        "report/",
    ):
        page.goto(address + path)
        auditor.look(grace, f"live, {path}")
    resident.page.goto(link_in_a_text(grace))
    auditor.look(resident, "answer")
    resident.page.get_by_role("button", name="I need help").click()
    expect(resident.page.locator(".said")).to_be_visible()
    auditor.look(resident, "answered")
    page.goto(f"{address}muster/?tab=help")
    auditor.look(grace, "muster, help")
    anybody.page.goto(f"{anybody.tocsin.url}/n/{ESTATE}/")
    auditor.look(anybody, "notices, an emergency")
    page.goto(f"{address}say/all_clear/")
    page.get_by_role("button", name=re.compile("Send “All clear”")).click()
    expect(page.locator(".board-status")).to_contain_text("Ended")
    auditor.look(grace, "ended")
    resident.page.reload()
    auditor.look(resident, "answer, over")
