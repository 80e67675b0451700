"""The screens of opt-outs: the list, recording one, its page, lifting it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from notifications.actions import opt_outs
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import Export, OptOut, OptOutSource, Recipient
from tests.opt_outs.planned import make_dispatch, plan, status_of
from tests.personas import World, make_person

pytestmark = pytest.mark.django_db

OPT_OUTS = "/c/riverside/admin/opt-outs/"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(world: World) -> Client:
    return signed_in(world.mona)


@pytest.fixture
def anna(world: World) -> Recipient:
    return make_person(
        world.riverside, "Anna Berg", email="anna@example.org", unit="2B"
    )


def page(client: Client, url: str = OPT_OUTS, **query: Any) -> str:
    response = client.get(url, query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_an_empty_list_teaches(desk: Client) -> None:
    assert "Nobody has opted out" in page(desk)


def test_staff_record_what_somebody_asked_for(
    desk: Client, anna: Recipient, world: World
) -> None:
    entry = plan(make_dispatch(world.riverside), anna)
    found = page(desk, f"{OPT_OUTS}add/", q="2b")
    assert f"person={anna.pk}" in found
    response = desk.post(
        f"{OPT_OUTS}add/?person={anna.pk}",
        {
            "category": "announcements",
            "channel": "",
            "reason": "Asked at the desk",
            "evidence": "Form of 3 May",
            "until": "2099-05-03",
        },
    )
    assert response.status_code == 302
    row = OptOut.objects.get()
    assert (row.source, row.evidence) == (OptOutSource.STAFF, "Form of 3 May")
    assert row.created_by == world.mona
    # The end of that day in the cluster's own time zone, which is BST by then.
    assert row.expires_at.isoformat() == "2099-05-03T23:00:00+00:00"
    assert status_of(entry) == (EntryStatus.SKIPPED, SkipReason.OPTED_OUT)
    text = page(desk, f"{OPT_OUTS}{row.pk}/")
    assert "Asked at the desk" in text
    assert "Form of 3 May" in text


def test_a_reason_and_a_day_to_come_are_asked_for(
    desk: Client, anna: Recipient
) -> None:
    url = f"{OPT_OUTS}add/?person={anna.pk}"
    assert desk.post(url, {"category": "", "channel": ""}).status_code == 400
    past = desk.post(url, {"reason": "Asked", "until": str(date(2001, 1, 1))})
    assert "The end lies in the past" in past.content.decode()
    assert not OptOut.objects.exists()


def test_emergencies_cannot_be_refused(desk: Client, anna: Recipient) -> None:
    url = f"{OPT_OUTS}add/?person={anna.pk}"
    response = desk.post(url, {"category": "emergency", "reason": "Asked"})
    assert response.status_code == 400
    assert not OptOut.objects.exists()


def test_the_list_is_filtered_and_shows_lifted_ones_when_asked(
    desk: Client, anna: Recipient, world: World
) -> None:
    bo = make_person(world.riverside, "Bo Dahl", email="bo@example.org")
    hugo = make_person(world.hilltop, "Hugo Hill", email="hugo@example.org")
    opt_outs.opt_out(world.riverside, anna, source="link", category="newsletter")
    lifted = opt_outs.opt_out(world.riverside, bo, source="one_click", channel="email")
    opt_outs.lift(lifted, reason="By mistake")
    opt_outs.opt_out(world.hilltop, hugo, source="link")
    text = page(desk)
    assert "Anna Berg" in text
    assert "Bo Dahl" not in text
    assert "Hugo Hill" not in text
    assert "Bo Dahl" in page(desk, lifted="on", source="one_click")
    assert "Anna Berg" not in page(desk, category="payments")
    assert "No opt-out matches" in page(desk, q="zzz")


def test_lifting_asks_why_and_shows_who_did_it(
    desk: Client, anna: Recipient, world: World
) -> None:
    row = opt_outs.opt_out(world.riverside, anna, source="link")
    url = f"{OPT_OUTS}{row.pk}/"
    assert desk.post(f"{url}lift/", {}).status_code == 400
    assert desk.post(f"{url}lift/", {"reason": "Called"}).status_code == 302
    row.refresh_from_db()
    assert row.lift_reason == "Called"
    text = page(desk, url)
    assert "Opt-out lifted: Everything" in text
    assert "Mona" in text
    assert desk.get(f"{url}lift/").url == url


def test_auditors_and_authors_read_and_record_nothing(
    anna: Recipient, world: World
) -> None:
    row = opt_outs.opt_out(world.riverside, anna, source="link")
    for user in (world.otto, world.ada, world.grace):
        client = signed_in(user)
        text = page(client) + page(client, f"{OPT_OUTS}{row.pk}/")
        assert "/lift/" not in text
        assert "Record an opt-out" not in text
        for url in (f"{OPT_OUTS}{row.pk}/lift/", f"{OPT_OUTS}add/?person={anna.pk}"):
            assert client.post(url, {"reason": "x"}).status_code == 403
    assert row.is_in_force


def test_what_belongs_to_another_cluster_is_not_there(
    desk: Client, world: World
) -> None:
    hugo = make_person(world.hilltop, "Hugo Hill", email="hugo@example.org")
    row = opt_outs.opt_out(world.hilltop, hugo, source="link")
    assert desk.get(f"{OPT_OUTS}{row.pk}/").status_code == 404
    assert desk.post(f"{OPT_OUTS}{row.pk}/lift/", {"reason": "x"}).status_code == 404
    assert desk.get(f"{OPT_OUTS}add/?person={hugo.pk}").status_code == 404
    assert "Hugo" not in page(desk, f"{OPT_OUTS}add/", q="hugo")


def test_the_list_is_taken_away_as_a_file(
    desk: Client, anna: Recipient, world: World
) -> None:
    opt_outs.opt_out(world.riverside, anna, source="link")
    desk.post(f"{OPT_OUTS}export/", {"format": "csv", "lifted": "True"})
    wanted = Export.objects.get()
    assert (wanted.kind, wanted.filters) == ("opt_outs", {"lifted": True})
