"""Where the mail server is and what it may be asked for, by settings or address."""

from __future__ import annotations

import pytest

from notifications.channels.checks import check_channels
from notifications.channels.email import EmailChannel
from notifications.channels.email.server import MailServer, UnusableServer

LIMITS = {"connections": 64, "per_connection": 200, "rate": 0.5}


def test_an_address_says_all():
    url = "smtp+tls://user%40host:p%2Fw@mail.example:2525?connections=64"
    url += "&per_connection=200&rate=0.5&timeout=7&name=first"
    server = MailServer.from_url(url)
    assert server == MailServer(
        host="mail.example",
        port=2525,
        username="user@host",
        password="p/w",
        use_tls=True,
        timeout=7,
        name="first",
        **LIMITS,
    )


@pytest.mark.parametrize(
    ("scheme", "port", "starttls", "tls"),
    [
        ("smtp", 25, False, False),
        ("smtp+tls", 587, True, False),
        ("smtps", 587, True, False),
        ("smtp+ssl", 465, False, True),
    ],
)
def test_each_scheme_has_its_port_and_encryption(scheme, port, starttls, tls):
    server = MailServer.from_url(f"{scheme}://mail.example")
    assert (server.port, server.use_tls, server.use_ssl) == (port, starttls, tls)


def test_the_settings_say_the_same(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.example", 2525
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "user", "secret"
    settings.EMAIL_USE_TLS, settings.EMAIL_USE_SSL = True, False
    settings.EMAIL_TIMEOUT = 7
    settings.EMAIL_POOL = LIMITS
    url = "smtp+tls://user:secret@mail.example:2525"
    url += "?connections=64&per_connection=200&rate=0.5"
    assert MailServer.from_settings() == MailServer.from_url(url)


def test_without_limits_in_the_settings_there_are_sane_ones(settings):
    del settings.EMAIL_POOL
    server = MailServer.from_settings()
    assert (server.connections, server.per_connection, server.rate) == (8, 1_000, 0)


BAD = [
    ("http://mail.example", "begins with no smtp"),
    ("smtp://:secret@", "no host"),
    ("smtp://mail.example:secret", "is none"),
    ("smtp://mail.example?connections=many", "connections is not a number"),
    ("smtp://mail.example?connections=0", "connections must be a whole number"),
    ("smtp://mail.example?per_connection=1.5", "per_connection must be a whole"),
    ("smtp://mail.example?rate=-1", "rate must be a number, at least 0"),
    ("smtp://mail.example?rate=nan", "rate must be a number"),
    ("smtp://mail.example?timeout=inf", "timeout must be a number"),
    ("smtp://mail.example?tls=1", "has no tls"),
]


@pytest.mark.parametrize(("url", "reason"), BAD)
def test_an_address_that_cannot_be_says_why_and_no_secret(url, reason):
    with pytest.raises(UnusableServer, match=reason) as found:
        EmailChannel(url=url)
    assert "secret" not in str(found.value)


def test_a_server_shows_no_password():
    server = MailServer.from_url("smtp://user:secret@mail.example")
    assert "secret" not in repr(server)
    assert "user" not in repr(server)


@pytest.mark.parametrize(
    "pool", [{"connections": "many"}, {"connections": 0}, {"speed": 1}, {"rate": -1}]
)
def test_limits_that_cannot_be_are_found_before_the_start(settings, pool):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_POOL = pool
    # Texts go through the same server, so that they cannot be sent either.
    found = {each.id: each for each in check_channels(None)}["tocsin.E047"]
    assert "connections=8" in (found.hint or "")


def test_a_providers_address_that_cannot_be_is_found_too(settings):
    settings.TOCSIN_CHANNELS = {
        "email": [
            {
                "name": "second",
                "class": "notifications.channels.email.EmailChannel",
                "options": {"url": "smtp://user:secret@mail.example?rate=fast"},
            }
        ]
    }
    (found,) = check_channels(None)
    assert found.id == "tocsin.E046"
    assert "rate is not a number" in found.msg
    assert "secret" not in found.msg
