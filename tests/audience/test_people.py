"""Whom criteria mean."""

from __future__ import annotations

import pytest

from notifications.audience import Criteria, InvalidCriteria, describe, people
from tests.personas import make_person, make_zone

pytestmark = pytest.mark.services


def names(cluster, **criteria):
    found = people(cluster, Criteria(**criteria))
    return sorted(found.values_list("name", flat=True))


@pytest.fixture
def estate(riverside, hilltop):
    """Heron with a floor of its own, Kite, and somebody else's estate."""
    heron = make_zone(riverside, "Heron")
    floor = make_zone(riverside, "Floor 2", parent=heron)
    kite = make_zone(riverside, "Kite")
    make_person(riverside, "Ann", zone=heron, tags=("owner",))
    make_person(riverside, "Ben", zone=floor, language="fr")
    make_person(riverside, "Cy", zone=kite, tags=("owner", "board"))
    make_person(riverside, "Dee")
    make_person(hilltop, "Mallory's")
    return {"heron": heron.pk, "floor": floor.pk, "kite": kite.pk}


def tag(cluster, name):
    return cluster.tags.get(name=name).pk


def test_everyone_means_this_cluster_and_no_other(riverside, estate):
    assert names(riverside, everyone=True) == ["Ann", "Ben", "Cy", "Dee"]


def test_nothing_chosen_means_nobody(riverside, estate):
    assert names(riverside) == []
    assert names(riverside, exclude_zones=(estate["kite"],)) == []


def test_a_zone_means_all_that_lie_below_it(riverside, estate):
    assert names(riverside, zones=(estate["heron"],)) == ["Ann", "Ben"]
    assert names(riverside, zones=(estate["floor"],)) == ["Ben"]


def test_any_zone_is_enough_but_zone_and_tag_must_both_hold(riverside, estate):
    both = (estate["heron"], estate["kite"])
    assert names(riverside, zones=both) == ["Ann", "Ben", "Cy"]
    assert names(riverside, zones=both, tags=(tag(riverside, "owner"),)) == [
        "Ann",
        "Cy",
    ]


def test_somebody_with_two_of_the_tags_is_meant_once(riverside, estate):
    tags = (tag(riverside, "owner"), tag(riverside, "board"))
    assert names(riverside, tags=tags) == ["Ann", "Cy"]


def test_who_has_no_language_reads_that_of_the_cluster(riverside, estate):
    assert names(riverside, languages=("en",)) == ["Ann", "Cy", "Dee"]
    assert names(riverside, languages=("fr",)) == ["Ben"]


def test_exclusions_count_against_whatever_was_chosen(riverside, estate):
    assert names(riverside, everyone=True, exclude_zones=(estate["heron"],)) == [
        "Cy",
        "Dee",
    ]
    board = tag(riverside, "board")
    dee = riverside.recipients.get(name="Dee").pk
    assert names(
        riverside, everyone=True, exclude_tags=(board,), exclude_recipients=(dee,)
    ) == ["Ann", "Ben"]


def test_who_has_left_is_in_no_audience(riverside, estate, django_user_model):
    from django.utils import timezone

    riverside.recipients.filter(name="Ann").update(archived_at=timezone.now())
    assert "Ann" not in names(riverside, everyone=True)


def test_a_zone_of_another_cluster_means_nobody(hilltop, riverside, estate):
    assert names(hilltop, zones=(estate["heron"],)) == []


def test_criteria_survive_json_and_their_hash_does_not_know_the_order():
    one = Criteria(zones=(3, 1), languages=("fr", "en"))
    again = Criteria.from_json(one.to_json())
    assert again.hash == one.hash == Criteria(zones=(1, 3), languages=("en", "fr")).hash
    assert Criteria(zones=(1,)).hash != one.hash


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {"everyone": 1},
        {"zones": 3},
        {"zones": ["3"]},
        {"zones": [True]},
        {"only_recipients": ["x"]},
        {"everybody": True},
    ],
)
def test_what_is_no_audience_is_refused_with_a_sentence(data):
    with pytest.raises(InvalidCriteria) as refusal:
        Criteria.from_json(data)
    assert str(refusal.value).endswith(".")


def test_an_audience_is_told_in_words(riverside, estate):
    lines = describe(
        riverside,
        Criteria(zones=(estate["heron"], estate["kite"]), exclude_zones=(99999,)),
    )
    assert lines[0] == "In Heron or Kite"
    assert describe(riverside, Criteria(everyone=True)) == [
        "Everyone in Riverside Quay"
    ]
    assert describe(riverside, Criteria()) == ["Nobody chosen yet"]
