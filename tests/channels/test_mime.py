"""A mail says the same when it is read back as when it was written."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.channels.base import Message
from notifications.channels.email.mime import Unbuildable, build, message_id
from notifications.channels.email.skeleton import wire_of
from tests.channels import reading
from tests.channels.letters import compose
from tests.channels.reading import content, mailboxes, undotted

ADA = {
    "key": "t1-e1-42",
    "to": "ada@example.org",
    "to_name": "Ada Byron",
    "sender": "office@riverside.example",
    "sender_name": "Riverside Quay",
    "reply_to": "desk@riverside.example",
    "subject": "Water off on Tuesday",
    "text": "The water is off.\n",
    "html": "<p>The water is off.</p>\n",
}


def ada(**changes: Any) -> Message:
    return compose(**ADA | changes)


def raw(message: Message) -> bytes:
    return undotted(wire_of(message).data)


def read(message: Message):
    return reading.read(raw(message))


def test_a_mail_has_a_text_part_and_then_an_html_part():
    mail = read(ada())
    assert mail.get_content_type() == "multipart/alternative"
    kinds = [one.get_content_type() for one in mail.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert content(mail, "plain") == ADA["text"]
    assert content(mail, "html") == ADA["html"]


def test_a_mail_without_html_is_plain_text():
    mail = read(ada(html=""))
    assert mail.get_content_type() == "text/plain"
    assert content(mail, "plain") == ADA["text"]


def test_a_mail_names_who_writes_and_who_is_written_to():
    mail = read(ada())
    assert mail["From"] == "Riverside Quay <office@riverside.example>"
    assert mail["To"] == "Ada Byron <ada@example.org>"
    assert mail["Reply-To"] == "desk@riverside.example"
    assert mail["Subject"] == "Water off on Tuesday"
    assert mail["Date"].datetime.utcoffset().total_seconds() == 0
    assert mail["X-Tocsin-Key"] == ADA["key"]
    assert mail["MIME-Version"] == "1.0"


def test_a_mail_has_each_header_once():
    names = [name.lower() for name in read(ada()).keys()]  # noqa: SIM118 - doubles count
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize(
    "name",
    [
        "Zoë Müller",
        "Müller, Zoë",
        'Zoë "Zo" O\'Neill',
        "Doe, John (flat 3) <odd>",
        "back\\slash",
        "محمد علي",
        "林小明",
        "Ada 🏠",
        "Ä" * 200,
        "a" * 90 + " " + "b" * 90,
        "=?half an encoded word",
        "office@riverside",
        "Zoë, office@riverside; x",
    ],
)
def test_any_name_comes_back_as_it_was(name):
    mail = raw(ada(to_name=name, sender_name=name))
    assert mailboxes(mail, "To") == [(name, ADA["to"])]
    assert mailboxes(mail, "From") == [(name, ADA["sender"])]


@pytest.mark.parametrize(
    "subject",
    [
        "Wasser wird abgestellt: Dienstag, 9–12 Uhr",
        "تنبيه: انقطاع المياه",
        "🚨 Gas leak, leave now 🚨",
        "long " * 60 + "end",
        "длинная тема " * 40 + "конец",
        "50% off = 100% wet?",
        "a: b; c, d <e@f>",
    ],
)
def test_any_subject_comes_back_as_it_was(subject):
    assert read(ada(subject=subject))["Subject"] == subject


@pytest.mark.parametrize(
    "text",
    [
        "one\n.\ntwo\n..three\n.four",
        "x" * 5000,
        "é" * 5000 + "\nend",
        "שלום, המים ינותקו",
        "\u202bright to left\u202c",
        "👩‍👩‍👧‍👦 family 🏳️‍🌈",
        "From the office\nFrom here\n",
        "trailing space \nand tab\t\n",
        "=3D is an equals sign, =\n",
        "no newline at the end",
        "lines\x0bwith\x0codd\x1cbreaks\x85and\u2028more\n",
        "",
    ],
)
def test_any_text_comes_back_as_it_was(text):
    mail = read(ada(text=text or " ", html=f"<pre>{text}</pre>"))
    assert content(mail, "plain").rstrip("\n") == (text or " ").rstrip("\n")
    assert content(mail, "html").rstrip("\n") == f"<pre>{text}</pre>"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_way_to_end_a_line_is_one(ending):
    mail = read(ada(text=f"one{ending}two{ending}"))
    assert content(mail, "plain") == "one\ntwo\n"


def test_a_mail_is_seven_bits_in_lines_that_every_server_takes():
    long = "Größe 🏠 " * 400
    message = ada(subject=long, to_name=long, text=long, html=f"<p>{long}</p>")
    reading.assert_sound(raw(message))


def test_the_message_id_is_the_same_for_every_attempt():
    assert read(ada())["Message-ID"] == "<t1-e1-42@riverside.example>"
    assert read(ada())["Message-ID"] == read(ada(text="later"))["Message-ID"]


def test_an_odd_key_still_makes_a_sound_message_id():
    odd = ada(key="a b/ü<@>")
    assert message_id(odd) == message_id(odd)
    assert len(read(odd)["Message-ID"]) == 64 + len("<@riverside.example>")


def test_a_machine_says_that_it_is_one():
    mail = read(ada())
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] is None


def test_what_one_can_unsubscribe_from_is_bulk_mail():
    link = "<https://riverside.example/u/" + "x" * 300 + ">"
    headers = {
        "List-Unsubscribe": link,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "X-Tocsin-Cluster": "c1",
    }
    mail = read(ada(headers=headers))
    assert mail["Precedence"] == "bulk"
    assert mail["List-Unsubscribe"] == link
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["X-Tocsin-Cluster"] == "c1"


def test_a_caller_may_say_otherwise():
    given = {"Auto-Submitted": "no", "precedence": "list", "List-Unsubscribe": "<x:y>"}
    mail = read(ada(headers=given))
    assert mail["Auto-Submitted"] == "no"
    assert mail.get_all("Precedence") == ["list"]


def test_a_domain_in_letters_goes_in_its_ascii_form():
    wire = wire_of(ada(to="ada@bücher.example"))
    assert wire.recipient == "ada@xn--bcher-kva.example"
    assert not wire.utf8


def test_letters_before_the_at_need_a_server_with_smtputf8():
    message = ada(to="zoë@bücher.example", to_name="Zoë", subject="Größe")
    wire = wire_of(message)
    assert wire.utf8
    assert wire.recipient == "zoë@xn--bcher-kva.example"
    assert "zoë@xn--bcher-kva.example>".encode() in wire.data
    assert read(message)["Subject"] == "Größe"
    assert content(read(message), "html") == ADA["html"]


def test_there_is_only_ever_one_recipient():
    assert build(ada()).recipients() == ['"Ada Byron" <ada@example.org>']


text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@settings(max_examples=150, deadline=None)
@given(text, text, text)
def test_whatever_people_write_is_what_is_read(subject, name, body):
    message = ada(subject=subject, to_name=name, text=body, html=body)
    try:
        found = raw(message)
    except Unbuildable:
        return
    assert found.isascii()
    mail = reading.read(found)
    assert content(mail, "plain").removesuffix("\n") == body
    assert content(mail, "html").removesuffix("\n") == body
    assert [one.addr_spec for one in mail["To"].addresses] == [ADA["to"]]
    assert {"\r", "\n"}.isdisjoint(mail["Subject"])
