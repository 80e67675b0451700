"""How long it took: to the yes, to the first, to nine of ten, and to the answers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications.actions import broadcasts
from notifications.models import Answer, NotificationLog

pytestmark = pytest.mark.services


def test_measures_are_taken_from_the_rows(arrived):
    arrived.submitted_at = arrived.live_at - timedelta(seconds=75)
    entries = list(
        NotificationLog.objects.filter(dispatch__broadcast=arrived, status="sent")
    )
    assert len(entries) == 4
    for number, entry in enumerate(entries, start=1):
        NotificationLog.objects.filter(pk=entry.pk).update(
            sent_at=arrived.live_at + timedelta(seconds=10 * number)
        )
    for seconds, name in ((20, "Ann"), (50, "Cy")):
        person = arrived.cluster.recipients.get(name=name)
        Answer.objects.create(
            cluster=arrived.cluster,
            broadcast=arrived,
            recipient=person,
            state="safe",
            answered_at=arrived.live_at + timedelta(seconds=seconds),
        )
    found = broadcasts.measures_of(arrived)
    assert found.to_approve == timedelta(seconds=75)
    assert found.to_first == timedelta(seconds=10)
    # All three people; the fourth message is somebody's second.
    assert found.to_most == timedelta(seconds=30)
    assert found.to_half_answered == timedelta(seconds=20)
    assert (found.sent, found.answered, found.need_help) == (4, 2, 0)


def test_what_has_not_come_is_not_guessed(submitted):
    found = broadcasts.measures_of(submitted)
    assert found.to_approve is None
    assert found.to_first is None
    assert found.sent == 0


def test_what_staff_put_down_is_no_answer(arrived, ada):
    di = arrived.cluster.recipients.get(name="Di")
    broadcasts.mark(arrived, di, "safe", by=ada)
    assert broadcasts.measures_of(arrived).answered == 0
