"""A production installation says what it lacks before it starts."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

GOOD: dict[str, Any] = {
    "TOCSIN_ENVIRONMENT": "production",
    "TOCSIN_SECRET_KEY_GIVEN": True,
    "FINGERPRINT_KEY": "a key of its own",
    "BASE_URL": "https://tocsin.example.org",
    "ALLOWED_HOSTS": ["tocsin.example.org"],
    "USE_SANDBOX_MAIL": False,
    "DEFAULT_FROM_EMAIL": "tocsin@example.org",
}


def found(settings: Any, **changes: Any) -> set[str]:
    """The ids of Tocsin's own checks that speak up."""
    for name, value in (GOOD | changes).items():
        setattr(settings, name, value)
    ids = {message.id or "" for message in run_checks()}
    return {each for each in ids if each.startswith("tocsin.")}


def test_an_installation_with_all_it_needs_has_nothing_to_say(settings: Any) -> None:
    assert found(settings) == set()


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("TOCSIN_SECRET_KEY_GIVEN", False, "tocsin.E101"),
        ("BASE_URL", "http://127.0.0.1:8000", "tocsin.E102"),
        ("ALLOWED_HOSTS", ["*"], "tocsin.E103"),
        ("USE_SANDBOX_MAIL", True, "tocsin.E104"),
        ("DEFAULT_FROM_EMAIL", "tocsin@localhost", "tocsin.E109"),
    ],
)
def test_what_is_missing_is_named(
    settings: Any, name: str, value: Any, expected: str
) -> None:
    assert expected in found(settings, **{name: value})


def test_a_fingerprint_key_that_would_not_last_is_pointed_out(settings: Any) -> None:
    assert "tocsin.W108" in found(settings, FINGERPRINT_KEY=settings.SECRET_KEY)


def test_two_servers_on_one_port_are_refused(settings: Any) -> None:
    settings.SANDBOX_SMTP_PORT = settings.PORT
    assert "tocsin.E107" in found(settings, USE_SANDBOX_MAIL=True)


def test_production_takes_no_demo(settings: Any, db: Any) -> None:
    settings.TOCSIN_ENVIRONMENT = "production"
    with pytest.raises(CommandError, match="no demo goes in"):
        call_command("demo")
