"""Mail over SMTP: what each failure means, and when to stop trying."""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

from django.core.mail.backends.smtp import EmailBackend

from notifications.channels.base import Message, Outcome, Receipt
from notifications.channels.email.mime import Unbuildable, Wire, message_id
from notifications.channels.email.replies import (
    OUR_OWN_FAULT,
    outcome_of,
    public_reply,
)
from notifications.channels.email.session import (
    Lost,
    NeedsUtf8,
    Reply,
    Session,
    Stage,
)
from notifications.channels.email.skeleton import wire_of

PER_CONNECTION = 100
DEFAULT_TIMEOUT = 30
CLOSING = 421


class Unreachable(Exception):
    """No mail can be handed over now; the text says why, naming nobody."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """A message's receipt, and why there is no sense in trying the next one now."""

    receipt: Receipt
    stop: str = ""


class SmtpTransport:
    """Speaks SMTP with the server of the EMAIL_* settings; keeps its connection."""

    name = "smtp"

    def __init__(self) -> None:
        self._session: Session | None = None

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        stop = ""
        for message in messages:
            if stop:
                yield self._receipt(message, Outcome.TEMPORARY, stop, asked=False)
                continue
            verdict = self._attempt(message)
            stop = verdict.stop
            yield verdict.receipt

    def close(self) -> None:
        if self._session is not None:
            self._session.quit()
            self._session = None

    def _attempt(self, message: Message) -> Verdict:
        try:
            return self._deliver(message, wire_of(message))
        except Unbuildable as problem:
            return Verdict(self._receipt(message, Outcome.PERMANENT, str(problem)))
        except NeedsUtf8:
            reason = "the mail server cannot take an address with such letters"
            return Verdict(self._receipt(message, Outcome.PERMANENT, reason))
        except Unreachable as problem:
            reason = str(problem)
            receipt = self._receipt(message, Outcome.TEMPORARY, reason, asked=False)
            return Verdict(receipt, reason)

    def _deliver(self, message: Message, wire: Wire) -> Verdict:
        while True:
            session = self._open()
            fresh = session.used == 0
            try:
                reply = session.deliver(wire)
            except Lost as lost:
                self._drop()
                if lost.stage is Stage.MAIL and not fresh:
                    continue  # The kept connection had gone stale; nothing was sent.
                return self._lost(message, lost)
            if reply.code == CLOSING:
                self._drop()
                if reply.stage is Stage.MAIL and not fresh:
                    continue
            elif reply.stage < Stage.DOT and not session.reset():
                self._drop()
            return self._answered(message, reply, fresh=fresh)

    def _lost(self, message: Message, lost: Lost) -> Verdict:
        what = "did not answer in time" if lost.timed_out else "broke the connection"
        # Whoever made us wait once is not waited for again for each of the others.
        stop = f"the mail server {what}" if lost.timed_out else ""
        if lost.stage is Stage.DOT:
            reason = f"the mail server {what} after it had the whole message"
            return Verdict(self._receipt(message, Outcome.UNKNOWN, reason), stop)
        reason = f"the mail server {what} before it had the message"
        asked = lost.stage > Stage.MAIL
        receipt = self._receipt(message, Outcome.TEMPORARY, reason, asked=asked)
        return Verdict(receipt, stop)

    def _answered(self, message: Message, reply: Reply, *, fresh: bool) -> Verdict:
        reason = public_reply(reply.code, reply.text, message)
        if reply.accepted:
            return Verdict(self._receipt(message, Outcome.ACCEPTED, reason))
        outcome = outcome_of(reply.code)
        # What it says to MAIL, or about who we are, is about no address of theirs.
        asked = reply.stage > Stage.MAIL and reply.code not in OUR_OWN_FAULT
        asked = asked or outcome is Outcome.PERMANENT
        receipt = self._receipt(message, outcome, reason, asked=asked)
        if reply.code in OUR_OWN_FAULT:
            return Verdict(receipt, "the mail server wants us to sign in")
        if reply.code == CLOSING and reply.stage is Stage.MAIL and fresh:
            return Verdict(receipt, "the mail server is not taking mail now")
        return Verdict(receipt)

    def _receipt(
        self, message: Message, outcome: Outcome, reason: str, *, asked: bool = True
    ) -> Receipt:
        accepted = outcome is Outcome.ACCEPTED
        return Receipt(
            key=message.key,
            outcome=outcome,
            provider=self.name,
            provider_id=message_id(message) if accepted else "",
            reason=reason,
            asked=asked,
        )

    def _open(self) -> Session:
        if self._session is not None and self._session.used >= PER_CONNECTION:
            self.close()
        if self._session is None:
            self._session = connect()
        return self._session

    def _drop(self) -> None:
        if self._session is not None:
            self._session.drop()
            self._session = None


def connect() -> Session:
    """A session with the server of the settings; raises Unreachable with the reason."""
    try:
        backend = EmailBackend()
    except ValueError as problem:
        raise Unreachable("the mail settings contradict each other") from problem
    backend.timeout = backend.timeout or DEFAULT_TIMEOUT
    try:
        backend.open()
        if backend.connection is None:
            raise Unreachable("no connection to the mail server")
        return Session(backend.connection)
    except OSError as problem:
        with suppress(OSError):
            backend.close()
        raise Unreachable(_why(problem)) from problem


def _why(problem: OSError) -> str:
    match problem:
        case smtplib.SMTPAuthenticationError():
            return "the mail server refused our user name or password"
        case smtplib.SMTPNotSupportedError():
            return "the mail server does not offer the encryption or sign-in we need"
        case smtplib.SMTPResponseException():
            return f"the mail server is not taking mail now ({problem.smtp_code})"
        case ssl.SSLError():
            return "no safe connection to the mail server (TLS failed)"
        case socket.gaierror():
            return "the mail server's name was not found"
        case ConnectionRefusedError():
            return "the mail server refused the connection"
    if TimeoutError in (type(problem), type(problem.__context__)):
        return "the mail server did not answer in time"
    return "no connection to the mail server"
