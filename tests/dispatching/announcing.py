"""An announcement to try things on, and the clock that they happen by."""

from __future__ import annotations

from datetime import UTC, datetime

from notifications.actions.announcements import Draft
from notifications.audience import Criteria
from notifications.models import Announcement
from tests.personas import make_person

BODY = [{"type": "text", "value": "<p>No water from 9 to 12.</p>"}]
MONDAY = datetime(2026, 11, 23, 9, 0)
NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def draft(**fields):
    given = {
        "subject": "Water off on Monday",
        "body": BODY,
        "criteria": Criteria(everyone=True),
    }
    return Draft(**(given | fields))


def newcomers(cluster, count):
    """More people, at addresses that nobody has yet."""
    known = cluster.recipients.count()
    for number in range(known, known + count):
        make_person(cluster, f"New {number}", email=f"new{number}@example.org")


def fresh(announcement):
    return Announcement.objects.get(pk=announcement.pk)
