"""A block is chosen with its floors, and every number is that of what lies in it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from notifications.actions import broadcasts
from notifications.models import Recipient
from tests.broadcasts.conftest import fan_out
from tests.broadcasts.test_screens import EMERGENCIES, browser
from tests.personas import make_person, make_zone

pytestmark = pytest.mark.services


@pytest.fixture
def floors(careful, residents):
    """Uma lives on floor 2 of Heron block and Max on 10; Lea on floor 2 of Swan."""
    swan = make_zone(careful, "Swan block")
    made = {
        "heron": residents,
        "swan": swan,
        "ten": make_zone(careful, "Floor 10", residents),
        "two": make_zone(careful, "Floor 2", residents),
        "swan two": make_zone(careful, "Floor 2", swan),
        "empty": make_zone(careful, "Cellar", swan),
    }
    for name, zone in (("Max", "ten"), ("Uma", "two"), ("Lea", "swan two")):
        make_person(careful, name, email=f"{name}@example.org", zone=made[zone])
    return made


@pytest.fixture
def there(careful, floors, gas, ada, grace):
    """A gas leak in both blocks."""
    zones = (floors["heron"].pk, floors["swan"].pk)
    return live(careful, gas, ada, grace, zones=zones)


def live(cluster, gas, ada, grace, **criteria):
    draft = replace(gas, criteria=replace(gas.criteria, **criteria))
    broadcast = broadcasts.create_draft(cluster, draft, by=ada)
    broadcasts.submit(broadcast, by=ada)
    people = broadcast.expected_people
    yes = {"confirmed_people": people, "typed_people": people}
    fan_out(broadcasts.approve(broadcast, by=grace, **yes))
    return broadcast


def muster(broadcast, user, **query):
    return browser(user).get(f"{EMERGENCIES}{broadcast.uid}/muster/", query)


def listed(page):
    """The people on a page, in their order."""
    groups = page.context["groups"]
    return [person.name for _zone, people in groups for person in people]


def tabs(page):
    """Name and number of every choice, row by row."""
    return [
        [(each.name, each.count) for each in row] for row in page.context["zone_rows"]
    ]


def test_a_block_is_chosen_with_its_floors(there, floors, ada):
    page = muster(there, ada, zone=floors["heron"].pk)
    assert listed(page) == ["Ann", "Bea", "Cy", "Di", "Uma", "Max"]
    assert "Lea" not in page.content.decode()
    by_name = {each["name"]: each["count"] for each in page.context["tabs"]}
    assert by_name["silent"] == by_name["all"] == 6


def test_a_floor_is_chosen_alone(there, floors, ada):
    assert listed(muster(there, ada, zone=floors["two"].pk)) == ["Uma"]


def test_blocks_stand_in_one_row_and_the_floors_of_the_chosen_one_below(
    there, floors, ada
):
    blocks = [("All zones", 7), ("Heron block", 6), ("Swan block", 1)]
    assert tabs(muster(there, ada)) == [blocks]
    of_heron = [("All of Heron block", 6), ("Floor 2", 1), ("Floor 10", 1)]
    page = muster(there, ada, zone=floors["ten"].pk)
    assert tabs(page) == [blocks, of_heron]
    current = re.findall(r'aria-current="true">([^<]+) <b>', page.content.decode())
    assert current == ["Heron block", "Floor 10"]


def test_numbers_are_those_of_the_answer_that_is_looked_at(there, floors, ada):
    for name in ("Uma", "Ann", "Lea"):
        broadcasts.mark(there, Recipient.objects.get(name=name), "safe", by=ada)
    page = muster(there, ada, tab="safe", zone=floors["heron"].pk)
    assert tabs(page)[0] == [("All zones", 3), ("Heron block", 2), ("Swan block", 1)]
    assert listed(page) == ["Ann", "Uma"]
    by_name = {each["name"]: each["count"] for each in page.context["tabs"]}
    assert by_name == {"help": 0, "silent": 4, "safe": 2, "all": 6}


def test_where_all_live_in_one_block_its_floors_are_the_choice(
    careful, floors, gas, ada, grace
):
    one = live(careful, gas, ada, grace, zones=(floors["heron"].pk,))
    names = [name for name, _count in tabs(muster(one, ada))[0]]
    assert names == ["All zones", "Floor 2", "Floor 10"]
    single = live(careful, gas, ada, grace, zones=(floors["two"].pk,))
    assert tabs(muster(single, ada)) == []


def test_who_lives_in_no_zone_is_a_choice_beside_the_blocks(
    careful, floors, gas, ada, grace
):
    everywhere = live(careful, gas, ada, grace, zones=(), everyone=True)
    page = muster(everywhere, ada, zone="none")
    assert tabs(page)[0][-1] == ("No zone", 1)
    assert listed(page) == ["Eve"]


@pytest.mark.parametrize("zone", ["0", "9" * 30, "x", "²", "-1"])
def test_of_a_zone_that_there_is_not_all_are_shown_so_that_nobody_is_missed(
    there, ada, zone
):
    page = muster(there, ada, zone=zone)
    assert len(listed(page)) == 7
    assert page.context["zone_rows"][0][0].current


def test_another_clusters_zone_chooses_nothing(there, hilltop, ada):
    hill = make_zone(hilltop, "Hill")
    make_person(hilltop, "Zed", zone=hill)
    page = muster(there, ada, zone=hill.pk)
    assert len(listed(page)) == 7
    assert not {"Hill", "Zed"} & set(re.findall(r"\w+", page.content.decode()))


def test_a_block_is_kept_when_somebody_is_put_down(there, floors, ada):
    uma = Recipient.objects.get(name="Uma")
    heron = floors["heron"].pk
    answer = browser(ada).post(
        f"{EMERGENCIES}{there.uid}/muster/{uma.pk}/",
        {"state": "safe", "seen": "", "tab": "silent", "zone": heron},
    )
    assert answer["Location"].endswith(f"?tab=silent&zone={heron}")
    assert there.answers.get().recipient == uma
