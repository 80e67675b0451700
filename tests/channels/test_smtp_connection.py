"""The connection is kept, renewed, encrypted, and never waited for twice.

Every server here is a real one on this machine.
"""

from __future__ import annotations

import socket

import pytest

from notifications.channels import Outcome, get_channel
from tests.channels.letters import letter, letters, outcomes, send
from tests.channels.sink import Refuse, Sink


def test_a_kept_connection_that_went_stale_is_no_failure(sink):
    with get_channel("email") as channel:
        assert [r.outcome for r in channel.send(letters("alice"))] == ["accepted"]
        sink.drop_connections()
        assert [r.outcome for r in channel.send(letters("bob"))] == ["accepted"]
    assert sink.keys() == ["entry-alice", "entry-bob"]
    assert sink.connections == 2


def test_the_connection_is_kept_between_windows(sink):
    with get_channel("email") as channel:
        for name in ("alice", "bob", "charlie"):
            list(channel.send(letters(name)))
    assert sink.connections == 1


def test_a_server_that_wants_few_per_connection_gets_few(sink, settings):
    settings.EMAIL_POOL = {"connections": 1}
    sink.per_connection = 2
    receipts = send(*letters("alice", "bob", "charlie", "dora", "emil"))
    assert set(outcomes(receipts).values()) == {"accepted"}
    assert [one.connection for one in sink.arrived] == [1, 1, 2, 2, 3]


@pytest.mark.parametrize("pipelining", [True, False])
def test_a_connection_is_renewed_after_as_many_as_the_settings_say(
    settings, send_to, pipelining
):
    with Sink(pipelining=pipelining) as sink:
        send_to(sink)
        settings.EMAIL_POOL = {"connections": 1, "per_connection": 2}
        receipts = send(*letters("alice", "bob", "charlie", "dora", "emil"))
    assert set(outcomes(receipts).values()) == {"accepted"}
    assert [one.connection for one in sink.arrived] == [1, 1, 2, 2, 3]


def test_a_server_that_closes_at_once_delays_everybody(sink):
    sink.per_connection = 0
    receipts = send(*letters("alice", "bob", "charlie"))
    assert set(outcomes(receipts).values()) == {"temporary"}
    assert sink.connections == 1


@pytest.mark.parametrize("greeting", ["421 busy", "554 go away"])
def test_a_server_that_does_not_welcome_us_delays_everybody(sink, greeting):
    sink.greeting = greeting
    receipts = send(*letters("alice", "bob", "charlie"))
    assert set(outcomes(receipts).values()) == {"temporary"}
    assert receipts[2].reason == (
        f"the mail server is not taking mail now ({greeting[:3]})"
    )
    assert sink.connections == 1


def test_a_server_that_wants_us_to_sign_in_fails_nobody_for_good(sink):
    sink.faults["office@riverside.example"] = Refuse(530, "sign in first", "MAIL")
    receipts = send(*letters("alice", "bob"))
    assert outcomes(receipts) == {"alice": "temporary", "bob": "temporary"}


def test_a_refused_sender_is_refused_for_good(sink):
    sink.faults["office@riverside.example"] = Refuse(550, "not from you", "MAIL")
    receipts = send(*letters("alice", "bob"))
    assert outcomes(receipts) == {"alice": "permanent", "bob": "permanent"}


def test_no_server_at_all_is_a_delay_and_said_in_words(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = taken.getsockname()[1]
        receipts = send(*letters("alice", "bob"))
    assert outcomes(receipts) == {"alice": "temporary", "bob": "temporary"}
    assert receipts[0].reason == "the mail server refused the connection"


def test_a_server_whose_name_is_unknown_is_a_delay(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "no-such-host.invalid"
    (receipt,) = send(letter("alice"))
    assert receipt.outcome is Outcome.TEMPORARY
    assert receipt.reason == "the mail server's name was not found"


def test_a_server_that_accepts_and_says_nothing_is_a_delay(settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST = "127.0.0.1"
        settings.EMAIL_PORT = silent.getsockname()[1]
        settings.EMAIL_TIMEOUT = 0.2
        receipts = send(*letters("alice", "bob"))
    assert outcomes(receipts) == {"alice": "temporary", "bob": "temporary"}
    assert receipts[0].reason == "the mail server did not answer in time"


def test_a_line_break_in_a_name_fails_that_message_alone(sink):
    bad = letter("bob", to_name="Bob\r\nBcc: mallory@example.org")
    receipts = send(letter("alice"), bad, letter("charlie"))
    assert outcomes(receipts) == {
        "alice": "accepted",
        "bob": "permanent",
        "charlie": "accepted",
    }
    assert receipts[1].reason == "a line break in the name"
    assert sink.keys() == ["entry-alice", "entry-charlie"]


def test_smtputf8_is_asked_for_only_when_an_address_needs_it(sink):
    receipts = send(letter("alice"), letter("zoe", to="zoë@example.org"))
    assert set(outcomes(receipts).values()) == {"accepted"}
    plain, lettered = sink.arrived
    assert "SMTPUTF8" not in plain.options
    assert "SMTPUTF8" in lettered.options
    assert lettered.recipient == "zoë@example.org"


def test_a_server_without_smtputf8_fails_only_the_address_that_needs_it(send_to):
    with Sink(utf8=False) as sink:
        send_to(sink)
        receipts = send(letter("zoe", to="zoë@example.org"), letter("alice"))
    assert outcomes(receipts) == {"zoe": "permanent", "alice": "accepted"}


def test_held_mail_waits_for_its_answer(sink):
    sink.hold_after = 1
    with get_channel("email") as channel:
        receipts = iter(channel.send(letters("alice", "bob")))
        assert next(receipts).accepted
        sink.wait_for(1)
        sink.release()
        assert next(receipts).accepted
