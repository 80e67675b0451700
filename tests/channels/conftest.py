"""A mail server of the tests' own for every test that asks for `sink`."""

from __future__ import annotations

import pytest

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


def point_at(settings, sink: Sink) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = sink.port
    settings.EMAIL_TIMEOUT = 15
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_POOL = {}
