"""Workers that die, sleep too long or meet an error in the middle of an import."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from notifications import importing
from notifications.actions import imports
from notifications.importing import committing, writing
from notifications.importing.holds import Hold, Superseded
from notifications.importing.holds import imports as all_imports
from notifications.lifecycle import ImportStatus
from notifications.models import ContactPoint, ImportRow, Recipient, Zone
from tests.personas import World, make_person

from .lists import imported, many, people, rehearsed, sums

pytestmark = [pytest.mark.django_db, pytest.mark.services]


class Killed(BaseException):
    """What no handler catches, like the kill that it stands for."""


def kill_after(monkeypatch: pytest.MonkeyPatch, chunks: int) -> None:
    seen: list[Any] = []

    def write_and_die(*args: Any) -> None:
        if len(seen) == chunks:
            raise Killed
        seen.append(args)
        writing.write_new(*args)

    monkeypatch.setattr("notifications.importing.resource.write_new", write_and_die)


def later(job: Any) -> None:
    """The worker has been silent for long enough."""
    all_imports().filter(pk=job.pk).update(beat_at=timezone.now() - timedelta(hours=1))


def test_a_kill_in_the_middle_changes_nothing_in_the_end(
    world: World, mona: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "CHUNK", 10)
    data = many(45)
    job = rehearsed(world.riverside, data, by=mona)
    imports.commit(job, by=mona)
    with monkeypatch.context() as patched:
        kill_after(patched, 2)
        with pytest.raises(Killed):
            importing.run(job.pk)
    job.refresh_from_db()
    assert (job.status, job.done_rows) == (ImportStatus.COMMITTING, 20)
    assert Recipient.objects.count() == 20

    importing.run(job.pk)
    assert Recipient.objects.count() == 20, "the dead worker may still be alive"
    later(job)
    assert importing.waiting() == [job.pk]
    importing.run(job.pk)
    job.refresh_from_db()

    assert job.status == ImportStatus.DONE
    assert sums(job) == (45, 0, 0, 0)
    assert job.counts["zones_to_make"] == ["Block 0", "Block 1", "Block 2"]
    assert Recipient.objects.count() == 45
    assert Recipient.history.count() == 45
    assert ContactPoint.objects.count() == 45
    assert sums(imported(world.riverside, data, by=mona)) == (0, 0, 45, 0)


def test_a_second_row_of_somebody_is_known_after_a_kill_too(
    world: World, mona: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "CHUNK", 1)
    make_person(
        world.riverside, "Anna Berg", email="anna@example.org", phone="+447700900001"
    )
    headings = ("Name", "Email", "Mobile", "Flat")
    data = people(
        {"Name": "Anna Berg", "Email": "anna@example.org", "Flat": "1"},
        {"Name": "Zoe", "Email": "zoe@example.org"},
        {"Name": "Anna Berg", "Mobile": "07700900001", "Flat": "2"},
        headings=headings,
    )
    job = rehearsed(world.riverside, data, by=mona)
    imports.commit(job, by=mona, skip_bad=True)
    with monkeypatch.context() as patched:
        kill_after(patched, 0)
        with pytest.raises(Killed):
            importing.run(job.pk)
    later(job)
    importing.run(job.pk)
    job.refresh_from_db()

    assert sums(job) == (1, 1, 0, 1)
    assert Recipient.objects.get(name="Anna Berg").unit == "1"


def test_a_worker_that_wakes_up_late_changes_nothing(world: World, mona: Any) -> None:
    job = rehearsed(world.riverside, many(3), by=mona)
    imports.commit(job, by=mona)
    late = Hold(job.pk)
    assert late.take()
    assert Hold(job.pk).take() is None
    later(job)
    importing.run(job.pk)

    with pytest.raises(Superseded):
        late.update(done_rows=1)
    job.refresh_from_db()
    assert (job.status, job.done_rows) == (ImportStatus.DONE, 3)


def test_a_database_error_costs_one_row_and_names_it(
    world: World, mona: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_one(cluster: Any, plans: Any, reason: str) -> None:
        if any(plan.person.name == "Person 3" for plan in plans):
            raise IntegrityError("Person 3 is in the way")
        writing.write_new(cluster, plans, reason)

    monkeypatch.setattr("notifications.importing.resource.write_new", refuse_one)
    job = rehearsed(world.riverside, many(6), by=mona)
    imports.commit(job, by=mona)
    importing.run(job.pk)
    job.refresh_from_db()

    assert job.status == ImportStatus.DONE
    assert sums(job) == (5, 0, 0, 1)
    assert ImportRow.objects.get(job=job, verdict="bad").number == 5
    assert Zone.objects.count() == 3
    assert job.counts["zones_to_make_count"] == 3


def test_what_breaks_off_says_so_and_can_be_finished(
    world: World, mona: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(committing, "CHUNK", 2)
    job = rehearsed(world.riverside, many(6), by=mona)
    imports.commit(job, by=mona)
    calls: list[int] = []

    def break_off(*args: Any) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise ValueError("p3@example.org is the secret")
        writing.write_new(*args)

    with monkeypatch.context() as patched:
        patched.setattr("notifications.importing.resource.write_new", break_off)
        importing.run(job.pk)
    job.refresh_from_db()
    assert job.status == ImportStatus.FAILED
    assert "nobody goes in twice" in job.error
    assert "secret" not in job.error

    imports.rehearse(job, by=mona)
    importing.run(job.pk)
    job.refresh_from_db()
    assert sums(job) == (4, 0, 2, 0)
    imports.commit(job, by=mona)
    importing.run(job.pk)
    job.refresh_from_db()
    assert (job.status, Recipient.objects.count()) == (ImportStatus.DONE, 6)
