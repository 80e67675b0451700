"""Who is the same person, and what a file does to somebody who is here."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.models import ContactPoint, Recipient
from tests.personas import World, make_person

from .lists import imported, people, rehearsed, sums, without_id

pytestmark = [pytest.mark.django_db, pytest.mark.services]

ANNA = {"ID": "7", "Name": "Anna Berg", "Email": "anna@example.org"}


def addresses(person: Recipient) -> dict[str, tuple[bool, bool]]:
    points = ContactPoint.objects.filter(recipient=person)
    return {point.value: (point.primary, point.active) for point in points}


def test_an_external_id_says_who_it_is_whatever_else_changed(
    world: World, mona: Any
) -> None:
    imported(world.riverside, people(ANNA), by=mona)
    new = {"ID": "7", "Name": "Anna Holt", "Email": "holt@example.org"}
    job = imported(world.riverside, people(new), by=mona)

    anna = Recipient.objects.get()
    assert sums(job) == (0, 1, 0, 0)
    assert (anna.name, anna.name_key) == ("Anna Holt", "anna holt")


def test_without_an_id_the_name_and_any_address_say_so(world: World, mona: Any) -> None:
    person = make_person(
        world.riverside, "Anna Berg", email="anna@example.org", phone="+447700900001"
    )
    row = {"Name": "  ANNA   berg ", "Mobile": "07700 900001"}
    job = imported(world.riverside, without_id(row), by=mona)

    assert sums(job) == (0, 1, 0, 0)
    person.refresh_from_db()
    assert (person.name, person.name_key) == ("ANNA berg", "anna berg")


def test_a_shared_address_never_merges_people(world: World, mona: Any) -> None:
    make_person(world.riverside, "Anna Berg", email="home@example.org")
    row = {"Name": "Bea Berg", "Email": "home@example.org"}
    job = imported(world.riverside, without_id(row), by=mona)

    assert sums(job) == (1, 0, 0, 0)
    assert Recipient.objects.count() == 2


def test_two_external_ids_are_two_people_whatever_they_share(
    world: World, mona: Any
) -> None:
    job = imported(world.riverside, people(ANNA, ANNA | {"ID": "8"}), by=mona)
    assert sums(job) == (2, 0, 0, 0)


def test_somebody_without_an_id_takes_the_one_that_the_file_brings(
    world: World, mona: Any
) -> None:
    make_person(world.riverside, "Anna Berg", email="anna@example.org")
    job = imported(world.riverside, people(ANNA, ANNA | {"ID": "8"}), by=mona)

    assert sums(job) == (1, 1, 0, 0)
    assert sorted(Recipient.objects.values_list("external_id", flat=True)) == ["7", "8"]


def test_a_blank_cell_leaves_the_value_alone(world: World, mona: Any) -> None:
    full = ANNA | {"Flat": "4B", "Language": "fr", "Building": "Heron", "Tags": "Old"}
    imported(world.riverside, people(full, ANNA | {"ID": "9", "Flat": "5"}), by=mona)
    job = imported(world.riverside, people(ANNA), by=mona)

    anna = Recipient.objects.get(external_id="7")
    assert sums(job) == (0, 0, 1, 0)
    assert (anna.unit, anna.language, anna.zone.name) == ("4B", "fr", "Heron")
    assert [tag.name for tag in anna.tags.all()] == ["Old"]


def test_a_new_address_becomes_the_main_one_and_the_old_one_stays(
    world: World, mona: Any
) -> None:
    imported(world.riverside, people(ANNA), by=mona)
    moved = people(ANNA | {"Email": "new@example.org"})
    job = imported(world.riverside, moved, by=mona)

    anna = Recipient.objects.get()
    assert sums(job) == (0, 1, 0, 0)
    assert addresses(anna) == {
        "anna@example.org": (False, True),
        "new@example.org": (True, True),
    }
    back = imported(world.riverside, people(ANNA), by=mona)
    assert sums(back) == (0, 1, 0, 0)
    assert addresses(anna)["anna@example.org"] == (True, True)
    assert addresses(anna)["new@example.org"] == (False, True)


def test_an_address_made_inactive_here_stays_so(world: World, mona: Any) -> None:
    imported(world.riverside, people(ANNA), by=mona)
    ContactPoint.objects.update(active=False)
    job = imported(world.riverside, people(ANNA), by=mona)

    assert sums(job) == (0, 0, 1, 0)
    assert not ContactPoint.objects.get().active


def test_two_rows_for_one_person_who_is_here_are_told_apart(
    world: World, mona: Any
) -> None:
    make_person(
        world.riverside, "Anna Berg", email="anna@example.org", phone="+447700900001"
    )
    rows = without_id(
        {"Name": "Anna Berg", "Email": "anna@example.org"},
        {"Name": "Anna Berg", "Mobile": "07700900001"},
    )
    job = rehearsed(world.riverside, rows, by=mona)

    assert sums(job) == (0, 0, 1, 1)
    row = job.rows.get(verdict="bad")
    assert row.number == 3
    assert "row 2" in row.problems[0]["sentence"]


def test_who_is_found_twice_here_is_the_one_who_fits_best(
    world: World, mona: Any
) -> None:
    make_person(world.riverside, "Anna Berg", phone="+447700900001")
    both = make_person(
        world.riverside, "Anna Berg", email="anna@example.org", phone="+447700900001"
    )
    row = {
        "Name": "Anna Berg",
        "Email": "anna@example.org",
        "Mobile": "07700900001",
        "Flat": "9",
    }
    imported(world.riverside, without_id(row), by=mona)
    both.refresh_from_db()
    assert both.unit == "9"
    assert Recipient.objects.filter(unit="").count() == 1


def test_people_of_another_cluster_are_nobody_here(world: World, mona: Any) -> None:
    theirs = make_person(
        world.hilltop, "Anna Berg", email="anna@example.org", external_id="7"
    )
    job = imported(world.riverside, people(ANNA | {"Flat": "1"}), by=mona)

    assert sums(job) == (1, 0, 0, 0)
    theirs.refresh_from_db()
    assert theirs.unit == ""


def test_what_does_not_fit_a_field_is_a_row_to_look_at(world: World, mona: Any) -> None:
    rows = people(ANNA | {"Flat": "x" * 61}, ANNA | {"ID": "8", "Name": "ﷺ" * 20})
    job = rehearsed(world.riverside, rows, by=mona)
    assert job.counts["bad"] == {"text is too long": 2}
