"""What can go wrong at a mail server, and what it has to show afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class Refuse:
    """Answers with a code `at` MAIL, RCPT, DATA or DOT (the whole message is there)."""

    code: int
    text: str = "no"
    at: str = "RCPT"


@dataclass(frozen=True, slots=True)
class Drop:
    """Breaks the connection `at` MAIL, RCPT, DATA, BODY (in the middle) or DOT."""

    at: str = "DOT"


@dataclass(frozen=True, slots=True)
class Hang:
    """Takes it and never answers."""

    at: str = "DOT"


Fault = Refuse | Drop | Hang


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message that the server had in whole; `answered` says whether with a 250."""

    key: str
    sender: str
    recipient: str
    options: tuple[str, ...]
    connection: int
    raw: bytes
    answered: bool

    @property
    def message(self) -> EmailMessage:
        found = message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found
