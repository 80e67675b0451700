"""Any mail can be shown, however it was written."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.sandbox.mail import parse, summary
from notifications.channels.email.mime import write
from tests.channels.letters import compose

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def test_our_own_mail_reads_as_it_was_written():
    message = compose(
        key="k1",
        to="zoe@example.org",
        to_name="Zoë, Müller",
        sender="office@riverside.example",
        sender_name="Riverside Quay",
        subject="Größe 🏠 " * 12 + "!",
        text="Grüße,\n.\nFrom here " + "x" * 1200 + "\n",
        html="<p>Grüße, שלום 🏠</p>\n",
        headers={"X-Tocsin-Cluster": "c1", "X-Tocsin-Entry": "77"},
    )
    raw = write(message)
    mail = parse(raw)
    assert mail.subject == message.subject
    assert mail.sender == '"Riverside Quay" <office@riverside.example>'
    assert mail.to == "Zoë, Müller <zoe@example.org>"
    assert mail.text == message.text
    assert mail.html == message.html
    assert mail.attachments == ()
    assert mail.date is not None
    assert abs((datetime.now(UTC) - mail.date).total_seconds()) < 3600
    assert ("X-Tocsin-Cluster", "c1") in mail.headers
    assert mail.source.startswith("Content-Type: multipart/alternative")
    head = summary(raw)
    assert (head.cluster, head.entry) == ("c1", "77")
    assert (head.subject, head.to) == (mail.subject, mail.to)


def test_attachments_are_listed_and_their_bytes_kept():
    raw = (
        b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nsee the plan\r\n"
        b"--b\r\nContent-Type: text/plain\r\n"
        b'Content-Disposition: attachment; filename="=?utf-8?q?Gr=C3=BCn.txt?="\r\n'
        b"\r\nattached\r\n"
        b"--b\r\nContent-Type: image/png\r\nContent-ID: <logo@x>\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(PICTURE)
        + b"\r\n--b--\r\n"
    )
    mail = parse(raw)
    assert mail.text.strip() == "see the plan"
    note, picture = mail.attachments
    assert (note.name, note.content_type) == ("Grün.txt", "text/plain")
    assert (picture.name, picture.content_id) == ("part-2", "logo@x")
    assert (picture.content, picture.size) == (PICTURE, len(PICTURE))


def test_old_encodings_are_read():
    raw = b"Content-Type: text/plain; charset=iso-8859-1\r\n\r\ngr\xfcn"
    assert parse(raw).text == "grün"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\0\xff\xfe",
        b"Subject: =?nonsense?q?x?=\r\n\r\n",
        b"Subject: =?utf-8?b?!!!?=\r\n\r\n",
        b"Subject: gr\xfcn\r\n\r\n",
        b"Date: yesterday\r\n\r\n",
        b"Date: Fri, 99 Nov 99999 99:99:99 +9999\r\n\r\n",
        b"Content-Type: text/plain; charset=nonsense\r\n\r\ntext",
        b"Content-Type: text/html; charset=\r\n\r\n<p>",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nunfinished",
        b"Content-Transfer-Encoding: base64\r\n\r\n!!!not base64",
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=ZZ=",
        b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\nbody",
        b"From: \r\nTo: <<<>>>\r\n\r\n",
    ],
)
def test_a_broken_mail_is_still_shown(raw):
    mail = parse(raw)
    summary(raw)
    assert isinstance(mail.text + mail.html + mail.subject + mail.source, str)
    for value in (mail.text, mail.subject, *dict(mail.headers).values()):
        value.encode("utf-8")


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=60), st.binary(max_size=60))
def test_no_bytes_at_all_break_the_outbox(body, head, kind):
    raw = b"Subject: " + head + b"\r\nContent-Type: " + kind + b"\r\n\r\n" + body
    for one in (raw, body):
        mail = parse(one)
        mail.subject.encode("utf-8")
        "".join(f"{name}{value}" for name, value in mail.headers).encode("utf-8")
        summary(one).subject.encode("utf-8")
