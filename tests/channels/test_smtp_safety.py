"""Mail goes encrypted and signed in where the settings say so, or it does not go.

Every server here is a real one on this machine.
"""

from __future__ import annotations

import random
import shutil
import ssl
import subprocess

import pytest

from notifications.channels import Outcome
from tests.channels.letters import letter, letters, outcomes, send
from tests.channels.sink import Drop, Refuse, Sink


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    if not (openssl := shutil.which("openssl")):
        pytest.skip("openssl is not on this machine: TLS is not tested")
    folder = tmp_path_factory.mktemp("tls")
    both = [folder / "cert.pem", folder / "key.pem"]
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    command += ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    command += ["-out", str(both[0]), "-keyout", str(both[1])]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*both)
    return context, both[0]


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_mail_goes_encrypted_and_signed_in_when_the_settings_say_so(
    settings, monkeypatch, certificate, send_to, way
):
    context, file = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with Sink(**{way: context}, password="secret") as sink:
        send_to(sink)
        settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = way == "starttls", way == "tls"
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tocsin", "secret"
        receipts = send(*letters("alice", "bob"))
    assert set(outcomes(receipts).values()) == {"accepted"}
    assert sink.signed_in == ["tocsin"]


def test_a_certificate_nobody_vouches_for_stops_the_mail(
    settings, send_to, certificate
):
    with Sink(starttls=certificate[0]) as sink:
        send_to(sink)
        settings.EMAIL_USE_TLS = True
        receipts = send(*letters("alice", "bob"))
    assert outcomes(receipts) == {"alice": "temporary", "bob": "temporary"}
    assert "TLS failed" in receipts[0].reason
    assert sink.keys() == []


def test_mail_is_never_sent_in_the_clear_when_tls_was_asked_for(sink, settings):
    settings.EMAIL_USE_TLS = True
    (receipt,) = send(letter("alice"))
    assert receipt.outcome is Outcome.TEMPORARY
    assert "does not offer the encryption" in receipt.reason
    assert sink.keys() == []


def test_a_wrong_password_fails_nobody_for_good(settings, send_to):
    with Sink(password="secret") as sink:
        send_to(sink)
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "tocsin", "wrong"
        receipts = send(*letters("alice", "bob"))
    assert outcomes(receipts) == {"alice": "temporary", "bob": "temporary"}
    assert receipts[0].reason == "the mail server refused our user name or password"


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_through_encrypted_connections_each_message_has_its_own_fate_too(
    settings, monkeypatch, certificate, send_to, way, pipelining
):
    context, file = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    people = [f"person{number}" for number in range(60)]
    expected = dict.fromkeys(people, "accepted")
    chance = random.Random(7)  # noqa: S311 - the same faults every time
    with Sink(**{way: context}, pipelining=pipelining) as sink:
        send_to(sink)
        settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = way == "starttls", way == "tls"
        settings.EMAIL_POOL = {"connections": 8}
        for name in chance.sample(people, 20):
            fault, outcome = chance.choice(
                [
                    (Drop("DOT"), "unknown"),
                    (Drop("RCPT"), "temporary"),
                    (Refuse(550, "never", "RCPT"), "permanent"),
                ]
            )
            sink.faults[f"{name}@example.org"] = fault
            expected[name] = outcome
        receipts = send(*letters(*people))
    assert outcomes(receipts) == expected
    assert len(sink.keys()) == len(set(sink.keys()))


@pytest.mark.parametrize("way", ["starttls", "tls"])
def test_a_large_mail_arrives_whole_through_encryption(
    settings, monkeypatch, certificate, send_to, way
):
    context, file = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    text = "so many words, ünd söme more\n" * 100_000
    with Sink(**{way: context}) as sink:
        send_to(sink)
        settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = way == "starttls", way == "tls"
        receipts = send(*(letter(name, text=text) for name in ("alice", "bob")))
    assert set(outcomes(receipts).values()) == {"accepted"}
    for arrived in sink.arrived:
        body = arrived.message.get_body(("plain",))
        assert body is not None
        assert body.get_content().replace("\r\n", "\n") == text
