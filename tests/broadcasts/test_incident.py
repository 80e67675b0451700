"""The incident report says who did what when, what was said, and who had it."""

from __future__ import annotations

import csv
import io

import pytest

from notifications import exporting
from notifications.actions import broadcasts
from notifications.actions.exports import download, request_incident
from notifications.alerting import Purpose
from notifications.errors import NotAllowed
from notifications.models import Export, NotificationLog
from tests import flow
from tests.broadcasts.conftest import fan_out

pytestmark = pytest.mark.services


@pytest.fixture
def over(arrived, grace):
    """Ann said that she needs help, and then it was all clear."""
    entry = NotificationLog.objects.get(
        dispatch__broadcast=arrived, recipient__name="Ann", channel="sms"
    )
    broadcasts.answer(entry, "help", "third floor")
    fan_out(broadcasts.follow_up(arrived, Purpose.ALL_CLEAR, by=grace))
    flow.deliver()
    return arrived


def rows_of(broadcast, by) -> list[list[str]]:
    export = request_incident(broadcast, "csv", by=by)
    exporting.run(export.pk)
    export = Export.objects.get(pk=export.pk)
    data = bytes(download(export, by=by).data).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(data)))


def test_it_holds_decisions_words_and_people(over, otto):
    rows = rows_of(over, otto)
    told = "\n".join(" | ".join(row) for row in rows)
    assert "Incident report | Gas leak in Heron block" in told
    assert "Submitted for approval" in told
    assert "Approved" in told
    assert "All clear" in told
    assert "Fuite de gaz : Heron block" in told
    assert "Needs help | 1" in told
    ann = [row for row in rows if "Ann" in row]
    assert {row[0] for row in ann} == {"Alert", "All clear"}
    assert all("Needs help" in row for row in ann)
    assert "third floor" not in told


def test_only_members_may_take_it(over, mallory, pia):
    for somebody in (mallory, pia):
        with pytest.raises(NotAllowed):
            request_incident(over, "csv", by=somebody)
