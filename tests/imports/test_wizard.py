"""The wizard: a manager takes a file through the browser, step by step."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from notifications import importing
from notifications.actions import imports
from notifications.importing import limits
from notifications.lifecycle import ImportStatus
from notifications.models import ImportFile, Recipient, RecipientImport
from tests.importing.files import DATA, archive, xlsx
from tests.personas import World, make_person

from .lists import imported, people, rehearsed, sums

pytestmark = pytest.mark.django_db

EXPECTED = json.loads((DATA / "expected.json").read_text())
AREA = "/c/riverside/admin/imports/"


@pytest.fixture
def browser(world: World, mona: Any) -> Client:
    client = Client()
    client.force_login(mona)
    return client


def upload(browser: Client, name: str, data: bytes) -> Any:
    return browser.post(
        f"{AREA}upload/", {"file": SimpleUploadedFile(name, data)}, follow=True
    )


def mapping_on(page: Any) -> dict[str, list[str]]:
    """The columns as the page offers them."""
    return {
        line.key: [str(column) for column in line.chosen if column is not None]
        for line in page.context["fields"]
    }


def rehearsal_of(browser: Client, name: str, data: bytes) -> tuple[Any, Any]:
    """Through the steps up to the rehearsal, with everything as it is guessed."""
    page = upload(browser, name, data)
    job = RecipientImport.objects.latest("id")
    here = f"{AREA}{job.uid}/"
    assert page.redirect_chain[-1][0] == f"{here}contents/"
    form = page.context["form"]
    said = {field: form[field].value() or "" for field in form.fields}
    page = browser.post(f"{here}contents/", said, follow=True)
    page = browser.post(f"{here}columns/", mapping_on(page), follow=True)
    return job, page


@pytest.mark.parametrize("filename", EXPECTED)
def test_each_file_gives_what_is_known_of_it(
    world: World, browser: Client, filename: str
) -> None:
    known = EXPECTED[filename]
    job, page = rehearsal_of(browser, filename, (DATA / filename).read_bytes())
    bad = sum((known["bad"] or {}).values())
    assert page.context["counts"]["new"] == known["good"]
    assert page.context["bad"] == bad
    assert f"Import {known['good']} people" in page.content.decode()
    assert not Recipient.objects.exists()

    page = browser.post(f"{AREA}{job.uid}/commit/", {"skip_bad": "1"}, follow=True)
    assert "You may leave this page" in page.content.decode()
    importing.run(job.pk)
    now = browser.get(f"{AREA}{job.uid}/now/")
    assert "data-refresh-reload" in now.content.decode()
    page = browser.get(f"{AREA}{job.uid}/")
    assert page.context["counts"]["new"] == known["good"]
    assert Recipient.objects.count() == known["good"]


def test_rows_to_look_at_show_the_cell_the_reason_and_their_number(
    browser: Client,
) -> None:
    data = (DATA / "st-annes-estate.csv").read_bytes()
    _job, page = rehearsal_of(browser, "st-annes-estate.csv", data)
    line = next(line for line in page.context["lines"] if line.number == 19)
    wrong = [cell for cell in line.cells if cell.problem]
    assert [cell.text for cell in wrong] == ["no email"]
    assert "cell-wrong" in page.content.decode()


def test_without_the_word_to_leave_them_out_nothing_goes_in(browser: Client) -> None:
    data = people(
        {"ID": "1", "Name": "A", "Email": "x"}, {"ID": "2", "Email": "y@y.org"}
    )
    job, _page = rehearsal_of(browser, "p.csv", data)
    page = browser.post(f"{AREA}{job.uid}/commit/", follow=True)
    assert "There are rows to look at" in page.content.decode()
    job.refresh_from_db()
    assert job.status == ImportStatus.REHEARSED


def test_what_was_left_out_can_be_corrected_and_brought_again(
    browser: Client, world: World, mona: Any
) -> None:
    data = people(
        {"ID": "1", "Name": "=cmd|' /C calc'!A0", "Email": "no email"},
        {"ID": "2", "Name": "Bea", "Mobile": "+44 7700 9", "Flat": "@SUM(1+1)"},
        {"ID": "3", "Name": "Cem", "Mobile": "+447700900003", "Language": "Klingon"},
    )
    job, _page = rehearsal_of(browser, "p.csv", data)
    answer = browser.get(f"{AREA}{job.uid}/bad-rows/")
    assert "attachment" in answer["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["Row", "What is wrong", "ID", "Name"]
    assert [row[0] for row in rows[1:]] == ["2", "3", "4"]
    cells = [cell for row in rows for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@")]
    assert "'+447700900003" in cells

    corrected = answer.content.decode("utf-8-sig").replace("Klingon", "Polish")
    again = rehearsed(world.riverside, corrected.encode("utf-8-sig"), by=mona)
    assert sums(again) == (1, 0, 0, 2)
    assert again.rows.get(verdict="new").cells[-5] == "+447700900003"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("p.csv", b"", "The file is empty"),
        ("p.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 99, "older or binary"),
        ("p.pdf", b"%PDF-1.7 of a list", "not a file that can be imported"),
        ("p.xlsx", b"PK\x03\x04 broken", "damaged"),
        ("p.csv", b'Name,Email\n"open,a@b.org\n', "quotation mark is opened"),
        ("p.csv", b"a," * 70 + b"\n", "more than 64 columns"),
        ("p.csv", b"Name\n" + b"x\n" * 100_001, "more than 100 000 rows"),
        ("p.xlsx", archive({"xl/a.xml": b"0" * 150_000_000}), "unpacks to far more"),
        ("p.html", b"<html><table></table></html>", "web page"),
        ("p.xlsx", xlsx(), "nothing in the file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_file_that_cannot_be_is_answered_on_the_upload_page(
    browser: Client, name: str, data: bytes, sentence: str
) -> None:
    page = upload(browser, name, data)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert not RecipientImport.objects.exists()


def test_a_file_that_is_too_large_is_not_even_read(
    browser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 1024)
    page = upload(browser, "p.csv", b"x" * 1025)
    assert "limit" in page.content.decode()


def test_the_file_can_be_read_another_way(browser: Client) -> None:
    data = "Name;Email\nBähr;b@example.org\n".encode("cp1252")
    upload(browser, "p.csv", data)
    job = RecipientImport.objects.get()
    here = f"{AREA}{job.uid}/contents/"
    said = {"encoding": "iso-8859-2", "delimiter": ",", "header_row": "1", "again": "1"}
    page = browser.post(here, said, follow=True)
    assert page.redirect_chain[-1][0] == here
    job.refresh_from_db()
    assert (job.options["encoding"], job.options["delimiter"]) == ("iso-8859-2", ",")

    page = browser.post(here, said | {"encoding": "utf-8"}, follow=True)
    assert "cannot be read as UTF-8" in page.content.decode()
    job.refresh_from_db()
    assert job.options["encoding"] == "iso-8859-2"


def test_columns_that_do_not_make_people_are_asked_about(browser: Client) -> None:
    upload(browser, "p.csv", people({"ID": "1", "Name": "A", "Email": "a@b.org"}))
    job = RecipientImport.objects.get()
    here = f"{AREA}{job.uid}/columns/"
    page = browser.post(here, {"email": "2"})
    assert "No column holds the name" in page.content.decode()
    page = browser.post(here, {"name": "1", "email": "1"})
    assert "One column is chosen for" in page.content.decode()
    page = browser.post(here, {"name": "99", "email": "-1", "phone": "x"})
    assert page.status_code == 200
    job.refresh_from_db()
    assert job.status == ImportStatus.UPLOADED


def test_going_back_and_reloading_do_no_harm(
    browser: Client, world: World, mona: Any
) -> None:
    job = imported(world.riverside, people({"Name": "A", "Email": "a@b.org"}), by=mona)
    for step in ("contents/", "columns/"):
        page = browser.get(f"{AREA}{job.uid}/{step}", follow=True)
        assert page.redirect_chain[-1][0] == f"{AREA}{job.uid}/"
    page = browser.post(f"{AREA}{job.uid}/columns/", {"name": "0"}, follow=True)
    page = browser.post(f"{AREA}{job.uid}/commit/", follow=True)
    assert "cannot become" in page.content.decode()
    page = browser.post(f"{AREA}{job.uid}/rehearsal/", follow=True)
    job.refresh_from_db()
    assert job.status == ImportStatus.DONE


def test_the_list_leads_back_to_what_is_unfinished(browser: Client) -> None:
    data = people({"ID": "1", "Name": "A", "Email": "a@b.org"})
    upload(browser, "p.csv", data)
    job = RecipientImport.objects.get()
    assert f"{AREA}{job.uid}/" in browser.get(AREA).content.decode()
    page = browser.get(f"{AREA}{job.uid}/", follow=True)
    assert page.redirect_chain[-1][0] == f"{AREA}{job.uid}/contents/"


def test_an_import_can_be_given_up_and_its_file_goes(browser: Client) -> None:
    job, _page = rehearsal_of(browser, "p.csv", people({"Name": "A", "Email": "x"}))
    asked = browser.get(f"{AREA}{job.uid}/cancel/").content.decode()
    assert "Give this import up?" in asked
    browser.post(f"{AREA}{job.uid}/cancel/")
    job.refresh_from_db()
    assert job.status == ImportStatus.CANCELLED
    assert not ImportFile.objects.exists()
    assert job.rows.count() == 0
    page = browser.get(f"{AREA}{job.uid}/bad-rows/", follow=True)
    assert page.status_code == 200


def test_the_same_file_again_is_said_and_not_forbidden(
    browser: Client, world: World, mona: Any
) -> None:
    data = people({"ID": "1", "Name": "A", "Email": "a@b.org"})
    imported(world.riverside, data, by=mona)
    page = upload(browser, "again.csv", data)
    assert "This very file went in before" in page.content.decode()


def test_an_empty_list_teaches_and_the_sample_can_be_imported(
    browser: Client, world: World, mona: Any
) -> None:
    assert "sample file" in browser.get(AREA).content.decode()
    sample = browser.get(f"{AREA}sample/").content
    assert sums(imported(world.riverside, sample, by=mona)) == (3, 0, 0, 0)


def test_an_auditor_reads_and_changes_nothing(
    browser: Client, world: World, otto: Any, mona: Any
) -> None:
    data = people({"ID": "1", "Name": "A", "Email": "no"})
    job = rehearsed(world.riverside, data, by=mona)
    client = Client()
    client.force_login(otto)
    assert client.get(AREA).status_code == 200
    page = client.get(f"{AREA}{job.uid}/rehearsal/").content.decode()
    assert "Import 0" not in page
    assert "Give up" not in page
    assert client.get(f"{AREA}{job.uid}/bad-rows/").status_code == 200
    for step in ("contents/", "columns/", "commit/", "cancel/", "rehearsal/"):
        assert client.post(f"{AREA}{job.uid}/{step}").status_code == 403
    assert client.get(f"{AREA}upload/").status_code == 403


def test_the_import_of_another_cluster_is_not_there(
    browser: Client, world: World, mallory: Any
) -> None:
    canary = people({"ID": "1", "Name": "Kanarienvogel", "Email": "no"})
    job = rehearsed(world.hilltop, canary, by=mallory, name="Kanarienvogel.csv")
    make_person(world.hilltop, "Kanarienvogel", email="k@example.org")
    steps = ("", "now/", "contents/", "columns/", "rehearsal/", "commit/")
    for step in (*steps, "cancel/", "bad-rows/"):
        for answer in (
            browser.get(f"{AREA}{job.uid}/{step}"),
            browser.post(f"{AREA}{job.uid}/{step}"),
        ):
            assert answer.status_code in (404, 405)
            assert "Kanarienvogel" not in answer.content.decode()
    assert "Kanarienvogel" not in browser.get(AREA).content.decode()


def test_a_failed_import_says_why_and_how_to_go_on(
    browser: Client, world: World, mona: Any
) -> None:
    data = people({"ID": "1", "Name": "A", "Email": "a@b.org"})
    job = rehearsed(world.riverside, data, by=mona)
    imports.commit(job, by=mona)
    ImportFile.objects.all().delete()
    importing.run(job.pk)
    page = browser.get(f"{AREA}{job.uid}/").content.decode()
    assert "no longer kept" in page
    assert "Rehearse again" in page
