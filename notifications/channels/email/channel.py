"""The email channel: picks the way that the settings ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import TracebackType
from typing import Protocol, Self

from django.conf import settings

from notifications.channels.base import Message, Receipt
from notifications.channels.email.backend import BackendTransport
from notifications.channels.email.server import MailServer
from notifications.channels.email.smtp import SmtpTransport

DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Transport(Protocol):
    """One way to hand mail over."""

    @property
    def name(self) -> str: ...

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]: ...

    def close(self) -> None: ...


class EmailChannel:
    """Sends mail one person at a time, keeping its connections until it is closed.

    By itself it goes the way of the settings. `url` names another mail server, and
    `backend` another of Django's mail backends; `name` is the provider's in the log.
    """

    kind = "email"
    name = "email"
    deduplicates = False

    def __init__(self, name: str = "", url: str = "", backend: str = "") -> None:
        self._transport = _transport(name, url, backend)
        self.name = name or self.name

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        return self._transport.send(messages)

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


def _transport(name: str, url: str, backend: str) -> Transport:
    # Over SMTP we drive the connections ourselves, to know what a failure means.
    if not url and (backend or settings.EMAIL_BACKEND) != DJANGO_SMTP:
        return BackendTransport(backend)
    server = MailServer.from_url(url) if url else MailServer.from_settings()
    return SmtpTransport(replace(server, name=name) if name else server)
