"""The delivery report of one dispatch."""

from __future__ import annotations

from typing import Any

import pytest

from notifications import exporting
from notifications.actions.exports import request_report
from notifications.exporting.report import report_of
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import Cluster, Dispatch
from tests.personas import make_person, make_zone
from tests.sent import make_dispatch, make_entry

from .conftest import rows_of, workbook_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(riverside: Cluster, ada: Any) -> Dispatch:
    """Two delivered, one of them in a zone; one opted out; one failed."""
    dispatch = make_dispatch(riverside, created_by=ada)
    heron = make_zone(riverside, "Heron block")
    for name, zone, status, reason in (
        ("Anna", heron, EntryStatus.DELIVERED, ""),
        ("Bob", None, EntryStatus.DELIVERED, ""),
        ("Cleo", heron, EntryStatus.SKIPPED, SkipReason.OPTED_OUT),
        ("Dan", None, EntryStatus.FAILED, "refused"),
    ):
        person = make_person(riverside, name, email=f"{name}@example.org", zone=zone)
        make_entry(dispatch, person, status, reason=reason)
    return dispatch


@pytest.mark.services
def test_the_report_counts_by_channel_zone_and_reason(sent: Dispatch) -> None:
    report = report_of(sent)

    assert (report.total, report.people) == (4, 4)
    assert report.balances
    assert report.statuses == {"delivered": 2, "failed": 1, "skipped": 1}
    (email,) = report.channels
    assert email.heading == "Email"
    assert email.total == 4
    heron, nowhere = report.zones
    assert heron.heading == "Heron block"
    assert heron.counts == {"delivered": 1, "skipped": 1}
    assert nowhere.key == ""
    assert nowhere.total == 2
    assert dict(report.reasons) == {"opted_out": 1, "refused": 1}


def test_the_file_begins_with_who_asked_and_what_it_is(
    sent: Dispatch, otto: Any
) -> None:
    export = request_report(sent, "csv", by=otto)
    exporting.run(export.pk)

    rows = rows_of(export)
    gap = rows.index([])
    facts = dict(rows[:gap])
    head, *people = rows[gap + 1 :]

    assert facts["Delivery report"] == "Water off on Monday"
    assert facts["Cluster"] == "Riverside Quay"
    assert facts["Asked for by"] == "Otto"
    assert facts["Sent by"] == "Ada"
    assert facts["Audience"] == "Everyone in Riverside Quay"
    assert facts["Email: Delivered"] == "2"
    assert facts["Reason: Opted out"] == "1"
    assert facts["People"] == "4"
    assert head[:5] == ["Name", "Unit", "Channel", "Address", "Status"]
    assert [row[0] for row in people] == ["Anna", "Bob", "Cleo", "Dan"]


def test_the_workbook_has_a_summary_and_the_rows(sent: Dispatch, otto: Any) -> None:
    export = request_report(sent, "xlsx", by=otto)
    exporting.run(export.pk)

    book = workbook_of(export)

    assert book.sheetnames == ["Summary", "Rows"]
    assert book["Summary"]["A1"].value == "Delivery report"
    assert book["Rows"].max_row == 5


def test_the_file_is_named_after_the_message(riverside: Cluster, otto: Any) -> None:
    dispatch = make_dispatch(riverside, "Réunion / étage 3")

    export = request_report(dispatch, "csv", by=otto)
    exporting.run(export.pk)

    export.refresh_from_db()
    assert export.filename.startswith("Delivery-report-Réunion-étage-3-riverside-")
