"""Builds the mail itself, with Django's own classes."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email import policy as policies
from email.errors import MessageError
from email.generator import BytesGenerator
from email.headerregistry import Address
from email.utils import format_datetime
from io import BytesIO

from django.core.mail import EmailMultiAlternatives
from django.core.mail.message import utf8_charset_qp
from django.utils.encoding import punycode

from notifications.channels.base import Message

LONGEST_LINE = 998
KEY_HEADER = "X-Tocsin-Key"

OURS = frozenset(
    {
        "bcc",
        "cc",
        "content-transfer-encoding",
        "content-type",
        "date",
        "from",
        "message-id",
        "mime-version",
        "received",
        "reply-to",
        "return-path",
        "sender",
        "subject",
        "to",
        "x-tocsin-key",
    }
)
HEADER_NAME = re.compile(r"[!-9;-~]+")
SAFE_KEY = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
# Whatever str.splitlines() breaks at, the email package may break a header at too.
LINE_BREAK = re.compile("[\x00\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f]")
DOMAIN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
PLAIN_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]+")


class Unbuildable(Exception):
    """This message cannot be written as mail; the text says why, naming nobody."""


@dataclass(frozen=True, slots=True)
class Wire:
    """A mail as SMTP carries it. `utf8`: only a server with SMTPUTF8 can take it."""

    raw: bytes
    sender: str
    recipient: str
    utf8: bool


def build(message: Message) -> EmailMultiAlternatives:
    """The mail as Django knows it; raises Unbuildable."""
    _check(message)
    reply_to = [_ascii_domain(message.reply_to)] if message.reply_to else None
    mail = EmailMultiAlternatives(
        subject=message.subject,
        body=message.text,
        from_email=_mailbox(message.sender_name, message.sender),
        to=[_mailbox(message.to_name, message.to)],
        reply_to=reply_to,
        headers=_headers(message),
    )
    # Quoted-printable throughout: every server takes 7 bits, and none rewrites them.
    mail.encoding = utf8_charset_qp
    if message.html:
        mail.attach_alternative(message.html, "text/html")
    return mail


def pack(message: Message) -> Wire:
    """The mail as bytes with its envelope; raises Unbuildable."""
    mail = build(message)
    addresses = (message.to, message.sender, message.reply_to)
    utf8 = not all(_local(address).isascii() for address in addresses)
    try:
        raw = _flat(mail)
        if utf8:
            raw = _with_utf8_addresses(raw, message)
    except (ValueError, MessageError, LookupError) as problem:
        raise Unbuildable("a character that mail cannot carry") from problem
    if any(len(line) > LONGEST_LINE for line in raw.split(b"\r\n")):
        raise Unbuildable("a header line longer than mail can carry")
    sender, to = _ascii_domain(message.sender), _ascii_domain(message.to)
    return Wire(raw=raw, sender=sender, recipient=to, utf8=utf8)


def message_id(message: Message) -> str:
    """The same for every attempt: made of the key and the sender's domain."""
    key = message.key
    if not SAFE_KEY.fullmatch(key):
        key = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{key}@{_ascii_domain(message.sender).rpartition('@')[2]}"


def _headers(message: Message) -> dict[str, str]:
    given = {name.lower() for name in message.headers}
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
    return headers | dict(message.headers)


def _check(message: Message) -> None:
    fields = {
        "the key": message.key,
        "the address": message.to,
        "the name": message.to_name,
        "the sender's address": message.sender,
        "the sender's name": message.sender_name,
        "the reply address": message.reply_to,
        "the subject": message.subject,
    }
    for name, value in message.headers.items():
        if not HEADER_NAME.fullmatch(name):
            raise Unbuildable("a header with a name that mail does not allow")
        if name.lower() in OURS:
            raise Unbuildable(f"the header {name}, which the channel writes itself")
        fields[f"the header {name}"] = value
    for what, value in fields.items():
        _check_text(what, value)
    _check_addresses(message)


def _check_text(what: str, value: str) -> None:
    if LINE_BREAK.search(value):
        raise Unbuildable(f"a line break in {what}")
    if CONTROL.search(value):
        raise Unbuildable(f"a control character in {what}")


def _check_addresses(message: Message) -> None:
    if not message.key:
        raise Unbuildable("no key")
    for what, address in (
        ("the address", message.to),
        ("the sender's address", message.sender),
        ("the reply address", message.reply_to or message.sender),
    ):
        if not PLAIN_ADDRESS.fullmatch(address):
            raise Unbuildable(f"{what} is not an email address")
        try:
            domain = _ascii_domain(address).rpartition("@")[2]
        except UnicodeError as problem:
            raise Unbuildable(f"{what} has a domain that cannot be") from problem
        if not DOMAIN.fullmatch(domain):
            raise Unbuildable(f"{what} has a domain that cannot be")


def _mailbox(name: str, address: str) -> str:
    address = _ascii_domain(address)
    if not name:
        return address
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'


def _local(address: str) -> str:
    return address.rpartition("@")[0]


def _ascii_domain(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local}@{punycode(domain)}"


def _flat(mail: EmailMultiAlternatives) -> bytes:
    # Unfolded: a Message-ID or List-Unsubscribe on a second line is misread by some.
    out = BytesIO()
    policy = policies.compat32.clone(linesep="\r\n", max_line_length=0)
    BytesGenerator(out, mangle_from_=False, policy=policy).flatten(mail.message())
    return out.getvalue()


def _with_utf8_addresses(raw: bytes, message: Message) -> bytes:
    # Django writes ü before the @ as an encoded word, which no server can deliver to.
    mail = message_from_bytes(raw, policy=policies.SMTPUTF8)
    for header, name, address in (
        ("From", message.sender_name, message.sender),
        ("To", message.to_name, message.to),
        ("Reply-To", "", message.reply_to),
    ):
        if address:
            local, _, domain = _ascii_domain(address).rpartition("@")
            del mail[header]
            mail[header] = Address(name, local, domain)
    return mail.as_bytes()
