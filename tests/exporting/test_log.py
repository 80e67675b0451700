"""The log, taken away as a file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications import exporting, scope
from notifications.actions.exports import request_export
from notifications.events import NEWSLETTER
from notifications.exporting import keyset
from notifications.exporting.filters import LogFilter
from notifications.lifecycle import EntryStatus, JobStatus, SkipReason
from notifications.models import Cluster, NotificationLog, Recipient
from tests.personas import make_people, make_person, make_zone
from tests.sent import make_dispatch, make_entry

from .conftest import Made, data_of, table_of, workbook_of

pytestmark = pytest.mark.django_db

SUMMER = datetime(2026, 7, 1, 9, 30, tzinfo=UTC)


@pytest.fixture
def anna(riverside: Cluster) -> Recipient:
    return make_person(
        riverside, "Anna Lindqvist", email="anna@example.org", unit="Flat 12"
    )


def test_a_row_says_who_what_when_and_why(
    riverside: Cluster, anna: Recipient, made: Made
) -> None:
    dispatch = make_dispatch(riverside, event=NEWSLETTER)
    entry = make_entry(
        dispatch,
        anna,
        EntryStatus.SKIPPED,
        at=SUMMER,
        reason=SkipReason.OPTED_OUT,
        settled_at=SUMMER,
    )

    (row,) = table_of(made())

    assert row["Name"] == "Anna Lindqvist"
    assert row["Unit"] == "Flat 12"
    assert row["Address"] == "anna@example.org"
    assert row["Message"] == "Water off on Monday"
    assert row["Kind"] == "Newsletter"
    assert row["Status"] == "Skipped"
    assert row["Reason"] == "Opted out"
    assert row["Entry"] == str(entry.pk)


def test_times_are_the_clusters_with_their_offset(
    riverside: Cluster, anna: Recipient, made: Made
) -> None:
    make_entry(make_dispatch(riverside), anna, at=SUMMER)

    (row,) = table_of(made())

    assert row["Planned"] == "2026-07-01T10:30:00+01:00"
    assert row["Bounced"] == ""


def test_the_name_is_the_one_it_was_sent_to(
    riverside: Cluster, anna: Recipient, made: Made
) -> None:
    make_entry(make_dispatch(riverside), anna)
    anna.name = "Anna Berg"
    anna.save()

    (row,) = table_of(made())

    assert row["Name"] == "Anna Lindqvist"


def test_an_erased_person_is_called_so(
    riverside: Cluster, anna: Recipient, made: Made
) -> None:
    entry = make_entry(make_dispatch(riverside), anna)
    entry.addressee.name = entry.addressee.address = entry.addressee.unit = ""
    entry.addressee.save()

    (row,) = table_of(made())

    assert row["Name"] == "Erased person"


def test_formulas_are_words_in_both_formats(riverside: Cluster, made: Made) -> None:
    person = make_person(riverside, "=cmd|' /C calc'!A0", email="e@example.org")
    make_entry(make_dispatch(riverside, "+44 is a code"), person)

    (row,) = table_of(made())
    sheet = workbook_of(made(format="xlsx"))["Rows"]

    assert row["Name"] == "'=cmd|' /C calc'!A0"
    assert row["Message"] == "'+44 is a code"
    cells = {cell.value: cell for line in sheet for cell in line if cell.value}
    assert cells["=cmd|' /C calc'!A0"].data_type == "s"
    assert not any(cell.data_type == "f" for cell in cells.values())


def test_both_formats_hold_the_same_rows(riverside: Cluster, made: Made) -> None:
    dispatch = make_dispatch(riverside)
    for person in make_people(riverside, 3):
        make_entry(dispatch, person)

    names = [row["Name"] for row in table_of(made())]
    sheet = workbook_of(made(format="xlsx"))["Rows"]
    head = [cell.value for cell in sheet[1]]
    column = head.index("Name")

    assert names == ["Person 0002", "Person 0001", "Person 0000"]
    assert [row[column].value for row in sheet.iter_rows(min_row=2)] == names


def test_nothing_of_another_cluster_is_ever_in_it(
    riverside: Cluster, hilltop: Cluster, anna: Recipient, made: Made
) -> None:
    canary = make_person(hilltop, "CANARY", email="canary@example.org")
    foreign = make_dispatch(hilltop, "CANARY dispatch")
    make_entry(foreign, canary)
    make_entry(make_dispatch(riverside), anna)

    everything = data_of(made())
    aimed = [
        made(dispatch=foreign.pk),
        made(recipient=canary.pk),
        made(person="canary"),
        made(zone=make_zone(hilltop, "CANARY zone").pk),
        made("delivery", dispatch=foreign.pk),
    ]

    assert b"Anna" in everything
    assert b"CANARY" not in everything
    for export in aimed[:-1]:
        assert b"anary" not in data_of(export).replace(b"CANARY", b"anary")
        assert export.done_rows == 0
    assert aimed[-1].status == JobStatus.FAILED
    assert "not in this cluster" in aimed[-1].error


@pytest.mark.services
def test_filters_narrow_what_is_written(riverside: Cluster, anna: Recipient) -> None:
    heron = make_zone(riverside, "Heron")
    floor = make_zone(riverside, "Floor 2", heron)
    bob = make_person(riverside, "Bób", email="bob@example.org", zone=floor)
    news = make_dispatch(riverside, event=NEWSLETTER)
    water = make_dispatch(riverside)
    first = make_entry(news, anna, at=SUMMER)
    second = make_entry(
        water, bob, EntryStatus.SKIPPED, reason=SkipReason.SUPPRESSED, at=SUMMER
    )
    third = make_entry(water, anna, EntryStatus.FAILED)

    def found(**given: Any) -> set[NotificationLog]:
        return set(LogFilter(**given).entries(riverside))

    assert found() == {first, second, third}
    assert found(dispatch=news.pk) == {first}
    assert found(event="newsletter") == {first}
    assert found(channel="sms") == set()
    assert found(status=("failed", "skipped")) == {second, third}
    assert found(reason="suppressed") == {second}
    assert found(zone=floor.pk) == {second}
    assert found(zone=heron.pk) == set()
    assert found(without_zone=True) == {first, third}
    assert found(recipient=anna.pk) == {first, third}
    assert found(person="BÓB") == {second}
    assert found(person="anna@example") == {first, third}
    assert found(since="2026-07-01", until="2026-07-01") == {first, second}
    assert found(since="2026-07-02") == {third}
    assert found(until="2026-06-30") == set()


def test_a_day_begins_and_ends_in_the_clusters_time_zone(
    riverside: Cluster, anna: Recipient
) -> None:
    riverside.time_zone = "Pacific/Auckland"
    midnight = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)
    entry = make_entry(make_dispatch(riverside), anna, at=midnight)

    assert list(LogFilter(since="2026-07-01").entries(riverside)) == [entry]
    assert not LogFilter(until="2026-06-30").entries(riverside).exists()


def test_the_number_of_queries_does_not_grow_with_the_rows(
    riverside: Cluster, otto: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    dispatch = make_dispatch(riverside)
    people = make_people(riverside, 30)

    def queries() -> int:
        export = request_export(riverside, "log", "csv", {}, "Log", by=otto)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            exporting.run(export.pk)
        return len(captured)

    for person in people[:5]:
        make_entry(dispatch, person)
    few = queries()
    for person in people[5:]:
        make_entry(dispatch, person)
    many = queries()

    assert many == few


def test_pages_meet_each_row_once_whatever_the_order(riverside: Cluster) -> None:
    make_people(riverside, 7)
    for name in ("Person 0003", "Person 0003"):
        make_person(riverside, name)
    everybody = Recipient.objects.filter(cluster=riverside)

    for by in (("id",), ("-id",), ("name_key", "id"), ("-name_key", "id")):
        walked = [
            row for page in keyset.pages(everybody, by=by, size=2) for row in page
        ]
        assert walked == list(everybody.order_by(*by))


def test_an_export_reads_nothing_outside_its_own_scope(
    riverside: Cluster, anna: Recipient, otto: Any
) -> None:
    make_entry(make_dispatch(riverside), anna)
    export = request_export(riverside, "log", "csv", {}, "Log", by=otto)

    with scope.clusters():
        exporting.run(export.pk)

    export.refresh_from_db()
    assert export.status == JobStatus.DONE
    assert export.done_rows == 1
