"""Zones and tags that a file names."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.models import Recipient, Tag, Zone
from tests.personas import World, make_person, make_zone

from .lists import imported, people, rehearsed, sums

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def living_in(*zones: str) -> bytes:
    return people(
        *(
            {"ID": str(n), "Name": f"P {n}", "Email": "p@example.org", "Building": zone}
            for n, zone in enumerate(zones)
        )
    )


def test_unknown_zones_are_announced_and_made_at_the_top(
    world: World, mona: Any
) -> None:
    data = living_in("Heron", "heron ", "Mallard")
    job = rehearsed(world.riverside, data, by=mona)
    assert job.counts["zones_to_make"] == ["Heron", "Mallard"]
    assert not Zone.objects.exists()

    job = imported(world.riverside, data, by=mona)
    zones = Zone.objects.filter(cluster=world.riverside, parent=None)
    assert sorted(zones.values_list("name", flat=True)) == ["Heron", "Mallard"]
    assert Recipient.objects.filter(zone__name="Heron").count() == 2
    assert Zone.history.first().actor_label == "Mona"
    assert job.counts["zones_to_make"] == ["Heron", "Mallard"]


def test_a_zone_is_found_at_any_depth(world: World, mona: Any) -> None:
    east = make_zone(world.riverside, "East")
    heron = make_zone(world.riverside, "Heron House", east)
    make_zone(world.hilltop, "Elsewhere")
    data = living_in("HERON house", "East / Heron House", "Elsewhere")
    job = imported(world.riverside, data, by=mona)

    assert Recipient.objects.filter(zone=heron).count() == 2
    assert job.counts["zones_to_make"] == ["Elsewhere"]


def test_a_name_that_several_zones_have_is_asked_about(world: World, mona: Any) -> None:
    for above in ("Heron", "Mallard"):
        make_zone(world.riverside, "Floor 1", make_zone(world.riverside, above))
    data = living_in("Floor 1", "Heron / Floor 1")
    job = rehearsed(world.riverside, data, by=mona)

    assert sums(job) == (1, 0, 0, 1)
    problem = job.rows.get(verdict="bad").problems[0]
    assert "2 zones are called “Floor 1”" in problem["sentence"]
    assert problem["column"] == 4


def test_tags_are_added_and_none_is_taken_off(world: World, mona: Any) -> None:
    anna = make_person(
        world.riverside, "Anna", email="a@example.org", external_id="1", tags=("Old",)
    )
    row = {"ID": "1", "Name": "Anna", "Email": "a@example.org", "Tags": "New, OLD"}
    job = imported(world.riverside, people(row), by=mona)

    assert sums(job) == (0, 1, 0, 0)
    assert job.counts["tags_to_make"] == ["New"]
    assert sorted(anna.tags.values_list("name", flat=True)) == ["New", "Old"]
    assert Tag.objects.count() == 2
    assert sums(imported(world.riverside, people(row), by=mona)) == (0, 0, 1, 0)


def test_no_name_from_a_wrong_column_stays_in_history(world: World, mona: Any) -> None:
    job = imported(world.riverside, living_in("Anna Secret"), by=mona)
    kept = [row.counts for row in job.history.all()]
    assert "Anna Secret" in job.counts["zones_to_make"]
    assert "Anna Secret" not in str(kept)
