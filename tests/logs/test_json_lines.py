"""What a line of the log holds."""

from __future__ import annotations

import json
import logging
import re
from datetime import datetime

import pytest

from notifications import logs
from notifications.actors import Actor, ActorKind, acting


def line(message: str, *args: object, extra: dict | None = None, error=None) -> dict:
    logger = logging.getLogger("tocsin.tests")
    info = (type(error), error, error.__traceback__) if error else None
    record = logger.makeRecord(
        logger.name, logging.WARNING, "here.py", 1, message, args, info, extra=extra
    )
    return json.loads(logs.JsonFormatter().format(record))


def test_it_says_when_what_and_who():
    told = line("batch %s went to another worker", 12)
    assert datetime.fromisoformat(told["time"]).tzinfo is not None
    assert told["level"] == "WARNING"
    assert told["logger"] == "tocsin.tests"
    assert told["message"] == "batch 12 went to another worker"


def test_keys_come_from_the_work_at_hand_the_actor_and_the_call():
    worker = Actor(ActorKind.WORKER, None, "quay:1")
    with acting(worker), logs.about(dispatch=7), logs.about(batch=12):
        told = line("slow", extra={"entry": 99, "address": "bob@example.org"})
    assert told["dispatch"] == 7
    assert told["batch"] == 12
    assert told["entry"] == 99
    assert told["worker"] == "quay:1"
    assert "address" not in told


def test_keys_are_gone_when_the_work_is():
    with logs.about(dispatch=7):
        pass
    assert "dispatch" not in line("idle")


def test_staff_are_not_named():
    with acting(Actor(ActorKind.STAFF, 5, "Ada Lindholm")):
        assert "Ada" not in json.dumps(line("saved"))


@pytest.mark.parametrize(
    "text",
    [
        "could not reach bob@example.org",
        "RCPT TO:<bob@example.org> was refused",
        "'bob@example.org'",
        "to +44 7700 900123 at once",
        "to +447700900123",
    ],
)
def test_what_looks_like_an_address_is_blotted_out(text):
    told = line("%s", text)["message"]
    assert "bob" not in told
    assert "900123" not in told
    assert "•••" in told


def test_one_line_however_many_there_are_in_the_message():
    assert line("one\ntwo")["message"] == "one\ntwo"


def test_an_error_is_told_by_kind_and_place_and_never_in_its_words():
    def fail():
        raise ValueError("bob@example.org is Robert")

    try:
        fail()
    except ValueError as problem:
        told = line("it failed", error=problem)
    assert told["error"]["kind"] == "ValueError"
    assert re.fullmatch(
        r"tests/logs/test_json_lines\.py:\d+ fail", told["error"]["where"][-1]
    )
    assert "Robert" not in json.dumps(told)


def test_the_innermost_places_of_an_error_are_enough():
    def fail(depth: int) -> None:
        if not depth:
            raise ValueError
        fail(depth - 1)

    try:
        fail(50)
    except ValueError as problem:
        told = line("it failed", error=problem)
    assert len(told["error"]["where"]) == logs.MOST_FRAMES


def test_production_writes_such_lines(monkeypatch):
    from console.settings import production

    formatters = production.LOGGING["formatters"]
    assert production.LOGGING["handlers"]["console"]["formatter"] in formatters
    assert formatters["plain"]["()"] == "notifications.logs.JsonFormatter"
