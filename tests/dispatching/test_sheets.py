"""The balance sheet counts anew, and shouts when something does not add up."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from notifications import dispatching
from notifications.dispatching import sheets
from notifications.models import Dispatch, NotificationLog
from notifications.models.setwise import record_history
from tests import flow
from tests.personas import make_people, make_person

pytestmark = pytest.mark.services


def test_entries_are_the_sum_over_the_statuses(riverside):
    make_people(riverside, 3)
    make_person(riverside, "Cy")
    dispatch = flow.fanned_out(riverside)
    sheet = dispatching.sheet(dispatch)
    assert (sheet.total, sheet.people, sheet.settled) == (4, 4, 1)
    assert sheet.channels[0].counts == {"planned": 3, "skipped": 1}
    assert sheet.channels[0].skips == {"no_address": 1}
    assert sheet.balanced
    assert sheet.problem == ""


def test_a_status_that_nobody_knows_is_shouted(riverside):
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)
    flow.entries(dispatch).filter(pk=flow.entries(dispatch)[0].pk).update(status="lost")
    sheet = dispatching.sheet(dispatch)
    assert not sheet.balanced
    assert "does not balance" in sheet.problem


def test_entries_that_no_batch_carries_are_shouted(riverside):
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)
    dispatch.batches.update(done_at=timezone.now())
    assert "2 entries wait" in dispatching.sheet(dispatch).problem


def test_an_empty_dispatch_balances(riverside):
    sheet = dispatching.sheet(flow.prepared(riverside))
    assert sheet.balanced
    assert sheet.total == 0


def skip_numbers_of_history(skipped):
    """Leave a gap, as transactions do that are rolled back."""
    table = NotificationLog.history.model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            sequence = f"pg_get_serial_sequence('{table}', 'history_id')"
            cursor.execute(
                f"SELECT setval({sequence}, nextval({sequence}) + {skipped})"
            )
        else:
            cursor.execute(
                "INSERT INTO sqlite_sequence VALUES (%s, %s)", [table, skipped]
            )


@pytest.mark.parametrize("skipped", [0, 2 * sheets.STEPS], ids=["", "numbers skipped"])
def test_the_forecast_goes_by_the_last_minute(riverside, skipped):
    if skipped:
        skip_numbers_of_history(skipped)
    make_people(riverside, 4)
    dispatch = flow.fanned_out(riverside)
    now = timezone.now()
    Dispatch.objects.update(started_at=now - timedelta(seconds=30))
    half = list(flow.entries(dispatch).values_list("pk", flat=True)[:2])
    sent = flow.entries(dispatch).filter(pk__in=half)
    sent.update(status="sent", sending_at=now)
    record_history(sent)
    dispatch.refresh_from_db()
    # However long the lines above took.
    with time_machine.travel(now, tick=False):
        forecast = dispatching.forecast(dispatch)
    assert (forecast.waiting, forecast.seconds, forecast.per_minute) == (2, 30, 4)


def test_there_is_no_telling_before_anything_went_out(riverside):
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside)
    assert dispatching.forecast(dispatch).seconds is None
    flow.entries(dispatch).update(status="sent")
    assert dispatching.forecast(dispatch).seconds == 0
