"""Browsers at Riverside, and the composer as it is sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from notifications import dispatching
from notifications.models import Announcement, Cluster, Dispatch, Zone
from tests import flow
from tests.personas import World, make_people, make_person, make_zone

HERE = "/c/riverside/admin/announcements/"
PEOPLE = 20

Browse = Callable[[Any], "Browser"]


class Browser:
    """Somebody signed in, who writes and sends as the page would."""

    def __init__(self, user: Any, slug: str = "riverside") -> None:
        self.client = Client()
        self.client.force_login(user)
        self.base = f"/c/{slug}/admin/announcements/"

    def get(self, path: str = "", **query: Any) -> Any:
        return self.client.get(f"{self.base}{path}", query)

    def post(self, path: str = "", **data: Any) -> Any:
        return self.client.post(f"{self.base}{path}", data)

    def write(self, path: str = "add/", **changes: Any) -> Any:
        """Send the composer with everything in it."""
        return self.post(path, **(written() | changes))

    def send(self, announcement: Announcement, **changes: Any) -> Any:
        """Press the button of the review page, as it shows now."""
        page = self.get(f"{announcement.uid}/review/")
        seen = {
            "version": page.context["announcement"].version,
            "expected_people": page.context["card"].will,
            "when": "now",
        }
        return self.post(f"{announcement.uid}/review/", **(seen | changes))


def written(**changes: Any) -> dict[str, Any]:
    """What the composer sends: a heading, to everyone, now."""
    return {
        "uid": str(uuid4()),
        "version": "1",
        "template": "",
        "template_version": "",
        "do": "save",
        "event": "announcement_posted",
        "subject": "Water off on Monday",
        "body-count": "1",
        "body-0-deleted": "",
        "body-0-order": "0",
        "body-0-type": "heading",
        "body-0-id": "",
        "body-0-value": "From nine to twelve",
        "who": "everyone",
        "when": "now",
        "send_at": "",
        "not_after": "",
    } | changes


@pytest.fixture
def browse(world: World) -> Browse:
    return Browser


@pytest.fixture
def heron(riverside: Cluster) -> Zone:
    """A zone with people, one of whom cannot be reached."""
    zone = make_zone(riverside, "Heron block")
    make_people(riverside, PEOPLE, zone=zone)
    make_person(riverside, "Nora Nomail", zone=zone)
    return zone


@pytest.fixture
def draft(heron: Zone, ada: Any, browse: Browse) -> Announcement:
    """Ada's, to everyone."""
    browse(ada).write()
    return Announcement.objects.get()


def sent_by(user: Any, announcement: Announcement) -> Dispatch:
    """Let it out by the console, and write everybody down."""
    Browser(user).send(announcement)
    dispatch = Dispatch.objects.get(is_test=False, parent=None)
    dispatching.fan_out(dispatch.pk)
    dispatch.refresh_from_db()
    return dispatch


def delivered(dispatch: Dispatch) -> Dispatch:
    """Let a worker do its work."""
    flow.deliver()
    dispatch.refresh_from_db()
    return dispatch
