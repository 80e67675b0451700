"""Reads a mail back, as strictly as the strictest reader would."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.message import Message as Part
from email.utils import getaddresses
from typing import NamedTuple

from notifications.channels import Message
from notifications.channels.email.mime import write
from notifications.channels.email.skeleton import skeleton

QUOTED_LINE = re.compile(rb"([!-<>-~\t ]|=[0-9A-F]{2})*=?")
#: Differ between any two mails; and names, where policy.default adds spaces.
NEVER_THE_SAME = {"date", "content-type", "from", "to"}


def fast(message: Message) -> bytes:
    """The mail by the fast way, which must be the one that is taken, as it is read."""
    ready = skeleton(message.form)
    assert ready is not None
    return undotted(ready.fill(message).data)


def undotted(data: bytes) -> bytes:
    """What a server keeps of what came after DATA; only the last line is one dot."""
    assert data.endswith(b"\r\n.\r\n")
    assert data.index(b"\r\n.\r\n") == len(data) - 5
    return re.sub(rb"(?m)^\.", b"", data[:-3])


def read(raw: bytes) -> EmailMessage:
    found = message_from_bytes(raw, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert not found.defects
    return found


def content(mail: EmailMessage, kind: str) -> str:
    """The words of a part, with plain line ends."""
    body = mail.get_body(preferencelist=(kind,))
    assert isinstance(body, EmailMessage)
    assert not body.defects
    found = body.get_content()
    assert isinstance(found, str)
    return found.replace("\r\n", "\n")


def mailboxes(raw: bytes, header: str) -> list[tuple[str, str]]:
    """Names and addresses; policy.default puts spaces into long names."""
    value = " ".join(message_from_bytes(raw)[header].splitlines())
    return [
        (str(make_header(decode_header(name))), address)
        for name, address in getaddresses([value])
    ]


def assert_sound(raw: bytes) -> None:
    """Seven bits, whole line ends, no long line, and strictly quoted-printable."""
    assert raw.isascii()
    assert not re.search(rb"\r(?!\n)|(?<!\r)\n", raw)
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    for part in message_from_bytes(raw).walk():
        if part["Content-Transfer-Encoding"] != "quoted-printable":
            continue
        payload = part.get_payload()
        assert isinstance(payload, str)
        for line in payload.encode().split(b"\r\n"):
            assert QUOTED_LINE.fullmatch(line), line
            assert len(line) <= 76
            assert not line.endswith((b" ", b"\t"))


class Said(NamedTuple):
    """What a part says, whatever way it was written."""

    kind: str
    charset: str | None
    encoding: str | None
    filename: str | None
    payload: bytes


def parts(raw: bytes) -> list[Said]:
    return [_said(part) for part in message_from_bytes(raw).walk()]


def headers(raw: bytes) -> dict[str, str]:
    mail = read(raw)
    found = {name.lower(): str(value) for name, value in mail.items()}
    assert len(found) == len(mail.keys())
    return {name: found[name] for name in found.keys() - NEVER_THE_SAME}


def assert_as_django(message: Message) -> None:
    """The fast way and Django's say the same, header by header and part by part."""
    one, other = fast(message), write(message)
    assert_sound(one)
    assert headers(one) == headers(other)
    for header in ("From", "To"):
        assert mailboxes(one, header) == mailboxes(other, header)
    assert parts(one) == parts(other)


def _said(part: Part) -> Said:
    payload = part.get_payload(decode=True) or b""
    assert isinstance(payload, bytes)
    # SMTP has no way to carry a message that does not end in a line end.
    alone = part.get("Subject") is not None
    return Said(
        kind=part.get_content_type(),
        charset=part.get_content_charset(),
        encoding=part["Content-Transfer-Encoding"],
        filename=part.get_filename(),
        payload=payload.removesuffix(b"\r\n") if alone else payload,
    )
