"""The demo has a past: what it did last week happens at last week's time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time, timedelta
from time import monotonic
from unittest.mock import patch
from zoneinfo import ZoneInfo

from django.utils import timezone


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let Django's clock show ``moment`` at first, and go on from there."""
    began = monotonic()

    def now() -> datetime:
        return moment + timedelta(seconds=monotonic() - began)

    with patch.object(timezone, "now", now):
        yield


def days_from_now(days: int, wall: str, zone: str) -> datetime:
    """The moment, in UTC, when a clock there shows ``wall`` some days from now."""
    there = ZoneInfo(zone)
    day = (datetime.now(UTC).astimezone(there) + timedelta(days=days)).date()
    return datetime.combine(day, time.fromisoformat(wall), there).astimezone(UTC)
