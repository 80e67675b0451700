"""Through any Django mail backend, a provider's words become ours.

The provider is a real HTTP server on this machine, posing as Mailgun.
"""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from anymail.backends.test import EmailBackend as AnymailTest
from anymail.message import AnymailRecipientStatus
from django.core import mail as django_mail

from notifications.channels import Outcome
from tests.channels.letters import letter, send

MAILGUN = "anymail.backends.mailgun.EmailBackend"


def test_what_a_provider_queues_is_accepted_with_its_id(provider):
    (receipt,) = send(letter("alice"))
    assert receipt.outcome is Outcome.ACCEPTED
    assert receipt.provider == "mailgun"
    assert receipt.provider_id == "<mg-1@provider>"


def test_the_key_goes_along_as_metadata_and_header(provider):
    send(letter("alice"))
    (post,) = provider.posts
    assert "v:tocsin_key=entry-alice" in post.replace("%3A", ":")
    assert "h:X-Tocsin-Key=entry-alice" in post.replace("%3A", ":")


def test_each_person_is_a_post_of_their_own(provider):
    send(letter("alice"), letter("bob"))
    first, second = provider.posts
    assert "alice" in first
    assert "bob" not in first
    assert "bob" in second
    assert "alice" not in second


def test_a_rejected_address_fails_for_good(provider):
    provider.status = 400
    provider.answer = lambda post: '{"message": "to: alice@example.org is not valid"}'
    (receipt,) = send(letter("alice"))
    assert receipt.outcome is Outcome.PERMANENT
    assert receipt.reason == "the provider answered 400"


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (401, "temporary"),
        (403, "temporary"),
        (404, "temporary"),
        (409, "permanent"),
        (422, "permanent"),
        (429, "temporary"),
        (500, "unknown"),
        (502, "unknown"),
        (503, "temporary"),
        (504, "unknown"),
    ],
)
def test_a_status_becomes_an_outcome(provider, status, outcome):
    provider.status = status
    (receipt,) = send(letter("alice"))
    assert receipt.outcome == outcome
    assert receipt.reason == f"the provider answered {status}"


def test_a_provider_that_wants_us_to_slow_down_is_not_asked_again(provider):
    provider.status, provider.headers = 429, {"Retry-After": "120"}
    receipts = send(letter("alice"), letter("bob"))
    assert [one.outcome for one in receipts] == ["temporary", "temporary"]
    assert [one.retry_after for one in receipts] == [120.0, 120.0]
    assert len(provider.posts) == 1


def test_a_time_to_come_back_may_be_a_date(provider, time_machine):
    now = datetime(2026, 11, 20, 3, 10, tzinfo=UTC)
    time_machine.move_to(now, tick=False)
    when = format_datetime(now + timedelta(minutes=5), usegmt=True)
    provider.status, provider.headers = 503, {"Retry-After": when}
    (receipt,) = send(letter("alice"))
    assert receipt.retry_after == 300.0


def test_a_provider_that_hangs_up_leaves_it_unknown(provider):
    provider.hang_up = True
    (receipt,) = send(letter("alice"))
    assert receipt.outcome is Outcome.UNKNOWN


def test_a_provider_that_never_answers_leaves_one_unknown_and_stops_the_rest(provider):
    provider.wait = threading.Event()
    receipts = send(letter("alice"), letter("bob"))
    provider.wait.set()
    assert [one.outcome for one in receipts] == ["unknown", "temporary"]
    assert len(provider.posts) == 1


def test_an_answer_nobody_can_read_leaves_it_unknown(provider):
    provider.answer = lambda post: "<html>it worked, honestly</html>"
    (receipt,) = send(letter("alice"))
    assert receipt.outcome is Outcome.UNKNOWN


def test_no_provider_at_all_is_a_delay_for_everybody(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = MAILGUN
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v3"
        settings.ANYMAIL = {"MAILGUN_API_KEY": "key", "MAILGUN_API_URL": url}
        receipts = send(letter("alice"), letter("bob"))
    assert [one.outcome for one in receipts] == ["temporary", "temporary"]
    assert receipts[0].reason == "no connection to the provider"


def test_a_provider_without_its_key_is_a_delay_for_everybody(settings):
    settings.EMAIL_BACKEND = MAILGUN
    settings.ANYMAIL = {}
    receipts = send(letter("alice"), letter("bob"))
    assert [one.outcome for one in receipts] == ["temporary", "temporary"]
    assert receipts[0].reason == "the mail provider is not set up here"


@pytest.mark.parametrize(
    ("status", "asked"), [(401, False), (402, False), (503, False), (422, True)]
)
def test_trouble_with_us_says_nothing_of_the_address(provider, status, asked):
    provider.status = status
    (receipt,) = send(letter("alice"))
    assert receipt.asked is asked


def test_anymails_test_backend_takes_mail(settings):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    (receipt,) = send(letter("alice"))
    assert receipt.outcome is Outcome.ACCEPTED
    (sent,) = django_mail.outbox
    assert sent.metadata == {"tocsin_key": "entry-alice"}
    assert "Message-ID" not in sent.extra_headers


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("sent", "accepted"),
        ("queued", "accepted"),
        ("invalid", "permanent"),
        ("rejected", "permanent"),
        ("failed", "temporary"),
        ("unknown", "unknown"),
    ],
)
def test_anymails_statuses_become_outcomes(settings, monkeypatch, status, outcome):
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"

    def told(self, response, payload, message):
        return {m: AnymailRecipientStatus("id-1", status) for m in message.to}

    monkeypatch.setattr(AnymailTest, "parse_recipient_status", told)
    (receipt,) = send(letter("alice"))
    assert receipt.outcome == outcome


def test_mail_in_memory_is_accepted_under_its_own_message_id(settings):
    (receipt,) = send(letter("alice"))
    assert receipt.outcome is Outcome.ACCEPTED
    assert receipt.provider == "locmem"
    assert receipt.provider_id == "entry-alice@riverside.example"
    (sent,) = django_mail.outbox
    assert sent.message()["Message-ID"] == f"<{receipt.provider_id}>"
    assert sent.alternatives[0].content == "<p>The water is off.</p>"


def test_a_line_break_in_a_subject_fails_that_message_alone(settings):
    receipts = send(letter("alice", subject="Hi\nBcc: mallory@x.org"), letter("bob"))
    assert [one.outcome for one in receipts] == ["permanent", "accepted"]
    assert receipts[0].reason == "a line break in the subject"
