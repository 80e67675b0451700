"""System checks of the settings: what is wrong, and what to set instead."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import connection


def _in_production() -> bool:
    return getattr(settings, "TOCSIN_ENVIRONMENT", "") == "production"


@register
def secret_is_given(**kwargs: Any) -> list[CheckMessage]:
    """E101: production takes no key that was made up at the first start."""
    if not _in_production() or settings.TOCSIN_SECRET_KEY_GIVEN:
        return []
    return [
        Error(
            "SECRET_KEY is not set, so every restart elsewhere would end all sessions "
            "and break every link in the mails.",
            hint="Set SECRET_KEY in the environment to 50 random characters.",
            id="tocsin.E101",
        )
    ]


@register
def address_is_given(**kwargs: Any) -> list[CheckMessage]:
    """E102, E103: links in mails need the address that people can reach."""
    if not _in_production():
        return []
    found: list[CheckMessage] = []
    parts = urlsplit(settings.BASE_URL)
    if parts.hostname in (None, "127.0.0.1", "localhost") or parts.scheme != "https":
        found.append(
            Error(
                f"BASE_URL is {settings.BASE_URL!r}: people could not open the links "
                "in their mails.",
                hint="Set BASE_URL to the public address, beginning with https://.",
                id="tocsin.E102",
            )
        )
    if "*" in settings.ALLOWED_HOSTS or parts.hostname not in settings.ALLOWED_HOSTS:
        found.append(
            Error(
                "ALLOWED_HOSTS does not name the host of BASE_URL, or names any host.",
                hint="Set ALLOWED_HOSTS to the host names that you serve.",
                id="tocsin.E103",
            )
        )
    return found


@register
def mail_is_given(**kwargs: Any) -> list[CheckMessage]:
    """E104: in production nothing may vanish into the sandbox."""
    if not _in_production() or not settings.USE_SANDBOX_MAIL or settings.ANYMAIL:
        return []
    return [
        Error(
            "EMAIL_URL is not set: every mail would go to the sandbox, and to nobody.",
            hint="Set EMAIL_URL, or EMAIL_BACKEND and ANYMAIL for a mail provider.",
            id="tocsin.E104",
        )
    ]


@register
def database_suits(**kwargs: Any) -> list[CheckMessage]:
    """E105, W106: databases that the engine was built and tested for."""
    vendor = connection.vendor
    if vendor not in ("sqlite", "postgresql"):
        return [
            Error(
                f"DATABASE_URL points at {vendor}; Tocsin knows SQLite and PostgreSQL.",
                hint="Use postgres://… (15 or later), or leave DATABASE_URL empty.",
                id="tocsin.E105",
            )
        ]
    queue = settings.HUEY_QUEUES["main"]["storage"]
    if _in_production() and vendor == "postgresql" and queue == "sqlite":
        return [
            Warning(
                "PostgreSQL without REDIS_URL: workers on other machines hear no bell "
                "and find their work by looking, a second late.",
                hint="Set REDIS_URL.",
                id="tocsin.W106",
            )
        ]
    return []


@register
def ports_differ(**kwargs: Any) -> list[CheckMessage]:
    """E107: the web server and the sandbox mail server need a port each."""
    if settings.USE_SANDBOX_MAIL and settings.PORT == settings.SANDBOX_SMTP_PORT:
        return [
            Error(
                f"PORT and SANDBOX_SMTP_PORT are both {settings.PORT}.",
                hint="Set SANDBOX_SMTP_PORT to another port, or leave it empty.",
                id="tocsin.E107",
            )
        ]
    return []


@register
def fingerprints_will_last(**kwargs: Any) -> list[CheckMessage]:
    """W108: a new SECRET_KEY must not make the opt-outs unrecognisable."""
    if _in_production() and settings.FINGERPRINT_KEY == settings.SECRET_KEY:
        return [
            Warning(
                "FINGERPRINT_KEY is the same as SECRET_KEY: changing the secret would "
                "lose every opt-out of people who were deleted or erased.",
                hint="Set FINGERPRINT_KEY for good: to 50 random characters in a new "
                "installation, to the SECRET_KEY of now in a running one.",
                id="tocsin.W108",
            )
        ]
    return []


@register
def platform_mail_has_a_sender(**kwargs: Any) -> list[CheckMessage]:
    """E109: the links with which new staff set a password must arrive."""
    if not _in_production() or not settings.DEFAULT_FROM_EMAIL.endswith("@localhost"):
        return []
    return [
        Error(
            f"DEFAULT_FROM_EMAIL is {settings.DEFAULT_FROM_EMAIL!r}: mail servers "
            "would refuse the links with which new staff set their password.",
            hint="Set DEFAULT_FROM_EMAIL to an address of your own domain.",
            id="tocsin.E109",
        )
    ]
