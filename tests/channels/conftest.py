"""A mail server, or a mail provider, of the tests' own for every test that asks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from notifications.channels.routes import Routes
from tests.channels.esp import Provider
from tests.channels.scripted import Clock, Loft
from tests.channels.scripted import provider as described
from tests.channels.sink import Sink


@pytest.fixture
def sink(settings):
    with Sink() as sink:
        point_at(settings, sink)
        yield sink


@pytest.fixture
def send_to(settings):
    """Points the mail settings at a sink that the test made itself."""
    return lambda sink: point_at(settings, sink)


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    """Takes mail as Mailgun does."""
    with Provider() as found:
        settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
        settings.ANYMAIL = {
            "MAILGUN_API_KEY": "key",
            "MAILGUN_API_URL": f"{found.url}v3",
            "REQUESTS_TIMEOUT": 1,
        }
        yield found


@pytest.fixture
def lofts(settings) -> tuple[Loft, Loft]:
    found = Loft(), Loft()
    table = [described("first", found[0]), described("second", found[1])]
    settings.TOCSIN_CHANNELS = {"email": table}
    return found


@pytest.fixture
def alone(settings) -> Loft:
    found = Loft()
    settings.TOCSIN_CHANNELS = {"email": [described("only", found)]}
    return found


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def routes(clock) -> Iterator[Routes]:
    with Routes(clock) as found:
        yield found


def point_at(settings, sink: Sink) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = sink.port
    settings.EMAIL_TIMEOUT = 15
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_POOL = {}
