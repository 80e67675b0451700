"""The doors on paper: everybody who has not answered, in the order of a walk."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.actions import broadcasts
from notifications.models import Answer, Recipient
from tests.broadcasts.conftest import fan_out
from tests.broadcasts.test_muster_zones import floors as floors
from tests.broadcasts.test_muster_zones import live
from tests.broadcasts.test_muster_zones import there as there
from tests.broadcasts.test_screens import EMERGENCIES, browser
from tests.personas import make_person, make_zone

pytestmark = pytest.mark.services

DRILLS = EMERGENCIES.replace("emergencies", "drills")


def doors(broadcast, user, world=EMERGENCIES, **query):
    return browser(user).get(f"{world}{broadcast.uid}/muster/doors/", query)


def words(page):
    """What stands on it, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def sheets(page):
    """Block by block: who needs help, and the names floor by floor."""
    return [
        (
            block.name,
            [door.name for _floor, door in block.help],
            [
                (floor.name, [door.name for door in floor.doors])
                for floor in block.floors
            ],
        )
        for block in page.context["blocks"]
    ]


def put_down(broadcast, by, name, state, place=""):
    person = Recipient.objects.get(name=name)
    broadcasts.mark(broadcast, person, state, by=by, place=place)


def test_each_block_is_a_sheet_and_its_floors_follow_each_other(there, ada):
    assert sheets(doors(there, ada)) == [
        (
            "Heron block",
            [],
            [
                ("", ["Ann", "Bea", "Cy", "Di"]),
                ("Floor 2", ["Uma"]),
                ("Floor 10", ["Max"]),
            ],
        ),
        ("Swan block", [], [("Floor 2", ["Lea"])]),
    ]


def test_who_needs_help_comes_first_and_who_is_safe_is_not_on_it(there, ada):
    put_down(there, ada, "Max", "help", "behind the <lift>")
    put_down(there, ada, "Ann", "safe")
    page = doors(there, ada)
    assert sheets(page)[0] == (
        "Heron block",
        ["Max"],
        [("", ["Bea", "Cy", "Di"]), ("Floor 2", ["Uma"])],
    )
    shown = page.content.decode()
    assert shown.index("Needs help: first") < shown.index("Max") < shown.index("Bea")
    assert "Floor 10. behind the &lt;lift&gt;." in words(page)
    assert ">Ann<" not in shown
    assert "5 people · 1 needs help" in words(page)


def test_units_come_as_somebody_walks(there, floors, ada):
    for name, unit in (("Ann", "10A"), ("Bea", "2a"), ("Cy", ""), ("Di", "2B")):
        Recipient.objects.filter(name=name).update(unit=unit)
    first = sheets(doors(there, ada))[0][2][0]
    assert first == ("", ["Cy", "Bea", "Di", "Ann"])


def test_the_list_is_complete_where_the_muster_shows_the_first_only(
    there, floors, ada, monkeypatch
):
    monkeypatch.setattr("console.emergencies.muster.MOST", 3)
    muster = browser(ada).get(f"{EMERGENCIES}{there.uid}/muster/").content.decode()
    assert muster.count('class="door ') == 3
    link = f"/emergencies/{there.uid}/muster/doors/?zone="
    assert muster.count(link) == 2, "the button, and the way out of the limit"
    shown = doors(there, ada).content.decode()
    assert shown.count("<td>☐</td>") == 7
    listing = browser(ada).get(EMERGENCIES).content.decode()
    assert f"/emergencies/{there.uid}/muster/doors/" in listing


def test_many_people_ask_the_database_no_more_often_than_few(there, floors, ada):
    def asked():
        client = browser(ada)
        client.get(f"{EMERGENCIES}{there.uid}/muster/doors/")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = client.get(f"{EMERGENCIES}{there.uid}/muster/doors/")
        return page, len(queries)

    few, before = asked()
    zones = [
        make_zone(floors["swan"].cluster, f"Floor {n}", floors["swan"])
        for n in range(3, 9)
    ]
    Recipient.objects.bulk_create(
        Recipient(
            cluster=there.cluster,
            name=f"Person {n}",
            name_key=f"person {n}",
            unit=f"{n}A",
            zone=zones[n % 6],
        )
        for n in range(600)
    )
    for person in Recipient.objects.filter(name__endswith="7")[:20]:
        broadcasts.mark(there, person, "help", by=ada)
    many, after = asked()
    assert after == before
    assert many.content.decode().count("<td>☐</td>") == 607
    weight = (len(many.content) - len(few.content)) / 600
    assert weight < 200, "bytes for each person"


def test_a_chosen_block_is_all_that_is_on_it_and_the_paper_says_so(there, floors, ada):
    page = doors(there, ada, zone=floors["two"].pk)
    assert sheets(page) == [("Heron block", [], [("Floor 2", ["Uma"])])]
    assert "This is only Floor 2 (Heron block)." in words(page)
    head = re.search(r"<thead>(.*?)</thead>", page.content.decode(), re.S)[1]
    assert "Only Floor 2 (Heron block)" in head
    block = doors(there, ada, zone=floors["heron"].pk)
    assert [name for name, *_rest in sheets(block)] == ["Heron block"]
    assert "Only" not in words(doors(there, ada))


def test_who_lives_in_no_zone_has_a_sheet_too(careful, floors, gas, ada, grace):
    everywhere = live(careful, gas, ada, grace, zones=(), everyone=True)
    assert sheets(doors(everywhere, ada))[-1] == ("No zone", [], [("", ["Eve"])])
    nowhere = doors(everywhere, ada, zone="none")
    assert [name for name, *_rest in sheets(nowhere)] == ["No zone"]


def test_a_single_top_zone_with_blocks_that_have_floors_is_the_estate(
    careful, residents, gas, ada, grace
):
    floor = make_zone(careful, "Floor 1", residents)
    make_person(careful, "Uma", zone=floor)
    single = live(careful, gas, ada, grace)
    assert [name for name, *_rest in sheets(doors(single, ada))] == ["Heron block"]
    for name in ("West wing", "East wing"):
        make_person(careful, f"Of {name}", zone=make_zone(careful, name, floor))
    assert sheets(doors(single, ada)) == [
        ("Heron block", [], [("", ["Ann", "Bea", "Cy", "Di"])]),
        (
            "Floor 1",
            [],
            [
                ("", ["Uma"]),
                ("East wing", ["Of East wing"]),
                ("West wing", ["Of West wing"]),
            ],
        ),
    ]


def test_it_says_as_of_when_and_repeats_its_head_on_every_sheet(there, ada):
    with time_machine.travel("2026-11-21 03:10:00+00:00", tick=False):
        page = doors(there, ada)
    shown = page.content.decode()
    assert words(page).count("As of 21 November 2026, 03:10") == 2
    for head in re.findall(r"<thead>(.*?)</thead>", shown, re.S):
        assert "Doors to knock at: Gas leak in" in head
        assert "As of" in head
        assert "Notes" in head
    assert "EXERCISE" not in shown


def test_of_a_drill_it_says_so_on_every_sheet(careful, floors, gas, ada, grace):
    zones = (floors["heron"].pk, floors["swan"].pk)
    draft = replace(gas, criteria=replace(gas.criteria, zones=zones))
    drill = broadcasts.create_draft(careful, draft, by=ada, is_drill=True)
    broadcasts.submit(drill, by=ada)
    fan_out(broadcasts.approve(drill, by=grace, confirmed_people=drill.expected_people))
    shown = doors(drill, ada, world=DRILLS).content.decode()
    heads = re.findall(r"<thead>(.*?)</thead>", shown, re.S)
    assert len(heads) == 2
    assert all("EXERCISE" in head for head in heads)
    assert doors(drill, ada).status_code == 404


def test_when_everybody_has_answered_there_is_nothing_to_print(there, ada):
    for person in Recipient.objects.filter(zone__isnull=False, for_staff=False):
        broadcasts.mark(there, person, "safe", by=ada)
    page = doors(there, ada)
    assert "Everybody has answered." in words(page)
    assert "data-print" not in page.content.decode()
    assert Answer.objects.count() == 7


@pytest.mark.parametrize(
    ("who", "status"), [("otto", 200), ("ada", 200), ("mallory", 404), ("pia", 404)]
)
def test_who_may_read_the_board_may_print_the_doors(there, world, who, status):
    assert doors(there, getattr(world, who)).status_code == status
