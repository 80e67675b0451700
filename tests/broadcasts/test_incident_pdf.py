"""The incident report on screen and on paper: the same, for reading and for filing."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone, translation
from PIL import Image
from pypdf import PdfReader

from notifications import exporting
from notifications.actions import broadcasts, exports
from notifications.actors import Actor, acting
from notifications.alerting import AnswerState, Purpose
from notifications.errors import NotAllowed, Refused
from notifications.exporting.incident import parts_of
from notifications.exporting.paper import print_document
from notifications.exporting.parts import Document, Part
from notifications.lifecycle import EntryStatus
from notifications.models import (
    Addressee,
    Answer,
    Export,
    NotificationLog,
    Recipient,
)
from tests import flow
from tests.broadcasts.conftest import fan_out
from tests.delivery.scripted import accepted, answering
from tests.personas import PASSWORD

pytestmark = pytest.mark.django_db

EMERGENCIES = "/c/riverside/admin/emergencies/"


@pytest.fixture
def over(drafted, gas, ada, grace, mona, monkeypatch):
    """Written, changed, returned, changed, approved, answered, ended."""
    answering(monkeypatch, accepted)
    words = dict(gas.words)
    words[Purpose.ALERT] = {
        **words[Purpose.ALERT],
        "en": replace(words[Purpose.ALERT]["en"], instruction="Leave by the stairs."),
    }
    changed = replace(gas, words=words)
    with acting(Actor.staff(ada)):
        broadcasts.submit(drafted, by=ada)
    with acting(Actor.staff(grace)):
        broadcasts.return_to_author(drafted, by=grace, reason="Name the stairs")
    with acting(Actor.staff(ada)):
        broadcasts.save_draft(drafted, changed, by=ada, version=drafted.version)
        broadcasts.submit(drafted, by=ada)
    with acting(Actor.staff(mona)):
        yes = {"confirmed_people": 3, "typed_people": 3}
        fan_out(broadcasts.approve(drafted, by=mona, **yes))
    flow.deliver()
    entry = NotificationLog.objects.get(
        dispatch__broadcast=drafted, recipient__name="Ann", channel="sms"
    )
    broadcasts.answer(entry, "help", "third floor")
    fan_out(broadcasts.follow_up(drafted, Purpose.ALL_CLEAR, by=grace))
    flow.deliver()
    return drafted


def pdf_of(broadcast, by) -> PdfReader:
    export = exports.request_incident(broadcast, "pdf", by=by)
    exporting.run(export.pk)
    export = Export.objects.get(pk=export.pk)
    assert (export.status, export.error) == ("done", "")
    assert export.filename.endswith(".pdf")
    return PdfReader(io.BytesIO(bytes(exports.download(export, by=by).data)))


def text_of(pdf: PdfReader) -> str:
    """All words, whatever lines they stand on."""
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


@pytest.mark.services
def test_paper_says_who_decided_what_was_said_and_who_had_it(over, otto):
    pdf = pdf_of(over, otto)
    told = text_of(pdf)
    assert "Gas leak in Heron block" in told
    assert "Europe/London" in told
    for step in ("Ada: Submitted for approval", "Grace: Returned: Name the stairs"):
        assert step in told
    assert "Mona: Approved: live" in told
    assert "All clear sent" in told
    assert "Version 2: Ada" in told
    assert "“Leave by the stairs.”, was “Leave the building now." in told
    assert "Fuite de gaz : Heron block" in told
    assert "Sortez. Rendez-vous : the north gate" in told
    assert "answer_url" not in told
    assert "Di Heron block SMS: No address; Email: No address" in told
    assert "third floor" not in told
    assert f"Page {len(pdf.pages)} of {len(pdf.pages)}" in told
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Incident report: Gas leak in Heron block"
    assert pdf.trailer["/Root"]["/Lang"].startswith("en")
    assert "Texts as they were sent" in {each["/Title"] for each in pdf.outline}


@pytest.mark.services
def test_paper_file_and_screen_are_the_same_report(over, otto):
    client = Client()
    assert client.login(email=otto.email, password=PASSWORD)
    page = client.get(f"{EMERGENCIES}{over.uid}/report/").content.decode()
    on_paper = "".join(text_of(pdf_of(over, otto)).split())
    for part in parts_of(over):
        assert part.heading in page
        assert "".join(part.heading.split()) in on_paper
    assert "Leave by the stairs." in page
    assert "Take it as PDF" in page


def test_what_was_never_sent_says_so(drafted, otto):
    told = text_of(pdf_of(drafted, otto))
    assert "It reached nobody: it was never sent." in told
    assert "Draft begun" in told


def test_only_members_may_take_it(over, mallory, pia):
    for somebody in (mallory, pia):
        with pytest.raises(NotAllowed):
            exports.request_incident(over, "pdf", by=somebody)
    client = Client()
    assert client.login(email=mallory.email, password=PASSWORD)
    assert client.get(f"{EMERGENCIES}{over.uid}/report/").status_code == 404
    theirs = client.get(f"/c/hilltop/admin/emergencies/{over.uid}/report/")
    assert theirs.status_code == 404


def test_rows_of_people_are_not_printed(riverside, otto):
    with pytest.raises(Refused, match="CSV or XLSX"):
        exports.request_export(riverside, "people", "pdf", {}, "People", by=otto)


def test_a_format_that_is_none_is_refused_on_the_page(over, otto):
    client = Client()
    assert client.login(email=otto.email, password=PASSWORD)
    address = f"{EMERGENCIES}{over.uid}/report/"
    answer = client.post(address, {"format": "docx"}, follow=True)
    assert "There is no such export" in answer.content.decode()
    client.post(address, {"format": "pdf"})
    assert Export.objects.get().format == "pdf"


def test_of_ten_thousand_people_it_names_some_and_says_where_the_others_are(
    arrived, riverside, otto
):
    dispatch = arrived.dispatches.get()
    some = NotificationLog.objects.filter(dispatch=dispatch).first()
    made = Recipient.objects.bulk_create(
        Recipient(cluster=riverside, name=f"Nobody {n:05d}", name_key=f"nobody {n:05d}")
        for n in range(10_000)
    )
    addressees = Addressee.objects.bulk_create(
        Addressee(
            cluster=riverside,
            recipient=each,
            channel="sms",
            name=each.name,
            commitment=f"{each.pk:064d}",
        )
        for each in made
    )
    now = timezone.now()
    NotificationLog.objects.bulk_create(
        NotificationLog(
            cluster=riverside,
            dispatch=dispatch,
            recipient=each.recipient,
            addressee=each,
            channel="sms",
            content=some.content,
            status=EntryStatus.SKIPPED,
            reason="no_address",
            commitment=each.commitment,
            planned_at=now,
        )
        for each in addressees
    )
    Answer.objects.bulk_create(
        Answer(
            cluster=riverside,
            broadcast=arrived,
            recipient=each,
            state=AnswerState.HELP,
            answered_at=now,
        )
        for each in made
    )
    pdf = pdf_of(arrived, otto)
    told = text_of(pdf)
    assert "The first 200 of 10001." in told
    assert "The first 200 of 10000." in told
    assert "Nobody 00000" in told
    assert "Nobody 00300" not in told
    assert len(pdf.pages) < 40


def document(**given) -> Document:
    known = {
        "title": "Title",
        "kind": "Incident report",
        "owner": "Riverside Quay",
        "colour": "#1f4e5f",
        "logo": None,
        "language": "en",
        "foot": "Made for Otto",
        "facts": (),
        "parts": (),
    }
    return Document(**(known | given))


def printed(path, **given) -> PdfReader:
    print_document(document(**given), path / "paper.pdf")
    return PdfReader(path / "paper.pdf")


def test_names_of_many_alphabets_stand_there_and_no_sign_breaks_it(tmp_path):
    names = "Zoë Çelik, Łukasz Żółć, Γιώργος, Дмитрий, Nguyễn"
    strange = "דוד שלום محمد 🔥👩‍👩‍👧 漢字 \x00\x07\ud800 a\u0301 \u200f\u202e"
    rows = (("Name", names), ("Strange", strange), ("", "x"), (strange, names))
    table = Part("Table", ((strange, names),), ("Name", strange))
    told = text_of(
        printed(
            tmp_path,
            title=strange,
            owner=strange,
            foot=strange,
            parts=(Part("Names", rows), table, Part(strange, ())),
        )
    )
    for name in ("Zoë Çelik", "Łukasz Żółć", "Γιώργος", "Дмитрий", "Nguyễn"):
        assert name in told


def test_words_and_tables_of_any_length_go_over_the_page(tmp_path):
    long = "A sentence that says something. " * 900 + "x" * 3_000
    rows = tuple((f"Person {n}", "y" * 400, "1") for n in range(120))
    pdf = printed(
        tmp_path,
        title="t" * 400,
        facts=(("Label " * 40, long),),
        parts=(Part("People", rows, ("Name", "Why", "Number")),),
    )
    pages = [page.extract_text() for page in pdf.pages]
    assert sum("Person" in page and "Name" in page for page in pages) > 5
    assert "Person 119" in pages[-1]


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "nonsense"])
def test_a_logo_stands_there_and_a_broken_one_is_left_out(tmp_path, colour):
    picture = io.BytesIO()
    Image.new("RGBA", (300, 40), "#aa3300").save(picture, "PNG")
    pdf = printed(tmp_path, logo=picture.getvalue(), colour=colour)
    assert len(pdf.pages[0].images) == 1
    pdf = printed(tmp_path, logo=b"no picture", colour=colour)
    assert not pdf.pages[0].images


def test_it_says_which_language_it_is_in(over, otto, tmp_path):
    with translation.override("fr"):
        assert pdf_of(over, otto).trailer["/Root"]["/Lang"].startswith("fr")
