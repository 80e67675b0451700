"""Reads a mail for people: whatever came, however broken, something can be shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from textwrap import shorten

CLUSTER_HEADER = "X-Tocsin-Cluster"
ENTRY_HEADER = "X-Tocsin-Entry"
CHANNEL_HEADER = "X-Tocsin-Channel"
EMAIL, SMS = "email", "sms"
FIRST_WORDS = 80


@dataclass(frozen=True, slots=True)
class Summary:
    """What the outbox lists of a mail, besides its envelope."""

    cluster: str
    entry: str
    channel: str
    to: str
    subject: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A part that is not the text of the mail."""

    name: str
    content_type: str
    content_id: str
    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as a person reads it; `headers` in order, `source` as it came."""

    subject: str
    sender: str
    to: str
    date: datetime | None
    headers: tuple[tuple[str, str], ...]
    html: str
    text: str
    source: str
    attachments: tuple[Attachment, ...]


def summary(raw: bytes) -> Summary:
    """The headers that the outbox files a mail under; "" for one that is missing.

    A text message that came as mail has no subject: its first words stand for one.
    """
    head = BytesHeaderParser(policy=compat32).parsebytes(raw)
    channel = _header(head, CHANNEL_HEADER).strip() or EMAIL
    subject = _header(head, "Subject")
    if channel == SMS:
        subject = shorten(parse(raw).text, FIRST_WORDS, placeholder="…")
    return Summary(
        cluster=_header(head, CLUSTER_HEADER).strip(),
        entry=_header(head, ENTRY_HEADER).strip(),
        channel=channel,
        to=_header(head, "To"),
        subject=subject,
    )


def parse(raw: bytes) -> Mail:
    """The whole mail; what cannot be decoded is shown as well as it can be."""
    message = message_from_bytes(raw, policy=compat32)
    parts = list(_leaves(message))
    html = next((p for p in parts if _is_body(p, "text/html")), None)
    text = next((p for p in parts if _is_body(p, "text/plain")), None)
    others = (p for p in parts if p is not html and p is not text)
    return Mail(
        subject=_header(message, "Subject"),
        sender=_header(message, "From"),
        to=_header(message, "To"),
        date=_date(message),
        headers=tuple((name, _decoded(value)) for name, value in message.items()),
        html=_text(html),
        text=_text(text),
        source=_lines(raw.decode("utf-8", "replace")),
        attachments=tuple(_attachment(p, n) for n, p in enumerate(others, 1)),
    )


def _leaves(message: Message) -> Iterator[Message]:
    for part in message.walk():
        if not part.is_multipart():
            yield part


def _is_body(part: Message, kind: str) -> bool:
    return (
        part.get_content_type() == kind
        and part.get_content_disposition() != "attachment"
    )


def _content(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _text(part: Message | None) -> str:
    if part is None:
        return ""
    content = _content(part)
    try:
        found = content.decode(part.get_content_charset("utf-8"), "replace")
    except LookupError:
        found = content.decode("utf-8", "replace")
    return _lines(found)


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _attachment(part: Message, number: int) -> Attachment:
    return Attachment(
        name=_decoded(part.get_filename() or f"part-{number}"),
        content_type=part.get_content_type(),
        content_id=_header(part, "Content-ID").strip("<> "),
        content=_content(part),
    )


def _header(message: Message, name: str) -> str:
    return _decoded(message.get(name, ""))


def _decoded(value: object) -> str:
    text = " ".join(str(value).split())
    try:
        return str(make_header(decode_header(text)))
    except (LookupError, ValueError):
        return text.encode("utf-8", "replace").decode("utf-8")


def _date(message: Message) -> datetime | None:
    try:
        return parsedate_to_datetime(_header(message, "Date"))
    except (ValueError, OverflowError):
        return None
