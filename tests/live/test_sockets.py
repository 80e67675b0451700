"""Who may follow a live part: whoever may fetch it, from a page of our own."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import OperationalError

from console.live import sockets
from tests.live.wire import board_of, let_in, run, socket
from tests.live.wire import still as still

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]

NOBODY = "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize("who", ["otto", "ada", "grace", "mona"])
@pytest.mark.parametrize("part", ["now/", "muster/now/"])
def test_whoever_may_read_the_board_may_follow_it(live, world, who, part):
    path = f"/c/riverside/admin/emergencies/{live.uid}/{part}"
    assert let_in(getattr(world, who), path)


def test_the_page_of_a_message_is_followed_too(live, otto):
    uid = live.dispatches.get().uid
    path = f"/c/riverside/admin/announcements/live/{uid}/now/"
    assert let_in(otto, path)


def test_nobody_who_is_not_signed_in_follows_anything(live):
    assert not let_in(None, board_of(live))


def test_a_session_that_is_over_is_none(live, otto):
    asked = socket(otto, board_of(live))
    Session.objects.all().delete()

    async def scenario():
        return await asked.connect()

    assert not run(scenario)


@pytest.mark.parametrize(
    "origin",
    [
        None,
        "null",
        "http://elsewhere.example",
        "http://testserver.elsewhere.example",
        "http://testserver:8001",
        "http://[",
        "http://",
    ],
)
def test_no_page_from_elsewhere_opens_a_socket(live, otto, origin):
    assert not let_in(otto, board_of(live), origin)


def test_behind_a_proxy_our_page_is_known_by_its_public_address(
    live, otto, monkeypatch
):
    monkeypatch.setattr(settings, "BASE_URL", "https://tocsin.example:8443")
    assert let_in(otto, board_of(live), settings.BASE_URL)


def test_what_is_not_there_and_what_is_somebody_elses_are_refused_alike(live, world):
    nothing = board_of(SimpleNamespace(uid=NOBODY))
    answers = [
        let_in(world.otto, nothing),
        # Hilltop's manager, at Riverside's address and at her own.
        let_in(world.mallory, board_of(live)),
        let_in(world.mallory, board_of(live, slug="hilltop")),
        # Riverside's auditor in Hilltop, in no cluster, in the world of drills.
        let_in(world.otto, board_of(live, slug="hilltop")),
        let_in(world.otto, board_of(live, slug="nowhere")),
        let_in(world.otto, board_of(live).removeprefix("/c/riverside")),
        let_in(world.otto, board_of(live, world="drills")),
        # A platform admin is no member.
        let_in(world.pia, board_of(live)),
    ]
    assert not any(answers)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/admin/",
        "/health/",
        "/c/riverside/admin/",
        "/c/riverside/admin/emergencies/",
        "/c/riverside/admin/emergencies/x/now/",
        "/c/riverside/admin/emergencies/\0/now/",
        "/c/riverside/admin/no/such/page/",
        "/c/riverside/admin/../admin/",
    ],
)
def test_no_other_address_has_a_socket(live, otto, path):
    assert not let_in(otto, path)


def test_a_database_that_is_away_lets_nobody_in_and_breaks_nothing(
    live, otto, monkeypatch
):
    def away(scope):
        raise OperationalError

    monkeypatch.setattr(sockets, "followed_by", away)
    assert not let_in(otto, board_of(live))
