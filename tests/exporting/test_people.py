"""People and opt-outs, taken away as files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import exporting
from notifications.actions.exports import request_export
from notifications.exporting.filters import OptOutFilter, PeopleFilter
from notifications.models import Cluster, OptOut, Recipient, Tag
from tests.personas import make_people, make_person, make_zone

from .conftest import Made, table_of

pytestmark = pytest.mark.django_db


def refuse(person: Recipient, **fields: Any) -> OptOut:
    return OptOut.objects.create(
        cluster=person.cluster, recipient=person, source="staff", **fields
    )


def test_a_person_has_the_columns_that_the_import_reads(
    riverside: Cluster, made: Made
) -> None:
    anna = make_person(
        riverside,
        "Anna",
        email="anna@example.org",
        phone="+447700900123",
        tags=("Owners", "board"),
        unit="Flat 12",
        zone=make_zone(riverside, "Heron"),
        external_id="R-7",
        language="sv",
    )
    refuse(anna, category="newsletter", channel="email")
    refuse(anna, category="payments", lifted_at=timezone.now())

    (row,) = table_of(made("people"))

    assert row == {
        "External id": "R-7",
        "Name": "Anna",
        "Unit": "Flat 12",
        "Zone": "Heron",
        "Language": "sv",
        "Tags": "Owners; board",
        "Email": "anna@example.org",
        "Phone": "'+447700900123",
        "Opted out of": "Newsletter by email",
        "Archived": "",
    }


@pytest.mark.services
def test_filters_pick_people(riverside: Cluster, hilltop: Cluster) -> None:
    heron = make_zone(riverside, "Heron")
    floor = make_zone(riverside, "Floor 2", heron)
    anna = make_person(riverside, "Anna", email="anna@example.org", zone=floor)
    bob = make_person(riverside, "Bób", phone="+447700900123", tags=("board",))
    gone = make_person(riverside, "Gone", archived_at=timezone.now())
    lone = make_person(riverside, "Lone", language="fr", unit="Flat 9")
    make_person(hilltop, "Anna elsewhere", email="canary@example.org")
    refuse(bob)
    refuse(lone, expires_at=timezone.now() - timedelta(days=1))
    tag = Tag.objects.get(name="board")

    def found(**given: Any) -> set[Recipient]:
        return set(PeopleFilter(**given).people(riverside))

    assert found() == {anna, bob, lone}
    assert found(archived=True) == {gone}
    assert found(zone=heron.pk) == {anna}
    assert found(tag=tag.pk) == {bob}
    assert found(language="fr") == {lone}
    assert found(reachable="email") == {anna}
    assert found(reachable="nowhere") == {lone}
    assert found(opted_out=True) == {bob}
    assert found(q="BÓB") == {bob}
    assert found(q="anna@") == {anna}
    assert found(q="flat 9") == {lone}
    assert found(ids=(anna.pk, gone.pk)) == {anna}


def test_people_come_by_name(riverside: Cluster, made: Made) -> None:
    for name in ("Zoë", "anna", "Bob"):
        make_person(riverside, name)

    assert [row["Name"] for row in table_of(made("people"))] == ["anna", "Bob", "Zoë"]


def test_the_number_of_queries_does_not_grow_with_the_people(
    riverside: Cluster, otto: Any
) -> None:
    def queries() -> int:
        export = request_export(riverside, "people", "csv", {}, "People", by=otto)
        with CaptureQueriesContext(connection) as captured:
            exporting.run(export.pk)
        return len(captured)

    make_people(riverside, 3, tags=("one", "two"))
    few = queries()
    make_people(riverside, 20, tags=("three",))

    assert queries() == few


def test_an_opt_out_says_how_it_came_and_what_became_of_it(
    riverside: Cluster, made: Made, mona: Any
) -> None:
    anna = make_person(riverside, "Anna")
    refuse(anna, reason="Too many", evidence="Letter of 3 May", created_by=mona)
    refuse(
        anna,
        category="newsletter",
        lifted_at=timezone.now(),
        lift_reason="Asked for it again",
    )

    (row,) = table_of(made("opt_outs"))
    every = table_of(made("opt_outs", lifted=True))

    assert row["Name"] == "Anna"
    assert row["Opted out of"] == "Everything"
    assert row["How it came"] == "Staff, for the person"
    assert row["Evidence"] == "Letter of 3 May"
    assert row["Recorded by"] == "Mona"
    assert row["In force"] == "Yes"
    assert [each["Why lifted"] for each in every] == ["Asked for it again", ""]


def test_an_opt_out_outlives_the_person(riverside: Cluster, made: Made) -> None:
    OptOut.objects.create(cluster=riverside, source="import")

    (row,) = table_of(made("opt_outs"))

    assert row["Name"] == "Deleted person"
    assert row["Also others at the address"] == "Yes"


@pytest.mark.services
def test_opt_outs_are_picked_by_what_and_whose(riverside: Cluster) -> None:
    anna, bob = make_person(riverside, "Anna"), make_person(riverside, "Bob")
    news = refuse(anna, category="newsletter", channel="email")
    everything = refuse(bob)

    def found(**given: Any) -> set[OptOut]:
        return set(OptOutFilter(**given).opt_outs(riverside))

    assert found() == {news, everything}
    assert found(q="ann") == {news}
    assert found(category="newsletter") == {news}
    assert found(channel="email") == {news}
    assert found(source="link") == set()
