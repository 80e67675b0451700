"""A mail says the same when it is read back as when it was written."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.channels.base import Message
from notifications.channels.email.mime import Unbuildable, build, message_id, pack

ADA = Message(
    key="t1-e1-42",
    to="ada@example.org",
    to_name="Ada Byron",
    sender="office@riverside.example",
    sender_name="Riverside Quay",
    reply_to="desk@riverside.example",
    subject="Water off on Tuesday",
    text="The water is off.\n",
    html="<p>The water is off.</p>\n",
)


def read(message: Message) -> EmailMessage:
    found = message_from_bytes(pack(message).raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body(preferencelist=(kind,))
    assert isinstance(body, EmailMessage)
    assert not body.defects
    content = body.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def mailboxes(raw: bytes, header: str) -> list[tuple[str, str]]:
    # policy.default puts spaces between the encoded words of a long name.
    value = " ".join(message_from_bytes(raw)[header].splitlines())
    return [
        (str(make_header(decode_header(name))), address)
        for name, address in getaddresses([value])
    ]


def test_a_mail_has_a_text_part_and_then_an_html_part():
    mail = read(ADA)
    assert mail.get_content_type() == "multipart/alternative"
    kinds = [one.get_content_type() for one in mail.iter_parts()]
    assert kinds == ["text/plain", "text/html"]
    assert part(mail, "plain") == ADA.text
    assert part(mail, "html") == ADA.html


def test_a_mail_without_html_is_plain_text():
    mail = read(replace(ADA, html=""))
    assert mail.get_content_type() == "text/plain"
    assert part(mail, "plain") == ADA.text


def test_a_mail_names_who_writes_and_who_is_written_to():
    mail = read(ADA)
    assert mail["From"] == "Riverside Quay <office@riverside.example>"
    assert mail["To"] == "Ada Byron <ada@example.org>"
    assert mail["Reply-To"] == "desk@riverside.example"
    assert mail["Subject"] == "Water off on Tuesday"
    assert mail["Date"].datetime.utcoffset().total_seconds() == 0
    assert mail["X-Tocsin-Key"] == ADA.key
    assert mail["MIME-Version"] == "1.0"


def test_a_mail_has_each_header_once():
    names = [name.lower() for name in read(ADA).keys()]  # noqa: SIM118 - doubles count
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
    raw = pack(replace(ADA, to_name=name, sender_name=name)).raw
    assert mailboxes(raw, "To") == [(name, ADA.to)]
    assert mailboxes(raw, "From") == [(name, ADA.sender)]


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
    assert read(replace(ADA, subject=subject))["Subject"] == subject


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
    mail = read(replace(ADA, text=text or " ", html=f"<pre>{text}</pre>"))
    assert part(mail, "plain").rstrip("\n") == (text or " ").rstrip("\n")
    assert part(mail, "html").rstrip("\n") == f"<pre>{text}</pre>"


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_way_to_end_a_line_is_one(ending):
    mail = read(replace(ADA, text=f"one{ending}two{ending}"))
    assert part(mail, "plain") == "one\ntwo\n"


def test_a_mail_is_seven_bits_in_lines_that_every_server_takes():
    long = "Größe 🏠 " * 400
    raw = pack(
        replace(ADA, subject=long, to_name=long, text=long, html=f"<p>{long}</p>")
    ).raw
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_the_message_id_is_the_same_for_every_attempt():
    assert read(ADA)["Message-ID"] == "<t1-e1-42@riverside.example>"
    assert read(ADA)["Message-ID"] == read(replace(ADA, text="later"))["Message-ID"]


def test_an_odd_key_still_makes_a_sound_message_id():
    odd = replace(ADA, key="a b/ü<@>")
    assert message_id(odd) == message_id(odd)
    assert len(read(odd)["Message-ID"]) == 64 + len("<@riverside.example>")


def test_a_machine_says_that_it_is_one():
    mail = read(ADA)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Precedence"] is None


def test_what_one_can_unsubscribe_from_is_bulk_mail():
    link = "<https://riverside.example/u/" + "x" * 300 + ">"
    headers = {
        "List-Unsubscribe": link,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "X-Tocsin-Cluster": "c1",
    }
    mail = read(replace(ADA, headers=headers))
    assert mail["Precedence"] == "bulk"
    assert mail["List-Unsubscribe"] == link
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["X-Tocsin-Cluster"] == "c1"


def test_a_caller_may_say_otherwise():
    given = {"Auto-Submitted": "no", "precedence": "list", "List-Unsubscribe": "<x:y>"}
    mail = read(replace(ADA, headers=given))
    assert mail["Auto-Submitted"] == "no"
    assert mail.get_all("Precedence") == ["list"]


def test_a_domain_in_letters_goes_in_its_ascii_form():
    wire = pack(replace(ADA, to="ada@bücher.example"))
    assert wire.recipient == "ada@xn--bcher-kva.example"
    assert not wire.utf8


def test_letters_before_the_at_need_a_server_with_smtputf8():
    message = replace(ADA, to="zoë@bücher.example", to_name="Zoë", subject="Größe")
    wire = pack(message)
    assert wire.utf8
    assert wire.recipient == "zoë@xn--bcher-kva.example"
    assert "zoë@xn--bcher-kva.example>".encode() in wire.raw
    assert read(message)["Subject"] == "Größe"
    assert part(read(message), "html") == ADA.html


def test_there_is_only_ever_one_recipient():
    assert build(ADA).recipients() == ['"Ada Byron" <ada@example.org>']


text = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@settings(max_examples=150, deadline=None)
@given(text, text, text)
def test_whatever_people_write_is_what_is_read(subject, name, body):
    message = replace(ADA, subject=subject, to_name=name, text=body, html=body)
    try:
        raw = pack(message).raw
    except Unbuildable:
        return
    assert raw.isascii()
    mail = message_from_bytes(raw, policy=policy.default)
    assert part(mail, "plain").removesuffix("\n") == body
    assert part(mail, "html").removesuffix("\n") == body
    assert [one.addr_spec for one in mail["To"].addresses] == [ADA.to]
    assert {"\r", "\n"}.isdisjoint(mail["Subject"])
