"""From the greeting to the first message, whatever the server offers or does wrong."""

from __future__ import annotations

import base64
import hashlib
import hmac
import socket

import pytest

from notifications.channels.email import opening
from tests.channels.letters import letter, letters, outcomes, send
from tests.channels.speaker import Line, Speaker


def point_at(settings, speaker: Speaker) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", speaker.port
    settings.EMAIL_TIMEOUT = 15
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_POOL = {"connections": 1}


def take_one(line: Line) -> None:
    line.envelope()
    line.body()
    line.say("250 thanks")


def decoded(line: str) -> bytes:
    return base64.b64decode(line)


def test_a_server_of_the_old_days_is_greeted_its_way(settings):
    def script(line: Line) -> None:
        line.say("220-speaker", "220 ready")
        line.hear("EHLO")
        line.say("502 what?")
        line.hear("HELO")
        line.say("250 speaker")
        take_one(line)

    with Speaker(script) as speaker:
        point_at(settings, speaker)
        (receipt,) = send(letter("alice"))
    assert receipt.accepted


def plain(line: Line) -> None:
    line.hear("AUTH PLAIN")
    line.say("334 ")
    assert decoded(line.hear("")) == "\0tocsin\0gehëim".encode()


def login(line: Line) -> None:
    line.hear("AUTH LOGIN")
    line.say("334 VXNlcm5hbWU6")
    assert decoded(line.hear("")) == b"tocsin"
    line.say("334 UGFzc3dvcmQ6")
    assert decoded(line.hear("")) == "gehëim".encode()


def cram_md5(line: Line) -> None:
    line.hear("AUTH CRAM-MD5")
    line.say("334 " + base64.b64encode(b"<1.2@speaker>").decode())
    secret = hmac.new("gehëim".encode(), b"<1.2@speaker>", hashlib.md5).hexdigest()
    assert decoded(line.hear("")) == f"tocsin {secret}".encode()


@pytest.mark.parametrize(
    ("offer", "way"),
    [
        ("AUTH PLAIN LOGIN", plain),
        ("AUTH=PLAIN", plain),
        ("AUTH LOGIN", login),
        ("AUTH LOGIN CRAM-MD5 PLAIN", cram_md5),
    ],
)
def test_every_usual_way_to_sign_in(settings, offer, way):
    def script(line: Line) -> None:
        line.welcome(offer)
        way(line)
        line.say("235 welcome")
        take_one(line)

    with Speaker(script) as speaker:
        point_at(settings, speaker)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tocsin", "gehëim"
        receipts = send(letter("alice"))
    assert speaker.problems == []
    assert receipts[0].accepted


def test_a_way_to_sign_in_that_is_not_really_there_is_followed_by_the_next(settings):
    def script(line: Line) -> None:
        line.welcome("AUTH PLAIN LOGIN")
        line.hear("AUTH PLAIN")
        line.say("504 not here")
        login(line)
        line.say("235 welcome")
        take_one(line)

    with Speaker(script) as speaker:
        point_at(settings, speaker)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tocsin", "gehëim"
        receipts = send(letter("alice"))
    assert speaker.problems == []
    assert receipts[0].accepted


def test_no_way_to_sign_in_is_said(settings):
    with Speaker(lambda line: line.welcome("AUTH GSSAPI")) as speaker:
        point_at(settings, speaker)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tocsin", "x"
        (receipt,) = send(letter("alice"))
    assert receipt.outcome == "temporary"
    assert not receipt.asked
    assert "does not offer the encryption or sign-in" in receipt.reason


def test_words_slipped_in_before_the_encryption_are_not_believed(settings):
    def script(line: Line) -> None:
        line.welcome("STARTTLS")
        line.hear("STARTTLS")
        line.say("220 go on", "250 and this is not from the server")

    with Speaker(script) as speaker:
        point_at(settings, speaker)
        settings.EMAIL_USE_TLS = True
        (receipt,) = send(letter("alice"))
    assert receipt.outcome == "temporary"
    assert receipt.reason == "no connection to the mail server"


def leaves_at_once(line: Line) -> None:
    pass


def speaks_http(line: Line) -> None:
    line.say("HTTP/1.1 400 Bad Request", "")


def never_ends_a_line(line: Line) -> None:
    line.sock.sendall(b"220-" + b"x" * 200_000)


def never_ends_a_reply(line: Line) -> None:
    for _ in range(2000):
        line.say("220-" + "x" * 100)


@pytest.mark.parametrize(
    "script", [leaves_at_once, speaks_http, never_ends_a_line, never_ends_a_reply]
)
def test_what_is_no_mail_server_delays_everybody(settings, script):
    with Speaker(script) as speaker:
        point_at(settings, speaker)
        receipts = send(*letters("alice", "bob"))
    assert outcomes(receipts) == {"alice": "temporary", "bob": "temporary"}
    assert not any(one.asked for one in receipts)
    assert speaker.connections == 1


def test_a_second_address_of_a_server_is_tried_when_the_first_is_dead(
    sink, monkeypatch
):
    with socket.create_server(("127.0.0.1", 0)) as server:
        dead = server.getsockname()
    kind = (socket.AF_INET, socket.SOCK_STREAM, 0, "")
    ways = [(*kind, dead), (*kind, ("127.0.0.1", sink.port))]
    monkeypatch.setattr(opening.socket, "getaddrinfo", lambda *_, **__: ways)
    (receipt,) = send(letter("alice"))
    assert receipt.accepted


def test_a_refusal_in_the_middle_of_a_large_mail_is_heard(settings):
    def script(line: Line) -> None:
        line.welcome()
        line.envelope()
        line.sock.recv(1000)
        line.say("552 far too large")

    with Speaker(script) as speaker:
        point_at(settings, speaker)
        (receipt,) = send(letter("alice", text="so many words\n" * 800_000))
    # The server goes at once: its answer may have been lost with the connection.
    assert receipt.outcome in ("permanent", "temporary")
    if receipt.outcome == "permanent":
        assert receipt.reason == "552 far too large"


def test_thanks_for_half_a_mail_are_no_thanks(settings):
    def script(line: Line) -> None:
        line.welcome()
        line.envelope()
        line.say("250 thanks already")
        line.sock.recv(1000)

    with Speaker(script) as speaker:
        point_at(settings, speaker)
        (receipt,) = send(letter("alice", text="so many words\n" * 800_000))
    assert receipt.outcome == "temporary"


def test_an_answer_that_is_no_smtp_after_the_message_leaves_it_unknown(settings):
    def script(line: Line) -> None:
        line.welcome()
        line.envelope()
        line.body()
        line.say("segmentation fault")

    with Speaker(script) as speaker:
        point_at(settings, speaker)
        (receipt,) = send(letter("alice"))
    assert receipt.outcome == "unknown"


def test_commands_go_together_only_where_the_server_takes_them(settings):
    heard: list[bytes] = []

    def script(line: Line) -> None:
        line.welcome("PIPELINING")
        heard.append(line.sock.recv(1000))
        line.say("250 ok", "250 ok", "354 go on")
        heard.append(line.sock.recv(100_000))
        line.say("250 thanks", "250 ok", "250 ok", "354 go on")
        heard.append(line.sock.recv(100_000))
        line.say("250 thanks")

    with Speaker(script) as speaker:
        point_at(settings, speaker)
        receipts = send(*letters("alice", "bob"))
    assert set(outcomes(receipts).values()) == {"accepted"}
    first, second, third = heard
    assert first.split(b"\r\n")[0] == b"MAIL FROM:<office@riverside.example>"
    assert first.endswith(b"RCPT TO:<alice@example.org>\r\nDATA\r\n")
    body, _, following = second.partition(b"\r\n.\r\n")
    assert b"X-Tocsin-Key: entry-alice" in body
    assert following.endswith(b"RCPT TO:<bob@example.org>\r\nDATA\r\n")
    assert third.endswith(b"\r\n.\r\n")
