"""The main job, end to end, as Mona does it on an ordinary morning."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

DATA = Path(__file__).resolve().parents[1] / "data"
ESTATE = "st-annes-estate"
NEW, LEFT_OUT = 565, 42


def test_mona_imports_writes_sends_and_proves_it(visitor: Visitor) -> None:
    page = visitor.page
    visitor.sign_in("mona@tocsin.example")
    imports_the_file_that_the_estate_has(visitor)
    writes_a_template_and_is_told_of_a_typing_error(visitor)
    people = sends_it_to_one_building(visitor)
    assert people > 100
    reads_the_mail_in_the_outbox(visitor)
    unsubscribes_like_the_person_who_got_it(visitor)
    sees_the_opt_out_in_the_next_reach(visitor)
    takes_the_report_away(visitor, people)
    reads_why_somebody_got_it(visitor)
    assert page.url.startswith(visitor.tocsin.url)


def primary(page: Page) -> None:
    """Press the one button that the page is for."""
    page.locator(".sticky-bar .button").last.click()
    page.wait_for_load_state()


def imports_the_file_that_the_estate_has(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open(ESTATE, "imports/")
    page.get_by_role("link", name="Import people").first.click()
    page.set_input_files("input[type=file]", DATA / "st-annes-estate.csv")
    primary(page)
    expect(page.locator("table").get_by_text("Bähr").first).to_be_visible()
    visitor.in_every_light("story-1-what-is-in-it")
    primary(page)
    visitor.in_every_light("story-2-columns")
    primary(page)
    expect(page.get_by_text("Nothing has been written")).to_be_visible()
    visitor.in_every_light("story-3-rehearsal")
    page.locator("input[name=skip_bad]").check()
    go = page.get_by_role("button", name=f"Import {NEW} people")
    go.click()
    expect(page.get_by_text("Left out", exact=True)).to_be_visible()
    tiles = page.locator(".tiles").inner_text()
    assert str(NEW) in tiles
    assert str(LEFT_OUT) in tiles
    visitor.in_every_light("story-4-imported")
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("left out")).first.click()
    bad = download.value.path().read_text(encoding="utf-8-sig")
    assert len(list(csv.reader(io.StringIO(bad)))) == LEFT_OUT + 1


def writes_a_template_and_is_told_of_a_typing_error(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open(ESTATE, "messages/add/")
    page.locator("#id_name").fill("Windows are cleaned")
    page.locator("#id_subject").fill("Your windows, {{ first_nam }}")
    expect(page.get_by_text("Did you mean").first).to_be_visible()
    visitor.in_every_light("story-5-template-with-an-error")
    page.get_by_role("button", name=re.compile("first_name")).first.click()
    expect(page.locator("#id_subject")).to_have_value("Your windows, {{ first_name }}")
    editor = page.locator(".public-DraftEditor-content").first
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
    page.keyboard.type("we clean the windows on Thursday. Please close them.")
    primary(page)
    expect(page.get_by_role("heading", name="Windows are cleaned")).to_be_visible()
    visitor.in_every_light("story-6-template")


def sends_it_to_one_building(visitor: Visitor) -> int:
    page = visitor.page
    page.get_by_role("link", name="Use in an announcement").click()
    page.wait_for_load_state()
    page.get_by_label("Chapel House").first.check()
    send = page.get_by_role("button", name=re.compile(r"Send to [\d\s\u202f]+ people"))
    expect(send.last).to_be_visible()
    visitor.in_every_light("story-7-announcement")
    page.get_by_role("button", name="Send test to me").click()
    expect(page.get_by_text("A test is on its way to you")).to_be_visible()
    send.last.click()
    expect(page.get_by_text("What will happen")).to_be_visible()
    visitor.in_every_light("story-8-review")
    words = send.last.inner_text()
    send.last.click()
    page.wait_for_url("**/live/**")
    visitor.shot("story-9-on-its-way")
    expect(page.locator(".pill").first).to_have_text(re.compile("Done"))
    visitor.in_every_light("story-10-done")
    return int("".join(re.findall(r"\d", words)))


def reads_the_mail_in_the_outbox(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open(ESTATE, "delivery/outbox/?q=Your+windows")
    mails = page.locator("tbody a.main-link", has_text="Your windows")
    # The newest is the last of the building; a test to herself lies below.
    mails.first.click()
    page.wait_for_load_state()
    frame = page.frame_locator("iframe").first
    expect(frame.get_by_text("we clean the windows")).to_be_visible()
    visitor.in_every_light("story-11-mail")


def unsubscribes_like_the_person_who_got_it(visitor: Visitor) -> None:
    page = visitor.page
    link = re.search(
        re.escape(visitor.tocsin.url) + r"/p/unsubscribe/[\w:.=-]+/", page.content()
    )
    assert link, "The mail has no unsubscribe link."
    asked = page.request.get(link[0])
    assert asked.status == 200
    before = page.url
    page.goto(link[0])
    visitor.in_every_light("story-12-unsubscribe")
    page.get_by_role("button").last.click()
    page.wait_for_load_state()
    visitor.in_every_light("story-13-unsubscribed")
    page.goto(before)


def sees_the_opt_out_in_the_next_reach(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open(ESTATE, "opt-outs/")
    expect(page.locator("tbody").get_by_text("The person, by the link")).to_be_visible()
    visitor.in_every_light("story-14-opt-outs")
    visitor.open(ESTATE, "announcements/add/")
    page.get_by_label("Chapel House").first.check()
    expect(page.get_by_text("Opted out").first).to_be_visible()
    page.get_by_role("button", name="Save draft").last.click()
    page.wait_for_load_state()


def takes_the_report_away(visitor: Visitor, people: int) -> None:
    page = visitor.page
    visitor.open(ESTATE, "exports/reports/")
    page.get_by_role("link", name=re.compile("Your windows")).first.click()
    page.wait_for_load_state()
    visitor.in_every_light("story-15-report")
    for kind in ("CSV", "XLSX"):
        report = page.url
        page.get_by_role("button", name=re.compile(kind)).first.click()
        page.wait_for_load_state()
        row = page.locator("tbody tr").filter(has_text=kind).first
        ready = row.get_by_role("link", name=re.compile("Download")).first
        expect(ready).to_be_visible()
        with page.expect_download() as download:
            ready.click()
        data = download.value.path().read_bytes()
        if kind == "CSV":
            rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
            assert len(rows) > people
            assert "Mona Keller" in data.decode("utf-8-sig")
        else:
            assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None
        page.goto(report)
    visitor.open(ESTATE, "exports/")
    visitor.in_every_light("story-16-exports")


def reads_why_somebody_got_it(visitor: Visitor) -> None:
    page = visitor.page
    visitor.open(ESTATE, "delivery/log/")
    visitor.in_every_light("story-17-log")
    page.locator("tbody a.main-link").first.click()
    page.wait_for_load_state()
    expect(page.get_by_text("Sent to").first).to_be_visible()
    visitor.in_every_light("story-18-entry")
    visitor.open(ESTATE)
    visitor.in_every_light("story-19-home")
