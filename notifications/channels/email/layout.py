"""The parts of a mail as bytes, cut where the gaps are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from secrets import token_hex
from typing import NamedTuple

from django.core.mail import EmailMessage
from django.core.mail.message import utf8_charset_qp

from notifications.channels.base import Attachment, Form, Words
from notifications.channels.email.mime import flat
from notifications.channels.email.quoted import SOFT, double_dots, ending, piece

QUOTED = "Content-Transfer-Encoding: quoted-printable\r\n"

#: One piece more than there are gaps.
Pieces = list[bytes]


class Block(NamedTuple):
    """A part: its header lines and its body."""

    head: str
    body: Pieces


def layout(form: Form) -> Block:
    """The whole mail."""
    block = _text("plain", form.text)
    if len(form.html) > 1 or form.html[0]:
        block = _multipart("alternative", [block, _text("html", form.html)])
    if form.attachments:
        block = _multipart("mixed", [block, *_files(form.attachments)])
    return block


def _text(kind: str, words: Words) -> Block:
    head = f'Content-Type: text/{kind}; charset="utf-8"\r\n{QUOTED}'
    *before, last = words
    body: Pieces = []
    for word in before:
        made = piece(word)
        # On a line of its own already: a soft break would be an empty line.
        body.append(made if made.endswith(b"\n") or not made else made + SOFT)
    body.append(ending(last))
    return Block(head, [body[0], *(SOFT + after for after in body[1:])])


def _files(attachments: Iterable[Attachment]) -> Iterator[Block]:
    mail = EmailMessage()
    mail.encoding = utf8_charset_qp
    for file in attachments:
        mail.attach(file.name, file.content, file.content_type)
    for part in mail.message().walk():
        if part.get_filename() is not None:
            head, _, content = flat(part).partition(b"\r\n\r\n")
            yield Block(head.decode() + "\r\n", [double_dots(content)])


def _multipart(kind: str, parts: list[Block]) -> Block:
    # Nothing that is quoted-printable or base64 has an underscore after a =.
    boundary = f"=_{kind}_{token_hex(8)}"
    body: Pieces = [b""]
    for part in parts:
        body = _glue(body, [f"--{boundary}\r\n{part.head}\r\n".encode()])
        body = _glue(body, part.body)
        body = _glue(body, [b"\r\n"])
    body = _glue(body, [f"--{boundary}--\r\n".encode()])
    return Block(f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n', body)


def _glue(one: Pieces, other: Pieces) -> Pieces:
    return [*one[:-1], one[-1] + other[0], *other[1:]]
