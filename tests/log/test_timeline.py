"""The timeline: who or what did what, when and why; nothing left out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from notifications.actions import explain
from notifications.actors import Actor, acting
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import Cluster, Dispatch, Recipient
from tests.personas import make_person
from tests.sent import WORKER, make_dispatch, make_entry, move

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(riverside: Cluster) -> Recipient:
    return make_person(riverside, "Anna", email="anna@example.org")


@pytest.fixture
def water(riverside: Cluster, ada: Any) -> Dispatch:
    return make_dispatch(riverside, created_by=ada)


def test_it_begins_with_who_sent_the_message(anna: Recipient, water: Dispatch) -> None:
    first = explain.timeline(make_entry(water, anna, EntryStatus.PLANNED))[0]

    assert first.who == "Ada"
    assert first.what == "Taken into “Water off on Monday”"
    assert not first.machine


def test_tries_stand_before_their_outcomes_and_are_machine_steps(
    anna: Recipient, water: Dispatch
) -> None:
    begun = timezone.now() - timedelta(minutes=5)
    entry = make_entry(water, anna, EntryStatus.PLANNED, at=begun)
    with acting(WORKER):
        move(
            entry,
            EntryStatus.RETRYING,
            attempts=1,
            sending_at=begun + timedelta(seconds=1),
            detail="mailbox busy",
        )
        move(
            entry,
            EntryStatus.SENT,
            attempts=2,
            sending_at=begun + timedelta(minutes=1),
            detail="",
        )

    steps = explain.timeline(entry)

    assert [(step.status, step.machine) for step in steps] == [
        ("planned", False),
        ("sending", True),
        ("sending", True),
        ("retrying", True),
        ("sent", False),
    ]
    assert [step.what for step in steps[1:3]] == [
        "Try number 1 begun",
        "Try number 2 begun",
    ]
    assert steps[3].why == "mailbox busy"
    assert steps[4].who == "Worker (worker 1)"


def test_a_try_under_way_is_there_before_its_outcome(
    anna: Recipient, water: Dispatch
) -> None:
    entry = make_entry(water, anna, EntryStatus.PLANNED)
    entry.status, entry.attempts = EntryStatus.SENDING, 1
    entry.sending_at = timezone.now()

    assert explain.timeline(entry)[-1].what == "Try number 1 begun"


def test_staff_are_named_with_the_reason_they_gave(
    anna: Recipient, water: Dispatch, mona: Any
) -> None:
    entry = make_entry(water, anna, EntryStatus.UNKNOWN)
    with acting(Actor.staff(mona)):
        move(entry, EntryStatus.FAILED, because="Closed: rang her", detail="Closed")

    last = explain.timeline(entry)[-1]

    assert last.who == "Mona"
    assert last.why == "Closed. Closed: rang her"
    assert not last.machine


def test_a_reason_is_told_once_and_in_words(anna: Recipient, water: Dispatch) -> None:
    entry = make_entry(water, anna, EntryStatus.PLANNED)
    with acting(WORKER):
        move(
            entry,
            EntryStatus.SKIPPED,
            reason=SkipReason.OPTED_OUT,
            because="opted_out",
        )

    assert explain.timeline(entry)[-1].why == "Opted out"


def test_opening_and_complaining_are_the_persons_steps(
    anna: Recipient, water: Dispatch
) -> None:
    now = timezone.now()
    entry = make_entry(
        water,
        anna,
        at=now - timedelta(days=1),
        opened_at=now + timedelta(hours=1),
        complained_at=now + timedelta(hours=2),
    )

    assert [(step.who, step.what) for step in explain.timeline(entry)[-2:]] == [
        ("Anna", "Opened"),
        ("Anna", "Reported as spam"),
    ]


def test_it_takes_two_queries(
    anna: Recipient, water: Dispatch, django_assert_max_num_queries: Any
) -> None:
    entry = make_entry(water, anna, steps=[EntryStatus.RETRYING] * 5)

    with django_assert_max_num_queries(2):
        explain.timeline(entry)
