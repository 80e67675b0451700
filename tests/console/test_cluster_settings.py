"""Settings of a cluster: by managers, on record, and never half a pair of hours."""

from __future__ import annotations

from datetime import time
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from notifications.actions import clusters
from notifications.actions.logos import read_logo
from notifications.errors import NotAllowed, Refused
from notifications.models import Cluster
from tests.personas import World

from .conftest import SignIn

SETTINGS = "/c/riverside/admin/clusters/settings/"


@pytest.fixture(autouse=True)
def own_media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 20)) -> bytes:
    written = BytesIO()
    Image.new("RGB", size, "teal").save(written, kind)
    return written.getvalue()


def filled(world: World, **changes: Any) -> dict[str, Any]:
    return {
        "name": "Riverside Quay",
        "time_zone": "Europe/London",
        "language": "en",
        "currency": "GBP",
        "phone_region": "GB",
        "sender_name": "Riverside Quay",
        "sender_email": "riverside@example.org",
        "reply_to": "",
        "postal_address": "",
        "colour": "#1f4e5f",
        "quiet_from": "",
        "quiet_until": "",
        "break_glass_minutes": "10",
        "retention_days": "2555",
    } | changes


def test_a_manager_changes_settings_and_history_says_which(
    world: World, sign_in: SignIn
) -> None:
    given = filled(
        world,
        time_zone="Asia/Dubai",
        currency="aed",
        quiet_from="22:00",
        quiet_until="07:30",
        requires_approval="on",
    )
    answer = sign_in(world.mona).post(SETTINGS, given)
    assert answer.status_code == 302
    saved = Cluster.objects.get(slug="riverside")
    assert (saved.time_zone, saved.currency) == ("Asia/Dubai", "AED")
    assert (saved.quiet_from, saved.quiet_until) == (time(22), time(7, 30))
    assert saved.requires_approval
    row = saved.history.latest("history_id")
    assert row.history_change_reason.startswith("Changed: time zone, currency")
    assert row.actor_label == "Mona"


class Fields(HTMLParser):
    """The named inputs and choices of a page, as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "select":
            self.select = name
        elif tag == "option" and "selected" in given:
            self.values[self.select] = value
        elif tag == "input" and given.get("type") not in ("file", "checkbox"):
            self.values.setdefault(name, value)
        elif tag == "input" and "checked" in given:
            self.values[name] = "on"


def test_a_page_that_was_open_for_long_undoes_nothing_of_a_colleague(
    world: World, sign_in: SignIn
) -> None:
    client = sign_in(world.mona)
    stale = Fields(client.get(SETTINGS).text).values
    clusters.change(
        world.riverside, {"requires_approval": True, "currency": "EUR"}, by=world.mona
    )
    clusters.change(
        world.riverside,
        {"quiet_from": time(22), "quiet_until": time(7)},
        by=world.mona,
    )
    refused = client.post(SETTINGS, stale | {"postal_address": "1 Quay", "colour": "x"})
    assert "Such as #1f4e5f." in refused.text
    again = Fields(refused.text).values | {"colour": "#1f4e5f"}
    assert client.post(SETTINGS, again).status_code == 302
    saved = Cluster.objects.get(slug="riverside")
    assert saved.postal_address == "1 Quay"
    assert saved.requires_approval
    assert (saved.currency, saved.quiet_from) == ("EUR", time(22))


def test_a_rule_can_still_be_taken_back(world: World, sign_in: SignIn) -> None:
    clusters.change(world.riverside, {"requires_approval": True}, by=world.mona)
    client = sign_in(world.mona)
    shown = Fields(client.get(SETTINGS).text).values
    assert shown.pop("requires_approval") == "on"
    client.post(SETTINGS, shown)
    assert not Cluster.objects.get(slug="riverside").requires_approval


def test_nothing_changed_writes_no_history(world: World, sign_in: SignIn) -> None:
    before = world.riverside.history.count()
    sign_in(world.mona).post(SETTINGS, filled(world))
    assert world.riverside.history.count() == before


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("quiet_from", "22:00", "Give both times, or leave both empty."),
        ("time_zone", "Mars/Olympus", "Select a valid choice"),
        ("currency", "POUNDS", "Ensure this value has at most 3"),
        ("sender_email", "not an address", "Enter a valid email address"),
        ("colour", "red", "Such as #1f4e5f."),
        ("name", "hilltop house", "This name is taken"),
        ("retention_days", "3", "greater than or equal to 30"),
        ("name", "", "This field is required"),
    ],
)
def test_what_cannot_be_is_said_at_the_field_and_changes_nothing(
    world: World, sign_in: SignIn, field: str, value: str, sentence: str
) -> None:
    answer = sign_in(world.mona).post(SETTINGS, filled(world, **{field: value}))
    assert answer.status_code == 200
    assert sentence in answer.text
    row = Cluster.objects.get(slug="riverside")
    assert getattr(row, field) == getattr(world.riverside, field)
    # The frame still shows the cluster as it is, not as it was typed.
    assert "Riverside Quay" in answer.text


def test_others_read_the_settings(world: World, sign_in: SignIn) -> None:
    answer = sign_in(world.otto).get(SETTINGS)
    assert "Europe/London" in answer.text
    assert "<form" not in answer.text.split('id="main"')[1]
    assert sign_in(world.ada).post(SETTINGS, filled(world)).status_code == 403


def test_the_action_asks_for_the_role_itself(world: World) -> None:
    for user in (world.ada, world.grace, world.otto, world.mallory, world.pia):
        with pytest.raises(NotAllowed):
            clusters.change(world.riverside, {"name": "Mine"}, by=user)


def test_a_logo_is_put_up_and_taken_down(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.mona)
    upload = SimpleUploadedFile("our logo.png", picture(), "image/png")
    client.post(SETTINGS, filled(world, picture=upload))
    up = Cluster.objects.get(slug="riverside").logo
    assert up.name.startswith("logos/")
    answer = client.get(up.url)
    assert answer.status_code == 200
    assert answer.content.startswith(b"\x89PNG")
    client.post(SETTINGS, filled(world, without_logo="on"))
    assert not Cluster.objects.get(slug="riverside").logo
    # Mails that were sent still show it.
    again = client.get(up.url)
    assert again.status_code == 200


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a PNG or JPEG"),
        (b"", "not a PNG or JPEG"),
        (picture()[:60], "damaged"),
        (picture("GIF"), "not a PNG or JPEG"),
        (picture(size=(5000, 10)), "4 000 pixels"),
        (b"\x89PNG" + bytes(3 * 1024 * 1024), "larger than 2 MB"),
    ],
)
def test_what_is_no_logo_is_refused_with_a_sentence(
    world: World, sign_in: SignIn, data: bytes, sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        read_logo(data)
    upload = SimpleUploadedFile("logo.png", data or b" ", "image/png")
    answer = sign_in(world.mona).post(SETTINGS, filled(world, picture=upload))
    assert answer.status_code == 200
    assert not Cluster.objects.get(slug="riverside").logo


def test_a_logo_keeps_nothing_that_was_hidden_in_it() -> None:
    hidden = picture("JPEG") + b"<?php evil ?>"
    kept = read_logo(hidden)
    assert b"php" not in kept.file.read()
    assert kept.filename == "logo.jpg"
