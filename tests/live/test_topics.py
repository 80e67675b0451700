"""Whatever a live part shows moves its version, and nothing else does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from console.areas import route_table
from console.live.topics import BOARD, FOLLOWED, MESSAGE, MUSTER, Topic, version_of
from notifications.actions import broadcasts, dispatches
from notifications.alerting import Purpose
from notifications.models import Recipient
from tests import flow
from tests.delivery.scripted import accepted, answering, refused
from tests.guards import tree

pytestmark = pytest.mark.services

HERE = "/c/riverside/admin/"


class Seen:
    """What somebody has before them, and the version that goes with it."""

    def __init__(self, user: Any, topic: Topic, path: str) -> None:
        self.client, self.topic, self.path = Client(), topic, path
        self.client.force_login(user)
        self.moment = datetime.now(UTC)

    def now(self) -> tuple[str, str]:
        """The part as it is fetched, by a clock that stands still, and its version."""
        with time_machine.travel(self.moment, tick=False):
            answer = self.client.get(HERE + self.path)
        assert answer.status_code == 200
        return answer.content.decode(), version_of(self.topic)


def board(live, user) -> Seen:
    return Seen(user, Topic(BOARD, live.pk), f"emergencies/{live.uid}/now/")


def muster(live, user) -> Seen:
    path = f"emergencies/{live.uid}/muster/now/?tab=all"
    return Seen(user, Topic(MUSTER, live.pk), path)


def message(live, user) -> Seen:
    alert = live.dispatches.get(purpose=Purpose.ALERT)
    path = f"announcements/live/{alert.uid}/now/"
    return Seen(user, Topic(MESSAGE, alert.pk), path)


PARTS = [board, muster, message]


@pytest.fixture
def say(ada) -> Callable[..., Any]:
    """Ada puts somebody down on the muster."""

    def put_down(live, name, state, **more):
        person = Recipient.objects.get(name=name)
        return broadcasts.mark(live, person, state, by=ada, **more)

    return put_down


@pytest.mark.parametrize("part", PARTS)
def test_what_is_shown_never_changes_without_its_version(
    part, live, say, grace, otto, monkeypatch
):
    def alert():
        return live.dispatches.get(purpose=Purpose.ALERT)

    def deliver(answer):
        answering(monkeypatch, answer)
        flow.make_due()
        flow.deliver()

    steps = [
        lambda: say(live, "Ann", "safe"),
        lambda: say(live, "Ann", "help"),
        lambda: say(live, "Ann", "help", place="at the back stairs"),
        lambda: dispatches.pause(alert(), by=grace),
        lambda: dispatches.resume(alert(), by=grace),
        lambda: deliver(refused),
        lambda: say(live, "Di", "safe"),
        lambda: broadcasts.follow_up(live, Purpose.UPDATE, by=grace),
        lambda: deliver(accepted),
        lambda: broadcasts.stop(live, by=grace, reason="Next door"),
        lambda: broadcasts.follow_up(live, Purpose.SENT_IN_ERROR, by=grace),
    ]
    seen = part(live, otto)
    changes, (shown, version) = 0, seen.now()
    for step in steps:
        step()
        live.refresh_from_db()
        shows, moved = seen.now()
        assert shows == shown or moved != version
        changes += shows != shown
        shown, version = shows, moved
    assert changes >= 3


@pytest.mark.parametrize("part", PARTS)
def test_what_happens_elsewhere_moves_nothing(part, live, riverside, otto):
    seen = part(live, otto)
    before = seen.now()
    flow.fanned_out(riverside)
    assert seen.now() == before


def test_who_is_looked_for_is_not_asked_for_while_mails_go(live, otto, monkeypatch):
    """A muster shows answers alone: it is not fetched for every mail that leaves."""
    seen, other = muster(live, otto), board(live, otto)
    before, elsewhere = seen.now()[1], other.now()[1]
    answering(monkeypatch, accepted)
    flow.deliver()
    assert seen.now()[1] == before
    assert other.now()[1] != elsewhere


def test_a_version_tells_nothing_of_anybody(live, say, otto):
    say(live, "Ann", "help", place="at the back stairs")
    for part in PARTS:
        version = part(live, otto).now()[1]
        assert len(version) == 16
        assert int(version, 16) >= 0


def test_only_parts_that_can_be_fetched_are_followed_and_all_that_ask_for_it():
    assert FOLLOWED.keys() <= route_table().keys()
    asking = [
        name
        for name, text in tree.texts()
        if name.startswith("templates/") and "data-refresh-live" in text
    ]
    assert len(asking) == len(PARTS)
