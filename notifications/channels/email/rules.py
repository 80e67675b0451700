"""What may stand in a mail, and the words for what may not."""

from __future__ import annotations

import re

from django.utils.encoding import punycode

from notifications.channels.base import Attachment, Message

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
MEDIA_TYPE = re.compile(r"(?!multipart/|message/)[a-z0-9.+-]+/[a-z0-9.+-]+")
HEADER_NAME = re.compile(r"[!-9;-~]+")
# Whatever str.splitlines() breaks at, the email package may break a header at too.
LINE_BREAK = re.compile("[\x00\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
CONTROL = re.compile("[\x01-\x08\x0e-\x1f\x7f-\x9f]")
DOMAIN = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
PLAIN_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]+")


class Unbuildable(Exception):
    """This message cannot be written as mail; the text says why, naming nobody."""


def check(message: Message) -> None:
    """Raises Unbuildable where this cannot be written as mail."""
    fields = {
        "the key": message.key,
        "the address": message.to,
        "the name": message.to_name,
        "the sender's address": message.sender,
        "the sender's name": message.sender_name,
        "the reply address": message.reply_to,
        "the subject": message.subject,
    }
    for name, value in message.all_headers.items():
        if not HEADER_NAME.fullmatch(name):
            raise Unbuildable("a header with a name that mail does not allow")
        if name.lower() in OURS:
            raise Unbuildable(f"the header {name}, which the channel writes itself")
        check_text(f"the header {name}", value)
    for what, value in fields.items():
        check_text(what, value)
    _check_addresses(message)
    for file in message.form.attachments:
        _check_attachment(file)


def check_text(what: str, value: str) -> None:
    """Raises Unbuildable where a header cannot carry this text."""
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
            domain = ascii_domain(address).rpartition("@")[2]
        except UnicodeError as problem:
            raise Unbuildable(f"{what} has a domain that cannot be") from problem
        if not DOMAIN.fullmatch(domain):
            raise Unbuildable(f"{what} has a domain that cannot be")


def _check_attachment(file: Attachment) -> None:
    check_text("the name of an attachment", file.name)
    if not file.name or not MEDIA_TYPE.fullmatch(file.content_type):
        raise Unbuildable("an attachment without a name or of no known type")


def ascii_domain(address: str) -> str:
    """The address as every server knows it: bücher.example is xn--bcher-kva.example."""
    local, _, domain = address.rpartition("@")
    return f"{local}@{punycode(domain)}"
