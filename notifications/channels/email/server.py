"""The mail server that a channel speaks to, and how much it may be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings

from notifications.errors import TocsinError

DEFAULT_TIMEOUT = 30.0
#: Scheme → whether STARTTLS, whether TLS from the start, and the usual port.
SCHEMES = {
    "smtp": (False, False, 25),
    "smtp+tls": (True, False, 587),
    "smtps": (True, False, 587),
    "smtp+ssl": (False, True, 465),
}


class UnusableServer(TocsinError):
    """The settings of a mail server are wrong; the text says how, with no secret."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where it is, who we are there, and its limits; raises UnusableServer.

    Up to `connections` are open at once, each for `per_connection` messages. `rate` is
    messages a second for the whole process, 0 as many as it takes; `timeout` is seconds
    for each answer.
    """

    host: str
    port: int = 25
    username: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    use_tls: bool = False
    use_ssl: bool = False
    certfile: str = ""
    keyfile: str = ""
    timeout: float = DEFAULT_TIMEOUT
    connections: int = 8
    per_connection: int = 1_000
    rate: float = 0.0
    name: str = "smtp"

    def __post_init__(self) -> None:
        if self.use_tls and self.use_ssl:
            raise UnusableServer("STARTTLS and TLS from the start are both asked for")
        if not self.host:
            raise UnusableServer("the mail server has no host")
        for limit in ("connections", "per_connection"):
            _check(limit, getattr(self, limit), int, at_least=1)
        for amount in ("rate", "timeout"):
            _check(amount, getattr(self, amount), (int, float), at_least=0)

    @classmethod
    def from_settings(cls) -> Self:
        """The server of Django's EMAIL_*, with EMAIL_POOL for its limits."""
        return cls(
            host=settings.EMAIL_HOST,
            port=settings.EMAIL_PORT,
            username=settings.EMAIL_HOST_USER,
            password=settings.EMAIL_HOST_PASSWORD,
            use_tls=settings.EMAIL_USE_TLS,
            use_ssl=settings.EMAIL_USE_SSL,
            certfile=settings.EMAIL_SSL_CERTFILE or "",
            keyfile=settings.EMAIL_SSL_KEYFILE or "",
            timeout=_timeout(),
            **_limits(getattr(settings, "EMAIL_POOL", {})),
        )

    @classmethod
    def from_url(cls, url: str) -> Self:
        """For example smtp+tls://user:password@host:587?connections=16&rate=50."""
        try:
            parts = urlsplit(url)
            given_port = parts.port
        except ValueError:
            # Its text may hold a part of the password.
            raise UnusableServer("the address of the mail server is none") from None
        if parts.scheme not in SCHEMES:
            raise UnusableServer("the mail server's address begins with no smtp://")
        use_tls, use_ssl, port = SCHEMES[parts.scheme]
        given = dict(parse_qsl(parts.query, keep_blank_values=True))
        name = given.pop("name", "smtp")
        return cls(
            host=parts.hostname or "",
            port=given_port or port,
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            use_tls=use_tls,
            use_ssl=use_ssl,
            timeout=_number("timeout", given.pop("timeout", _timeout())),
            name=name,
            **_limits(given),
        )


def _timeout() -> float:
    return settings.EMAIL_TIMEOUT or DEFAULT_TIMEOUT


def _limits(given: Mapping[str, object]) -> dict[str, Any]:
    unknown = given.keys() - {"connections", "per_connection", "rate"}
    if unknown:
        raise UnusableServer(f"a mail server has no {', '.join(sorted(unknown))}")
    return {name: _number(name, value) for name, value in given.items()}


def _number(name: str, value: object) -> float:
    try:
        found = float(str(value))
    except ValueError:
        raise UnusableServer(f"{name} is not a number") from None
    return int(found) if found.is_integer() else found


def _check(
    name: str, value: object, kind: type | tuple[type, ...], *, at_least: int
) -> None:
    if not isinstance(value, kind) or not at_least <= value < float("inf"):  # type: ignore[operator]
        whole = "a whole number" if kind is int else "a number"
        raise UnusableServer(f"{name} must be {whole}, at least {at_least}")
