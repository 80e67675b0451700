"""Home says what needs me, what is going out, and what the last days brought."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.lifecycle import (
    AnnouncementStatus,
    DispatchStatus,
    EntryStatus,
    ImportStatus,
)
from notifications.models import (
    Announcement,
    NotificationLog,
    RecipientImport,
    WorkerBeat,
)
from tests import flow
from tests.personas import World, make_people, make_person
from tests.sent import make_dispatch

from .conftest import SignIn

HOME = "/c/riverside/admin/"
NOW = "/c/riverside/admin/home/now/"


def announced(world: World, subject: str, status: str, **fields: object) -> None:
    given = {"created_by": world.ada, "last_edited_by": world.ada} | fields
    Announcement.objects.create(
        cluster=world.riverside, subject=subject, status=status, **given
    )


def test_a_calm_day_says_so(world: World, sign_in: SignIn) -> None:
    make_person(world.riverside, "Anna")
    text = sign_in(world.otto).get(HOME).text
    assert "Nothing. Nobody waits for you." in text
    assert "Nothing is going out just now." in text


def test_a_cluster_without_people_is_told_how_to_begin(
    world: World, sign_in: SignIn
) -> None:
    assert "Nobody lives here yet" in sign_in(world.mona).get(HOME).text


def test_held_announcements_come_to_who_may_release_them(
    world: World, sign_in: SignIn
) -> None:
    status = AnnouncementStatus.HELD
    announced(world, "Lift works", status, held_reason="It was due an hour ago.")
    assert "It was due an hour ago." in sign_in(world.ada).get(HOME).text
    assert "Lift works" not in sign_in(world.otto).get(HOME).text


def test_what_is_paused_comes_to_who_may_resume_it(
    world: World, sign_in: SignIn
) -> None:
    make_dispatch(
        world.riverside,
        "Lift works",
        status=DispatchStatus.PAUSED,
        paused_reason="Restored from a backup.",
    )
    text = sign_in(world.ada).get(HOME).text
    assert "“Lift works” is paused" in text
    assert "Restored from a backup." in text
    assert "is paused" not in sign_in(world.otto).get(HOME).text


def test_approvals_come_to_a_second_person_only(world: World, sign_in: SignIn) -> None:
    status = AnnouncementStatus.SUBMITTED
    announced(world, "Fire drill", status, submitted_by=world.ada)
    announced(
        world,
        "My own words",
        status,
        submitted_by=world.grace,
        last_edited_by=world.grace,
    )
    text = sign_in(world.grace).get(HOME).text
    assert "“Fire drill” waits for approval" in text
    assert "My own words” waits" not in text
    assert "waits for approval" not in sign_in(world.ada).get(HOME).text


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (ImportStatus.UPLOADED, "Its columns wait to be matched."),
        (ImportStatus.REHEARSED, "waits for you to import it"),
        (ImportStatus.FAILED, "It broke off."),
    ],
)
def test_imports_that_were_begun_come_to_a_manager(
    world: World, sign_in: SignIn, status: str, words: str
) -> None:
    RecipientImport.objects.create(
        cluster=world.riverside, filename="people.csv", status=status
    )
    assert words in sign_in(world.mona).get(HOME).text
    assert "people.csv" not in sign_in(world.ada).get(HOME).text


def test_an_import_that_is_done_needs_nobody(world: World, sign_in: SignIn) -> None:
    RecipientImport.objects.create(
        cluster=world.riverside, filename="people.csv", status=ImportStatus.DONE
    )
    assert "people.csv" not in sign_in(world.mona).get(HOME).text


def test_what_failed_is_counted_per_message(world: World, sign_in: SignIn) -> None:
    make_people(world.riverside, 3)
    dispatch = flow.fanned_out(world.riverside)
    NotificationLog.objects.filter(dispatch=dispatch).update(
        status=EntryStatus.FAILED, settled_at=timezone.now()
    )
    text = sign_in(world.otto).get(HOME).text
    assert "“Water off on Monday” failed for 3 people" in text


def test_what_is_going_out_shows_its_balance(world: World, sign_in: SignIn) -> None:
    make_people(world.riverside, 3)
    dispatch = flow.fanned_out(world.riverside)
    client = sign_in(world.otto)
    for text in (client.get(HOME).text, client.get(NOW).text):
        assert "Water off on Monday" in text
        assert f"?dispatch={dispatch.pk}&amp;status=planned" in text


def test_a_test_to_oneself_is_no_message_going_out(
    world: World, sign_in: SignIn
) -> None:
    make_people(world.riverside, 1)
    flow.fanned_out(world.riverside, is_test=True)
    assert "Nothing is going out just now." in sign_in(world.otto).get(NOW).text


def test_silence_of_the_workers_is_said_while_something_waits(
    world: World, sign_in: SignIn
) -> None:
    make_people(world.riverside, 1)
    flow.fanned_out(world.riverside)
    client, now = sign_in(world.otto), timezone.now()
    assert "no worker is running" in client.get(NOW).text
    beat = WorkerBeat.objects.create(
        name="main", lane="main", started_at=now, beat_at=now
    )
    assert "no worker is running" not in client.get(NOW).text
    beat.beat_at = now - timedelta(minutes=5)
    beat.save()
    assert "The last sign of life came" in client.get(NOW).text


def test_the_last_days_are_numbers_that_open(world: World, sign_in: SignIn) -> None:
    make_people(world.riverside, 2)
    flow.fanned_out(world.riverside)
    text = sign_in(world.otto).get(HOME).text
    first = timezone.localdate() - timedelta(days=6)
    assert f"?since={first.isoformat()}&amp;channel=email&amp;status=planned" in text


def test_the_help_is_for_everybody(world: World, sign_in: SignIn) -> None:
    client = sign_in(world.pia)
    assert "What each role may do" in client.get("/admin/home/help/").text
