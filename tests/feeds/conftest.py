"""Riverside listens to a weather service."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from functools import partial
from typing import Any

import pytest

from notifications.actions import feeds
from notifications.actions.feeds import Wanted
from notifications.actions.scenarios import scenarios_of
from notifications.audience import Criteria
from notifications.inbound import Fetched, fetch
from notifications.models import AlertFeed
from tests.personas import make_person, make_zone

from .server import Publisher


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for loopback, and the file that vouches for it."""
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


@pytest.fixture
def publisher(certificate, monkeypatch):
    context, file = certificate
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with Publisher(context) as publisher:
        yield publisher


#: Only here may anybody ask on loopback: by saying so, address by address.
on_loopback = partial(fetch, allowed=lambda address: address == "127.0.0.1")


@pytest.fixture(autouse=True)
def both_channels(settings):
    way = "notifications.channels.email.EmailChannel"
    settings.TOCSIN_CHANNELS = {"sms": way, "email": way}


@pytest.fixture
def heron(riverside):
    heron = make_zone(riverside, "Heron block")
    make_person(riverside, "Ann", email="ann@example.org", zone=heron)
    return heron


@pytest.fixture
def wanted(riverside, heron) -> Wanted:
    return Wanted(
        name="Weather Office",
        url="https://weather.example/alerts",
        scenario=scenarios_of(riverside).get(slug="severe-weather"),
        criteria=Criteria(zones=(heron.pk,)),
    )


@pytest.fixture
def feed(riverside, wanted, mona) -> AlertFeed:
    return feeds.create(riverside, wanted, by=mona)


class Given:
    """Documents by address, in the place of the wire."""

    def __init__(self, **documents: bytes) -> None:
        self.documents = documents
        self.asked: list[str] = []

    def __call__(self, url: str, **known: Any) -> Fetched:
        self.asked.append(url.rpartition("/")[2])
        return Fetched(self.documents[self.asked[-1]], "tag", "then")


def ask(feed: AlertFeed, *messages: bytes) -> None:
    """What the feed says, one document after the other, as its turn comes."""
    for message in messages:
        AlertFeed.objects.filter(pk=feed.pk).update(due_at="2020-01-01T00:00:00Z")
        feeds.poll(feed.pk, fetch=Given(alerts=message))
