"""Builds a mail with Django's own classes: the certain way, and the slow one.

`skeleton` makes the same of many messages of one form, some hundred times as fast.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime
from email import message_from_bytes
from email import policy as policies
from email.errors import MessageError
from email.generator import BytesGenerator
from email.headerregistry import Address
from email.message import Message as Part
from email.utils import format_datetime
from io import BytesIO
from typing import NamedTuple

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import utf8_charset_qp

from notifications.channels.base import Message
from notifications.channels.email.quoted import double_dots
from notifications.channels.email.rules import Unbuildable, ascii_domain, check

__all__ = ["Unbuildable", "Wire", "build", "message_id", "pack", "write"]

LONGEST_LINE = 998
LAST_DOT = b".\r\n"
KEY_HEADER = "X-Tocsin-Key"

SAFE_KEY = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")


class Wire(NamedTuple):
    """A mail as SMTP carries it. `utf8`: only a server with SMTPUTF8 can take it.

    `data` is what follows DATA: leading dots are doubled, and the last one is there.
    """

    data: bytes
    sender: str
    recipient: str
    message_id: str
    utf8: bool = False


def build(message: Message) -> EmailMultiAlternatives:
    """The mail as Django knows it; raises Unbuildable."""
    check(message)
    form = message.form
    reply_to = [ascii_domain(form.reply_to)] if form.reply_to else None
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=_mailbox(form.sender_name, form.sender),
        to=[_mailbox(message.to_name, message.to)],
        reply_to=reply_to,
        headers=headers_of(message),
    )
    # Quoted-printable throughout: every server takes 7 bits, and none rewrites them.
    mail.encoding = utf8_charset_qp
    if html := message.html:
        mail.attach_alternative(html, "text/html")
    for file in form.attachments:
        mail.attach(file.name, file.content, file.content_type)
    return mail


def write(message: Message) -> bytes:
    """The mail as it is read; raises Unbuildable."""
    mail = build(message)
    try:
        raw = flat(mail.message())
        if has_utf8_address(message):
            raw = _with_utf8_addresses(raw, message)
    except (ValueError, MessageError, LookupError) as problem:
        raise Unbuildable("a character that mail cannot carry") from problem
    if any(len(line) > LONGEST_LINE for line in raw.split(b"\r\n")):
        raise Unbuildable("a header line longer than mail can carry")
    return raw


def pack(message: Message) -> Wire:
    """The mail as bytes with its envelope; raises Unbuildable."""
    data = write(message)
    ended = data if data.endswith(b"\r\n") else data + b"\r\n"
    return Wire(
        data=double_dots(ended) + LAST_DOT,
        sender=ascii_domain(message.sender),
        recipient=ascii_domain(message.to),
        message_id=message_id(message),
        utf8=has_utf8_address(message),
    )


def flat(part: Part) -> bytes:
    """A mail or a part of one as bytes."""
    # Unfolded: a Message-ID or List-Unsubscribe on a second line is misread by some.
    out = BytesIO()
    policy = policies.compat32.clone(linesep="\r\n", max_line_length=0)
    BytesGenerator(out, mangle_from_=False, policy=policy).flatten(part)
    return out.getvalue()


def message_id(message: Message) -> str:
    """The same for every attempt: made of the key and the sender's domain."""
    key = message.key
    if not SAFE_KEY.fullmatch(key):
        key = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{key}@{ascii_domain(message.sender).rpartition('@')[2]}"


def headers_of(message: Message) -> dict[str, str]:
    """All that are not about who, to whom, and what kind of mail it is."""
    # By their names in small letters: a message's own stand for those of its form.
    given = {name.lower(): (name, value) for name, value in message.all_headers.items()}
    headers = {
        "Date": format_datetime(datetime.now(UTC)),
        "Message-ID": f"<{message_id(message)}>",
        KEY_HEADER: message.key,
    }
    # No holiday replies to a machine; what one can unsubscribe from is bulk mail.
    if "auto-submitted" not in given:
        headers["Auto-Submitted"] = "auto-generated"
    if "list-unsubscribe" in given and "precedence" not in given:
        headers["Precedence"] = "bulk"
    return headers | dict(given.values())


def _mailbox(name: str, address: str) -> str:
    address = ascii_domain(address)
    if not name:
        return address
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def has_utf8_address(message: Message) -> bool:
    """Whether an address has letters beyond ASCII before the @."""
    addresses = (message.to, message.sender, message.reply_to)
    return not all(address.rpartition("@")[0].isascii() for address in addresses)


def _with_utf8_addresses(raw: bytes, message: Message) -> bytes:
    # Django writes ü before the @ as an encoded word, which no server can deliver to.
    mail = message_from_bytes(raw, policy=policies.SMTPUTF8)
    for header, name, address in (
        ("From", message.sender_name, message.sender),
        ("To", message.to_name, message.to),
        ("Reply-To", "", message.reply_to),
    ):
        if address:
            local, _, domain = ascii_domain(address).rpartition("@")
            del mail[header]
            mail[header] = Address(name, local, domain)
    return mail.as_bytes()
