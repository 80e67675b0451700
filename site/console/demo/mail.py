"""Where the demo's past mail goes: into the Outbox, without a server."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from console.sandbox.store import OutboxStore


class OutboxBackend(BaseEmailBackend):
    """Keeps each mail in the Outbox, and refuses addresses that are gone."""

    gone: ClassVar[set[str]] = set()
    store: ClassVar[OutboxStore]

    def send_messages(self, email_messages: Sequence[Any]) -> int:
        for message in email_messages:
            (to,) = message.recipients()
            if to.split("<")[-1].rstrip(">") in self.gone:
                raise smtplib.SMTPRecipientsRefused(
                    {to: (550, b"5.1.1 No such mailbox here")}
                )
            self.store.add(
                message.message().as_bytes(linesep="\r\n"),
                message.from_email,
                to,
                received_at=timezone.now(),
            )
        return len(email_messages)


@contextmanager
def into_the_outbox(gone: set[str]) -> Iterator[None]:
    """Let this process send into the Outbox alone, whatever mail is configured."""
    real = settings.EMAIL_BACKEND
    OutboxBackend.gone = gone
    OutboxBackend.store = OutboxStore(settings.DATA_DIR / "outbox.sqlite3")
    settings.EMAIL_BACKEND = f"{__name__}.OutboxBackend"
    try:
        yield
    finally:
        settings.EMAIL_BACKEND = real
        OutboxBackend.store.close()
