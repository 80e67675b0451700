"""Rehearsal and commit: the same code, one writes and one does not."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import importing
from notifications.actions import imports
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.lifecycle import ImportStatus
from notifications.models import ContactPoint, ImportRow, Recipient, Zone
from tests.personas import World, make_person

from .lists import imported, many, people, rehearsed, sums, uploaded

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def test_a_rehearsal_writes_nothing_about_people(world: World, mona: Any) -> None:
    job = uploaded(world.riverside, many(10), by=mona)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        imports.rehearse(job, by=mona)
    tables = ("recipient", "contactpoint", "zone", "tag", "optout")
    written = [
        query["sql"]
        for query in queries
        if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")
        and any(f'notifications_{table}"' in query["sql"] for table in tables)
    ]
    assert written == []
    assert not Recipient.objects.exists()
    assert not Zone.objects.exists()


def test_a_rehearsal_shows_what_would_change(world: World, mona: Any) -> None:
    imported(world.riverside, many(3), by=mona)
    job = rehearsed(world.riverside, many(4, Building="Heron", Flat="1"), by=mona)

    assert sums(job) == (1, 3, 0, 0)
    row = ImportRow.objects.get(job=job, number=2)
    assert row.verdict == "changed"
    assert row.changes == [
        {"field": "unit", "old": "", "new": "1"},
        {"field": "zone", "old": "Block 0", "new": "Heron"},
    ]


def test_history_says_who_and_why_but_holds_nobody(world: World, mona: Any) -> None:
    imported(world.riverside, many(2), by=mona)
    imported(world.riverside, many(2, Flat="Nightingale"), by=mona)

    rows = list(Recipient.history.order_by("history_id"))
    assert [row.history_type for row in rows] == ["+", "+", "~", "~"]
    assert {row.actor_label for row in rows} == {"Mona"}
    assert {row.history_user_id for row in rows} == {mona.pk}
    assert {row.history_change_reason for row in rows} == {
        "Added: import of people.csv",
        "Changed unit: import of people.csv",
    }
    points = ContactPoint.history.all()
    assert points.count() == 2
    assert "Nightingale" not in str([vars(row) for row in rows])


def test_the_counts_at_the_end_are_what_was_really_done(
    world: World, mona: Any
) -> None:
    job = rehearsed(world.riverside, many(5), by=mona)
    make_person(world.riverside, "Person 0", email="p0@example.org", external_id="R0")
    imports.commit(job, by=mona)
    importing.run(job.pk)
    job.refresh_from_db()

    assert sums(job) == (4, 1, 0, 0)
    assert job.done_rows == 5


def test_bad_rows_are_refused_unless_they_are_left_out(world: World, mona: Any) -> None:
    data = people(
        {"ID": "1", "Name": "Good", "Email": "g@example.org"},
        {"ID": "2", "Name": "Bad", "Email": "no email"},
    )
    job = rehearsed(world.riverside, data, by=mona)
    with pytest.raises(Refused, match="rows to look at"):
        imports.commit(job, by=mona)
    job.refresh_from_db()
    assert job.status == ImportStatus.REHEARSED

    imports.commit(job, by=mona, skip_bad=True)
    importing.run(job.pk)
    job.refresh_from_db()
    assert sums(job) == (1, 0, 0, 1)


def test_two_imports_never_run_at_once(world: World, mona: Any, mallory: Any) -> None:
    first = rehearsed(world.riverside, many(2), by=mona)
    second = rehearsed(world.riverside, many(3), by=mona)
    elsewhere = rehearsed(world.hilltop, many(3), by=mallory)
    imports.commit(first, by=mona)
    with pytest.raises(Refused, match="is being imported at this moment"):
        imports.commit(second, by=mona)
    imports.commit(elsewhere, by=mallory)
    importing.run(first.pk)
    second.refresh_from_db()
    imports.commit(second, by=mona)


def test_whoever_is_second_with_the_same_import_is_told(
    world: World, mona: Any
) -> None:
    job = rehearsed(world.riverside, many(2), by=mona)
    same = type(job).objects.get(pk=job.pk)
    imports.commit(job, by=mona)
    with pytest.raises(MoveRefused):
        imports.commit(same, by=mona)


def test_only_managers_of_the_cluster_import(
    world: World, grace: Any, otto: Any, mallory: Any, pia: Any, mona: Any
) -> None:
    job = rehearsed(world.riverside, many(1), by=mona)
    for user in (grace, otto, mallory, pia, None):
        with pytest.raises(NotAllowed):
            imports.upload(world.riverside, "p.csv", many(1), by=user)
        with pytest.raises(NotAllowed):
            imports.commit(job, by=user)
        with pytest.raises(NotAllowed):
            imports.cancel(job, by=user)
    with pytest.raises(NotAllowed):
        imports.bad_rows_file(job, by=mallory)
    assert imports.bad_rows_file(job, by=otto)
