"""The list of the log: filters, pages, numbers that open, and the export."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import Cluster, Export, Recipient, Role
from tests.personas import World, join, make_people, make_person, make_zone
from tests.sent import make_dispatch, make_entry

from .conftest import Open

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(riverside: Cluster) -> Recipient:
    return make_person(
        riverside, "Anna Lindqvist", email="anna@example.org", unit="Flat 12"
    )


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_an_empty_log_teaches_what_belongs_here(page: Open) -> None:
    assert "Nothing has been sent yet" in text_of(page("delivery/log/"))


def test_a_line_says_who_what_where_and_why(
    page: Open, riverside: Cluster, anna: Recipient
) -> None:
    entry = make_entry(
        make_dispatch(riverside),
        anna,
        EntryStatus.SKIPPED,
        reason=SkipReason.SUPPRESSED,
    )

    shown = text_of(page("delivery/log/"))

    assert f"/c/riverside/admin/delivery/log/{entry.pk}/" in shown
    for words in ("Anna Lindqvist", "Flat 12", "anna@example.org", "Skipped"):
        assert words in shown
    assert "Address must not be used" in shown


def test_another_clusters_entries_are_never_there(
    page: Open, hilltop: Cluster, anna: Recipient
) -> None:
    canary = make_person(hilltop, "CANARY", email="canary@example.org")
    dispatch = make_dispatch(hilltop, "CANARY dispatch")
    entry = make_entry(dispatch, canary)
    make_entry(make_dispatch(anna.cluster), anna)
    zone = make_zone(hilltop, "CANARY zone")

    everything = text_of(page("delivery/log/"))
    for query in (
        {"dispatch": dispatch.pk},
        {"recipient": canary.pk},
        {"zone": zone.pk},
        {"person": "canary"},
    ):
        assert "CANARY" not in text_of(page("delivery/log/", **query))

    assert "CANARY" not in everything
    assert page(f"delivery/log/{entry.pk}/").status_code == 404
    assert page(f"delivery/log/{entry.pk}/html/").status_code == 404


def test_filters_narrow_the_list_and_are_told_as_chips(
    page: Open, riverside: Cluster, anna: Recipient
) -> None:
    bob = make_person(riverside, "Bob", email="bob@example.org")
    dispatch = make_dispatch(riverside)
    make_entry(dispatch, anna, EntryStatus.FAILED)
    make_entry(dispatch, bob)

    shown = text_of(page("delivery/log/", status=["failed", "bounced"], person="anna"))

    assert "Anna Lindqvist" in shown
    assert "bob@example.org" not in shown
    assert "?status=bounced&amp;person=anna" in shown
    assert "?status=failed&amp;person=anna" in shown


def test_a_filter_that_cannot_be_read_is_left_out_with_a_sentence(
    page: Open, riverside: Cluster, anna: Recipient
) -> None:
    make_entry(make_dispatch(riverside), anna)

    shown = text_of(page("delivery/log/", since="tomorrow", status="odd", dispatch="x"))

    assert "This filter is left out" in shown
    assert "Anna Lindqvist" in shown


def test_pages_go_on_where_the_last_one_ended(page: Open, riverside: Cluster) -> None:
    dispatch = make_dispatch(riverside)
    for person in make_people(riverside, 53):
        make_entry(dispatch, person)

    first = page("delivery/log/")
    older = first.context["page"].older
    second = page("delivery/log/", before=older)
    beyond = page("delivery/log/", before=1)

    assert len(first.context["page"].lines) == 50
    assert [line.name for line in second.context["page"].lines] == [
        "Person 0002",
        "Person 0001",
        "Person 0000",
    ]
    assert "Back to the newest" in text_of(beyond)


def test_the_count_stops_counting(
    page: Open, riverside: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("notifications.exporting.newest.COUNT_UP_TO", 2)
    dispatch = make_dispatch(riverside)
    for person in make_people(riverside, 3):
        make_entry(dispatch, person)

    assert "More than <b>2</b> entries" in text_of(page("delivery/log/"))


def test_the_number_of_queries_does_not_grow_with_the_lines(
    page: Open, riverside: Cluster, django_assert_max_num_queries: Any
) -> None:
    dispatch = make_dispatch(riverside)
    for person in make_people(riverside, 20):
        make_entry(dispatch, person)

    with django_assert_max_num_queries(14):
        page("delivery/log/")


def test_the_export_takes_the_very_filters_of_the_list(
    as_otto: Client, riverside: Cluster, anna: Recipient, otto: Any
) -> None:
    dispatch = make_dispatch(riverside)
    make_entry(dispatch, anna, EntryStatus.FAILED)

    answer = as_otto.post(
        f"/c/riverside/admin/delivery/log/?status=failed&dispatch={dispatch.pk}",
        {"format": "xlsx"},
    )

    export = Export.objects.get()
    assert answer.status_code == 302
    assert answer.url == "/c/riverside/admin/exports/"
    assert export.filters == {"dispatch": dispatch.pk, "status": ["failed"]}
    assert export.requested_by == otto
    assert export.title == "Log: Message Water off on Monday, Status Failed"


def test_choosing_another_of_my_clusters_goes_there(
    page: Open, world: World, otto: Any
) -> None:
    join(otto, world.hilltop, Role.AUDITOR)

    there = page("delivery/log/", cluster="hilltop", status="failed", dispatch="7")
    nowhere = page("delivery/log/", cluster="elsewhere")

    assert there.status_code == 302
    assert there.url.startswith("/c/hilltop/admin/delivery/log/?")
    assert "status=failed" in there.url
    assert "dispatch" not in there.url
    assert nowhere.status_code == 200
