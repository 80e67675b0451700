"""Whatever goes wrong on the way of a message, process logs name nobody."""

from __future__ import annotations

import json
import logging
from io import StringIO

import pytest
from django.db import IntegrityError
from django.test import Client

from notifications import links
from notifications.logs import JsonFormatter
from notifications.models import ContactPoint
from notifications.tasks import queues, sweeping
from notifications.tasks.sweeping import Sweeper
from tests import flow
from tests.channels.conftest import point_at
from tests.channels.faults import Drop, Refuse
from tests.channels.sink import Sink
from tests.delivery.scripted import answering
from tests.personas import make_person

pytestmark = pytest.mark.services

NAMES = ("Quentin", "Zweigelt", "Ottilie", "Wunderlich")
WORDS = ("Water off", "From 9 to 12", "Dear")


class Lines:
    """What the production settings would write, from everything that speaks."""

    def __init__(self, stream: StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        return self._stream.getvalue()

    def all(self) -> list[dict]:
        return [json.loads(line) for line in self.text.splitlines()]

    def names_nobody(self) -> bool:
        secret = (*NAMES, *WORDS, "@", "example.org")
        assert [word for word in secret if word in self.text] == []
        return True


@pytest.fixture
def lines():
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    # More than production says: all that Tocsin and its queue have to say.
    levels = {"": "WARNING", "tocsin": "DEBUG", "huey": "DEBUG", "django": "INFO"}
    loggers = {name: logging.getLogger(name) for name in levels}
    before = {name: logger.level for name, logger in loggers.items()}
    loggers[""].addHandler(handler)
    for name, level in levels.items():
        loggers[name].setLevel(level)
    yield Lines(stream)
    loggers[""].removeHandler(handler)
    for name, level in before.items():
        loggers[name].setLevel(level)


@pytest.fixture
def two(riverside):
    for name in ("Quentin Zweigelt", "Ottilie Wunderlich"):
        first, last = name.lower().split()
        make_person(
            riverside, name, email=f"{first}.{last}@example.org", first_name=first
        )


def test_a_send_with_failures_at_every_stage(riverside, two, settings, lines):
    for fault in (
        Refuse(550, "<quentin.zweigelt@example.org> Quentin Zweigelt is unknown here"),
        Refuse(451, "ottilie.wunderlich@example.org: Water off? Later!", at="DOT"),
        Refuse(421, "No more for quentin.zweigelt@example.org"),
        Drop("DOT"),
        Drop("RCPT"),
    ):
        with Sink() as sink:
            point_at(settings, sink)
            sink.faults["quentin.zweigelt@example.org"] = fault
            dispatch = flow.fanned_out(riverside)
            flow.deliver()
        # Something failed, was tried again or became unknown.
        assert set(flow.statuses(dispatch)) - {"sent"}
    assert lines.names_nobody()


def test_a_mail_server_that_is_not_there(riverside, two, settings, lines):
    with Sink() as sink:
        point_at(settings, sink)
    flow.fanned_out(riverside)
    flow.deliver()
    assert lines.names_nobody()


def test_a_channel_that_raises_with_an_address_in_its_words(
    riverside, two, monkeypatch, lines
):
    def raise_it(message):
        raise ValueError(f"cannot send {message.subject} to {message.to}")

    answering(monkeypatch, raise_it)
    flow.fanned_out(riverside)
    flow.deliver()
    assert "ERROR" in {line["level"] for line in lines.all()}
    assert lines.names_nobody()


def test_a_step_of_the_sweep_that_breaks_on_somebodys_row(
    riverside, two, monkeypatch, lines
):
    def break_it(*args):
        try:
            ContactPoint.objects.get(value__startswith="quentin").undo()
        except AttributeError as problem:
            raise IntegrityError(
                "DETAIL: Key (value)=(quentin.zweigelt@example.org) already exists."
            ) from problem

    monkeypatch.setattr(sweeping.delivery, "expire_due", break_it)
    Sweeper(queues.main).sweep()
    (line,) = [line for line in lines.all() if "error" in line]
    assert line["error"]["kind"] == "IntegrityError"
    assert "break_it" in line["error"]["where"][-1]
    assert line["error"]["because"]["kind"] == "AttributeError"
    assert line["worker"] == queues.worker_name()
    assert lines.names_nobody()


def test_a_personal_link_that_leads_nowhere_is_not_kept(db, lines):
    token = links.sign_entry(4711)
    assert Client().get(f"/p/unsubscribed/{token}/").status_code == 404
    assert Client().get(f"/admin/clusters/welcome/MQ/{token}").status_code >= 300
    (line,) = [line for line in lines.all() if line["logger"] == "django.request"][:1]
    assert (line["message"], line["status"]) == ("Not Found", 404)
    assert token not in lines.text
