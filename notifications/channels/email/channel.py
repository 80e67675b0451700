"""The email channel: picks the way that the settings ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Protocol, Self

from django.conf import settings

from notifications.channels.base import Message, Receipt
from notifications.channels.email.backend import BackendTransport
from notifications.channels.email.smtp import SmtpTransport

DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Transport(Protocol):
    """One way to hand mail over."""

    @property
    def name(self) -> str: ...

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]: ...

    def close(self) -> None: ...


class EmailChannel:
    """Sends mail one person at a time, keeping its connection until it is closed."""

    kind = "email"
    name = "email"
    deduplicates = False

    def __init__(self) -> None:
        # Over SMTP we drive the session ourselves, to know what a failure means.
        own = settings.EMAIL_BACKEND == DJANGO_SMTP
        self._transport: Transport = SmtpTransport() if own else BackendTransport()

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        yield from self._transport.send(messages)

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
