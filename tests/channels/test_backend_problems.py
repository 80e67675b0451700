"""Whatever a Django mail backend raises or leaves undone is a receipt."""

from __future__ import annotations

import smtplib

import pytest
from anymail.exceptions import AnymailUnsupportedFeature
from django.core import mail as django_mail
from django.core.mail.backends.base import BaseEmailBackend

from notifications.channels import Outcome
from tests.channels.letters import letter, send


class Raising(BaseEmailBackend):
    """A backend that raises what the test wants, or sends nothing."""

    problem: Exception | None = None
    at_open = False

    def open(self) -> bool:
        if self.at_open and self.problem:
            raise self.problem
        return True

    def send_messages(self, email_messages: object) -> int:
        if self.problem:
            raise self.problem
        return 0


class WithoutMetadata(BaseEmailBackend):
    """An anymail provider that cannot carry metadata."""

    esp_name = "Plain ESP"

    def send_messages(self, email_messages: list[django_mail.EmailMessage]) -> int:
        if hasattr(email_messages[0], "metadata"):
            raise AnymailUnsupportedFeature("metadata")
        return len(email_messages)


def backend_that_raises(settings, monkeypatch, problem, *, at_open=False) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.Raising"
    monkeypatch.setattr(Raising, "problem", problem)
    monkeypatch.setattr(Raising, "at_open", at_open)


@pytest.mark.parametrize(
    ("problem", "outcome"),
    [
        (smtplib.SMTPRecipientsRefused({"x": (550, b"no")}), "permanent"),
        (smtplib.SMTPRecipientsRefused({"x": (450, b"later")}), "temporary"),
        (smtplib.SMTPDataError(554, b"no"), "permanent"),
        (smtplib.SMTPSenderRefused(451, b"later", "x"), "temporary"),
        (smtplib.SMTPAuthenticationError(535, b"no"), "temporary"),
        (smtplib.SMTPConnectError(554, b"no"), "temporary"),
        (smtplib.SMTPServerDisconnected("gone"), "unknown"),
        (ConnectionRefusedError(), "temporary"),
        (TimeoutError(), "unknown"),
        (RuntimeError("alice@example.org"), "unknown"),
    ],
)
def test_whatever_a_backend_raises_is_a_receipt(
    settings, monkeypatch, problem, outcome
):
    backend_that_raises(settings, monkeypatch, problem)
    (receipt,) = send(letter("alice"))
    assert receipt.outcome == outcome
    assert receipt.reason
    assert "alice" not in receipt.reason


def test_a_backend_that_does_not_open_has_sent_nothing(settings, monkeypatch):
    backend_that_raises(settings, monkeypatch, TimeoutError(), at_open=True)
    receipts = send(letter("alice"), letter("bob"))
    assert [one.outcome for one in receipts] == ["temporary", "temporary"]


def test_mail_that_a_rule_of_the_installation_stops_fails_for_good(
    settings, monkeypatch
):
    backend_that_raises(settings, monkeypatch, None)
    (receipt,) = send(letter("alice"))
    assert receipt.outcome is Outcome.PERMANENT


def test_a_provider_without_metadata_gets_mail_without_it(settings):
    settings.EMAIL_BACKEND = f"{__name__}.WithoutMetadata"
    receipts = send(letter("alice"), letter("bob"))
    assert {one.outcome for one in receipts} == {Outcome.ACCEPTED}
