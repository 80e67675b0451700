"""Writes many mails of one form: all that is the same is made ready once, as bytes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import lru_cache
from time import time
from typing import NamedTuple

from notifications.channels.base import Form, Message
from notifications.channels.email.layout import layout
from notifications.channels.email.mime import (
    LAST_DOT,
    LONGEST_LINE,
    Wire,
    has_utf8_address,
    headers_of,
    message_id,
    pack,
)
from notifications.channels.email.quoted import encoded_words, header, piece
from notifications.channels.email.rules import (
    Unbuildable,
    ascii_domain,
    check,
    check_text,
)

FORMS = 32
SHAPES = 100
ADDRESS = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}"
    r"@(?:[A-Za-z0-9_-]{1,63}\.){0,9}[A-Za-z0-9_-]{1,63}"
)
KEY = re.compile(r"[A-Za-z0-9_-]{1,200}")
#: Headers that are written message by message.
OWN = {"date", "message-id", "x-tocsin-key"}


class Odd(Exception):
    """Nothing for a skeleton: Django's way can write it, or says why not."""


class Shape(NamedTuple):
    """The headers of messages that bring the same ones of their own."""

    ready: str
    own: str


def wire_of(message: Message) -> Wire:
    """The mail as bytes with its envelope; raises Unbuildable."""
    ready = skeleton(message.form)
    if ready is not None:
        try:
            return ready.fill(message)
        except (Odd, ValueError):
            pass
    return pack(message)


@lru_cache(maxsize=FORMS)
def skeleton(form: Form) -> Skeleton | None:
    """What is ready of a form; None where each mail has to be written by itself."""
    try:
        return Skeleton(form)
    except (Odd, Unbuildable, ValueError):
        return None


class Skeleton:
    """A mail in bytes, with gaps. Filled, it reads as Django's own would."""

    def __init__(self, form: Form) -> None:
        sample = _sample(form)
        check(sample)
        if has_utf8_address(sample) or form.text == ("",):
            raise Odd
        self._form = form
        self._shapes: dict[tuple[str, ...], Shape] = {}
        self._sender = ascii_domain(form.sender)
        self._at_domain = message_id(sample).removeprefix(sample.key)
        self._kind, body = layout(form)
        # First the head, then pieces of the body and gaps by turns.
        self._frame = [b""] * (len(body) * 2)
        self._frame[1::2] = body
        self._frame[-1] += (b"" if body[-1].endswith(b"\n") else b"\r\n") + LAST_DOT
        self._in_text, self._in_html = len(form.text) - 1, len(form.html) - 1
        # Where a part is empty Django leaves it out: only gaps can then fill it.
        self._text_all_gaps = not any(form.text)
        self._html_all_gaps = self._in_html > 0 and not any(form.html)

    def fill(self, message: Message) -> Wire:
        """One message; raises Odd, ValueError or Unbuildable."""
        text, html = message.text_gaps, message.html_gaps
        if len(text) != self._in_text or len(html) != self._in_html:
            raise Odd
        if self._text_all_gaps and not any(text):
            raise Odd
        if self._html_all_gaps and not any(html):
            raise Odd
        filled = self._frame.copy()
        filled[0] = self._head(message).encode("ascii")
        # The same values stand in both parts, most of the time.
        made = {gap: piece(gap) for gap in {*text, *html}}
        filled[2::2] = [made[gap] for gap in text + html]
        message_id = message.key + self._at_domain
        return Wire(b"".join(filled), self._sender, message.to, message_id)

    def _head(self, message: Message) -> str:
        to, key = message.to, message.key
        if not (ADDRESS.fullmatch(to) and KEY.fullmatch(key)):
            raise Odd
        given = message.headers
        values = tuple(given.values())
        if not "".join(values).isprintable():
            raise Odd
        shape = self._shapes.get(tuple(given)) or self._shape(tuple(given))
        subject = _safe("the subject", message.subject)
        personal = (
            f"To: {_mailbox(_safe('the name', message.to_name), to)}\r\n"
            f"Subject: {header(subject)}\r\n"
            f"Date: {_date(int(time()))}\r\n"
            f"Message-ID: <{key}{self._at_domain}>\r\n"
            f"X-Tocsin-Key: {key}\r\n"
            f"{shape.own % values}\r\n"
        )
        if len(personal) > LONGEST_LINE and _too_long(personal):
            raise Odd
        return shape.ready + personal

    def _shape(self, names: tuple[str, ...]) -> Shape:
        sample, form = _sample(self._form, names), self._form
        check(sample)
        own = {name.lower() for name in names}
        if len(own) < len(names):
            raise Odd
        ready = f"{self._kind}MIME-Version: 1.0\r\n"
        ready += f"From: {_mailbox(form.sender_name, self._sender)}\r\n"
        if form.reply_to:
            ready += f"Reply-To: {ascii_domain(form.reply_to)}\r\n"
        for name, value in headers_of(sample).items():
            if name.lower() not in OWN | own:
                ready += f"{name}: {_safe(name, value)}\r\n"
        if not ready.isascii() or _too_long(ready):
            raise Odd
        if len(self._shapes) >= SHAPES:
            self._shapes.clear()
        lines = "".join(f"{name.replace('%', '%%')}: %s\r\n" for name in names)
        shape = self._shapes[names] = Shape(ready, lines)
        return shape


def _sample(form: Form, headers: tuple[str, ...] = ()) -> Message:
    """For the headers, which do not depend on the words."""
    return Message(
        key="k",
        to="somebody@example.org",
        form=replace(form, text=("x",), html=("",)),
        subject_gaps=("",) * (len(form.subject) - 1),
        headers=dict.fromkeys(headers, "x"),
    )


def _too_long(head: str) -> bool:
    return any(len(line) > LONGEST_LINE for line in head.split("\r\n"))


def _safe(what: str, text: str) -> str:
    if not text.isascii():
        check_text(what, text)
    elif not text.isprintable():
        raise Odd
    return text


def _mailbox(name: str, address: str) -> str:
    if not name:
        return address
    if not name.isascii() or "=?" in name:
        return f"{encoded_words(name)}\r\n <{address}>"
    if "\\" in name or '"' in name:
        name = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}" <{address}>'


@lru_cache(maxsize=1)
def _date(second: int) -> str:
    return format_datetime(datetime.fromtimestamp(second, UTC))
