"""Rare or frequent, the list shows the same entries that the filter picks."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from notifications.events import ANNOUNCEMENT_POSTED, NEWSLETTER
from notifications.exporting import newest as module
from notifications.exporting.filters import LogFilter
from notifications.exporting.newest import newest
from notifications.models import Dispatch, NotificationLog
from tests.personas import make_person, make_zone
from tests.sent import make_content, make_dispatch, make_entry

pytestmark = pytest.mark.services

NOW = timezone.now()
STATUSES = ("delivered", "sent", "failed", "skipped", "unknown")


def dispatch_of(cluster, title, event, days_ago, channels=("email",)):
    """One that was written down within an hour, some days ago."""
    made = make_dispatch(cluster, title, event=event, channels=list(channels))
    began = NOW - timedelta(days=days_ago)
    for channel in channels:
        content = make_content(cluster, f"{title} {channel}", "", "")
        made.contents.create(
            cluster=cluster, content=content, channel=channel, language="en"
        )
    Dispatch.objects.filter(pk=made.pk).update(
        created_at=began,
        fanned_out_at=began + timedelta(hours=1),
        finished_at=began + timedelta(hours=2),
    )
    return made, began


@pytest.fixture
def log(riverside, hilltop):
    """Three weeks of it, two messages at a time being written down side by side."""
    heron = make_zone(riverside, "Heron")
    people = [
        make_person(
            riverside,
            name,
            email=f"{name.split()[0].lower()}@example.org",
            zone=heron if number % 2 else None,
        )
        for number, name in enumerate(("Ann Berg", "Ben Dahl", "Cy Berg", "Dee Ross"))
    ]
    made = [
        dispatch_of(riverside, "Old", NEWSLETTER, 20),
        dispatch_of(riverside, "Older, but long", ANNOUNCEMENT_POSTED, 20),
        dispatch_of(riverside, "Both", ANNOUNCEMENT_POSTED, 9, ("email", "sms")),
        dispatch_of(riverside, "New", NEWSLETTER, 1),
    ]
    step = 0
    for pair in (made[:2], made[2:3], made[3:]):
        for person in people:
            for dispatch, began in pair:
                for channel in dispatch.channels:
                    status = STATUSES[step % len(STATUSES)]
                    reason = "opted_out" if status == "skipped" else ""
                    at = began + timedelta(minutes=step % 50)
                    make_entry(
                        dispatch, person, status, at=at, channel=channel, reason=reason
                    )
                    step += 1
    elsewhere, began = dispatch_of(hilltop, "Theirs", NEWSLETTER, 1)
    make_entry(elsewhere, make_person(hilltop, "Ann Berg", email="ann@hill.example"))
    return {"heron": heron, "dispatches": [each for each, _began in made]}


def day(days_ago):
    return timezone.localdate(NOW - timedelta(days=days_ago)).isoformat()


def filters(log):
    """Whatever the page can be asked, alone and together."""
    old, _long, both, _new = log["dispatches"]
    yield {}
    for status in (("failed",), ("sent", "delivered"), ("unknown",), ("bounced",)):
        yield {"status": status}
    for message, status in product((old, both), ((), ("skipped",))):
        yield {"dispatch": message.pk, "status": status}
    yield {"reason": "opted_out"}
    yield {"reason": "left"}
    yield {"event": NEWSLETTER.name}
    yield {"event": NEWSLETTER.name, "status": ("failed",)}
    yield {"channel": "sms"}
    yield {"channel": "email", "status": ("sent",)}
    yield {"since": day(10)}
    yield {"until": day(10)}
    yield {"since": day(20), "until": day(20)}
    yield {"since": day(9), "until": day(9), "status": ("sent", "failed")}
    yield {"zone": log["heron"].pk}
    yield {"without_zone": True, "dispatch": both.pk}
    yield {"person": "berg"}
    yield {"person": "ann@example.org", "status": ("delivered",)}
    yield {"person": "nobody"}
    yield {"recipient": old.entries.first().recipient_id}


@pytest.mark.parametrize("few", [0, 1, 1_000])
def test_the_list_is_what_the_filter_picks(riverside, log, monkeypatch, few):
    monkeypatch.setattr(module, "COUNT_UP_TO", few)
    monkeypatch.setattr(module, "READ_UP_TO", few)
    keys = sorted(NotificationLog.objects.values_list("pk", flat=True))
    picked_any = 0
    for given in filters(log):
        chosen = LogFilter(**given)
        picked = chosen.entries(riverside).order_by("-pk")
        for before in (None, keys[0], keys[len(keys) // 2], keys[-1]):
            found = newest(chosen, riverside, before)
            wanted = picked if before is None else picked.filter(pk__lt=before)
            assert list(found.entries[:50]) == list(wanted), (given, before)
            assert found.count == min(picked.count(), few), given
            assert found.more == (picked.count() > few), given
            picked_any += wanted.count()
    assert picked_any > 100
