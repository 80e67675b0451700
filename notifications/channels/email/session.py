"""One SMTP connection, a step at a time, so that a failure's meaning is known."""

from __future__ import annotations

import smtplib
import socket
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum

from notifications.channels.email.mime import Wire


class Stage(IntEnum):
    """How far a message had come. Only after DOT may the server have kept it."""

    MAIL = 1
    RCPT = 2
    DATA = 3
    BODY = 4
    DOT = 5


@dataclass(frozen=True, slots=True)
class Reply:
    """The server's last word about a message, and the stage that it belongs to."""

    stage: Stage
    code: int
    text: bytes

    @property
    def accepted(self) -> bool:
        return self.stage is Stage.DOT and 200 <= self.code <= 299


class Lost(Exception):
    """The connection went away, or spoke no SMTP, before an answer came."""

    def __init__(self, stage: Stage, *, timed_out: bool) -> None:
        super().__init__(stage.name)
        self.stage = stage
        self.timed_out = timed_out


class NeedsUtf8(Exception):
    """An address has letters that this server cannot take."""


class Session:
    """Hands messages to a connected server; `used` counts them."""

    def __init__(self, connection: smtplib.SMTP) -> None:
        self._smtp = connection
        self._smtp.ehlo_or_helo_if_needed()
        # The final dot is a small packet after a big one: do not let it wait.
        if sock := self._smtp.sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.used = 0

    def deliver(self, wire: Wire) -> Reply:
        """Raises Lost with the stage that was reached, or NeedsUtf8."""
        if wire.utf8 and not self._smtp.has_extn("smtputf8"):
            raise NeedsUtf8
        self.used += 1
        stage = Stage.MAIL
        try:
            reply = Reply(stage, *self._smtp.mail(wire.sender, self._options(wire)))
            if reply.code == 250:
                stage = Stage.RCPT
                reply = Reply(stage, *self._smtp.rcpt(wire.recipient))
            if stage is Stage.RCPT and reply.code in (250, 251, 252):
                stage = Stage.DATA
                reply = Reply(stage, *self._smtp.docmd("DATA"))
            if stage is Stage.DATA and reply.code == 354:
                stage = Stage.BODY
                self._smtp.send(wire.data[:-3])
                stage = Stage.DOT
                self._smtp.send(b".\r\n")
                reply = Reply(stage, *self._smtp.getreply())
        except smtplib.SMTPException as problem:
            slow = isinstance(problem.__context__, TimeoutError)
            raise Lost(stage, timed_out=slow) from problem
        if not 200 <= reply.code <= 599:
            raise Lost(stage, timed_out=False)
        return reply

    def reset(self) -> bool:
        """Ready for the next message; False when the connection is of no more use."""
        with suppress(smtplib.SMTPException):
            return self._smtp.rset()[0] == 250
        return False

    def quit(self) -> None:
        with suppress(OSError):
            self._smtp.quit()
        self.drop()

    def drop(self) -> None:
        with suppress(OSError):
            self._smtp.close()

    def _options(self, wire: Wire) -> list[str]:
        options = []
        if self._smtp.has_extn("size"):
            options.append(f"SIZE={len(wire.data)}")
        if wire.utf8:
            options.append("SMTPUTF8")
            if self._smtp.has_extn("8bitmime"):
                options.append("BODY=8BITMIME")
        return options
