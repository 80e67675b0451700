"""Zones are a tree that can be grown, moved and pruned, but never under people."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from console import zone_tree
from notifications import scope
from notifications.actions import zones
from notifications.errors import NotAllowed, Refused
from notifications.models import Announcement, Zone
from tests.personas import World, make_person, make_zone

from .conftest import SignIn

ZONES = "/c/riverside/admin/clusters/zones/"


def test_a_zone_is_added_inside_another(world: World, sign_in: SignIn) -> None:
    heron = make_zone(world.riverside, "Heron")
    client = sign_in(world.mona)
    client.post(f"{ZONES}add/", {"name": "  Floor   1 ", "parent": heron.pk})
    floor = Zone.objects.get(name="Floor 1")
    assert floor.path == f"{heron.path}{floor.pk:010d}."
    assert floor.history.latest("history_id").actor_label == "Mona"


def test_two_zones_of_one_name_are_refused_only_side_by_side(world: World) -> None:
    heron = zones.add(world.riverside, "Heron", by=world.mona)
    with pytest.raises(ValidationError, match="zone of this name"):
        zones.add(world.riverside, "HERON", by=world.mona)
    zones.add(world.riverside, "Heron", heron, by=world.mona)
    zones.add(world.hilltop, "Heron", by=world.mallory)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("\ufb03" * 100, "too long"), ("\u200b\u2060", "can be seen"), ("", "blank")],
)
def test_a_name_that_cannot_be_kept_is_refused(
    world: World, sign_in: SignIn, name: str, sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        zones.add(world.riverside, name, by=world.mona)
    zone = zones.add(world.riverside, "Heron", by=world.mona)
    with pytest.raises(ValidationError, match=sentence):
        zones.rename(zone, name, by=world.mona)
    answer = sign_in(world.mona).post(f"{ZONES}add/", {"name": name})
    assert answer.status_code == 200
    assert Zone.objects.count() == 1


def test_moving_a_zone_takes_all_below_it_along(world: World, sign_in: SignIn) -> None:
    heron = make_zone(world.riverside, "Heron")
    floor = make_zone(world.riverside, "Floor 1", heron)
    flat = make_zone(world.riverside, "Flat 2", floor)
    quay = make_zone(world.riverside, "Quay")
    sign_in(world.mona).post(
        f"{ZONES}{heron.pk}/", {"name": "Heron", "parent": quay.pk}
    )
    flat.refresh_from_db()
    assert flat.path.startswith(quay.path)
    assert flat.depth == 3


def test_a_zone_cannot_lie_inside_itself(world: World, sign_in: SignIn) -> None:
    heron = make_zone(world.riverside, "Heron")
    floor = make_zone(world.riverside, "Floor 1", heron)
    with pytest.raises(ValidationError, match="inside itself"):
        zones.move(heron, floor, by=world.mona)
    answer = sign_in(world.mona).post(
        f"{ZONES}{heron.pk}/", {"name": "Heron", "parent": floor.pk}
    )
    assert answer.status_code == 200
    heron.refresh_from_db()
    assert heron.parent is None


def test_a_failed_rename_moves_nothing(world: World, sign_in: SignIn) -> None:
    heron = make_zone(world.riverside, "Heron")
    quay = make_zone(world.riverside, "Quay")
    make_zone(world.riverside, "Taken", quay)
    answer = sign_in(world.mona).post(
        f"{ZONES}{heron.pk}/", {"name": "Taken", "parent": quay.pk}
    )
    assert "There is a zone of this name here" in answer.text
    heron.refresh_from_db()
    assert heron.parent is None


def test_another_clusters_zone_is_no_parent(world: World, sign_in: SignIn) -> None:
    theirs = make_zone(world.hilltop, "Cellar")
    answer = sign_in(world.mona).post(
        f"{ZONES}add/", {"name": "Mine", "parent": theirs.pk}
    )
    assert answer.status_code == 200
    assert not Zone.objects.filter(name="Mine").exists()
    with pytest.raises(ValidationError, match="zone of this cluster"):
        zones.add(world.riverside, "Mine", theirs, by=world.mona)


def test_a_zone_with_people_zones_or_plans_stays_and_says_why(
    world: World, sign_in: SignIn
) -> None:
    heron = make_zone(world.riverside, "Heron")
    make_zone(world.riverside, "Floor 1", heron)
    make_person(world.riverside, "Anna", zone=heron)
    Announcement.objects.create(
        cluster=world.riverside,
        subject="Water",
        audience={"zones": [heron.pk]},
        created_by=world.ada,
        last_edited_by=world.ada,
    )
    client = sign_in(world.mona)
    asked = client.get(f"{ZONES}{heron.pk}/delete/").text
    assert "1 zone inside" in asked
    assert "1 person belongs here" in asked
    assert "“Water” is meant for this zone" in asked
    assert client.post(f"{ZONES}{heron.pk}/delete/").status_code == 409
    assert Zone.objects.filter(pk=heron.pk).exists()


def test_an_empty_zone_goes_and_leaves_its_history(
    world: World, sign_in: SignIn
) -> None:
    heron = make_zone(world.riverside, "Heron")
    sign_in(world.mona).post(f"{ZONES}{heron.pk}/delete/")
    assert not Zone.objects.filter(pk=heron.pk).exists()
    assert Zone.history.filter(id=heron.pk, history_type="-").exists()


@pytest.mark.parametrize("name", ["ada", "grace", "otto", "mallory", "pia"])
def test_only_a_manager_of_the_cluster_changes_zones(world: World, name: str) -> None:
    heron = make_zone(world.riverside, "Heron")
    with pytest.raises(NotAllowed):
        zones.rename(heron, "Swan", by=getattr(world, name))


def test_nesting_has_an_end(world: World) -> None:
    zone = zones.add(world.riverside, "Level 0", by=world.mona)
    for level in range(1, 20):
        zone = zones.add(world.riverside, f"Level {level}", zone, by=world.mona)
    with pytest.raises(Refused, match="20 deep"):
        zones.add(world.riverside, "Too deep", zone, by=world.mona)


def test_the_tree_counts_heads_below_and_sorts_like_people(world: World) -> None:
    heron = make_zone(world.riverside, "Heron")
    ten = make_zone(world.riverside, "Floor 10", heron)
    two = make_zone(world.riverside, "Floor 2", heron)
    make_zone(world.hilltop, "Elsewhere")
    for zone in (heron, ten, ten, two):
        make_person(world.riverside, "Somebody", zone=zone)
    with scope.clusters(world.riverside.pk):
        found = zone_tree.tree()
    assert [(n.zone.name, n.depth, n.here, n.total) for n in found] == [
        ("Heron", 0, 1, 4),
        ("Floor 2", 1, 1, 1),
        ("Floor 10", 1, 2, 2),
    ]


def test_an_auditor_reads_the_zones_and_finds_no_buttons(
    world: World, sign_in: SignIn
) -> None:
    make_zone(world.riverside, "Heron")
    text = sign_in(world.otto).get(ZONES).text
    assert "Heron" in text
    assert "Add a zone" not in text
