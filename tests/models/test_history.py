"""History is lean, complete and append-only."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from notifications import scope
from notifications.actors import Actor, acting
from notifications.models import Recipient, RetentionDoor, triggers, write_history
from tests.personas import World, make_people, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def refused(sql: str) -> None:
    """The statement fails, and the transaction around it goes on."""
    with (
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)


HISTORY = Recipient.history.model


def test_a_save_writes_who_did_it_and_why(world: World) -> None:
    with acting(Actor.staff(world.mona)):
        anna = make_person(world.riverside, "Anna Berg")
        anna._change_reason = "moved house"
        anna.save()
    created, changed = Recipient.history.order_by("history_id")
    assert (created.history_type, changed.history_type) == ("+", "~")
    assert changed.actor_label == "Mona"
    assert changed.history_user_id == world.mona.pk
    assert changed.history_change_reason == "moved house"


def test_bulk_paths_write_history_in_the_same_words(world: World) -> None:
    people = make_people(world.riverside, 3)
    with acting(Actor.staff(world.mona)):
        assert write_history(people, reason="x" * 900) == 3
    rows = Recipient.history.filter(history_type="~")
    assert {row.history_change_reason for row in rows} == {"x" * 900}
    assert {row.actor_label for row in rows} == {"Mona"}


def test_history_holds_no_name_and_no_address(world: World) -> None:
    columns = {field.name for field in HISTORY._meta.fields}
    assert columns.isdisjoint({"name", "first_name", "unit", "external_id", "user"})


@pytest.mark.parametrize("table", triggers.guarded_tables())
def test_no_history_row_can_be_changed_or_removed(world: World, table: str) -> None:
    assert not triggers.missing()
    make_person(world.riverside, "Anna Berg", email="anna@example.org")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608
        count = cursor.fetchone()[0]
    column = "id"
    for sql in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):  # noqa: S608
        if count:
            refused(sql)


def test_old_history_leaves_by_the_audited_door_only(world: World) -> None:
    make_person(world.riverside, "Anna Berg")
    door = RetentionDoor.objects.create(opened_by="retention", reason="7 years are up")
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {HISTORY._meta.db_table}")  # noqa: S608
    assert Recipient.history.count() == 0
    make_person(world.riverside, "Bo Dahl")
    door.closed_at = door.opened_at
    door.save()
    refused(f"DELETE FROM {HISTORY._meta.db_table}")  # noqa: S608


@pytest.mark.django_db(transaction=True)
def test_a_migrate_puts_lost_triggers_back(db: Any) -> None:
    from django.core.management import call_command

    triggers.remove()
    assert triggers.missing()
    call_command("migrate", verbosity=0)
    assert not triggers.missing()


def test_history_is_scoped_like_its_model(world: World) -> None:
    make_person(world.riverside, "Anna Berg")
    with scope.clusters(world.hilltop.pk):
        assert Recipient.history.count() == 0
        assert HISTORY.objects.count() == 0
    with scope.clusters(world.riverside.pk):
        assert Recipient.history.count() == 1
