"""Whoever sends in quiet hours is told that it waits, until when, and the way out."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest
import time_machine
from django.core import mail

from notifications.models import Announcement, Cluster, Dispatch
from tests import flow
from tests.delivery.test_quiet import ruled
from tests.personas import World

from .conftest import PEOPLE, Browse, sent_by
from .test_live import now

WAITS = "Quiet hours: it waits until"


@pytest.fixture
def quiet(world: World) -> Cluster:
    return ruled(world.riverside, -2, 3)


def test_the_last_look_says_until_when_it_waits_and_what_does_not(
    draft: Announcement, quiet: Cluster, ada: Any, browse: Browse
) -> None:
    page = browse(ada).get(f"{draft.uid}/review/").text
    until = f"{quiet.quiet_until:%H:%M}."
    assert page.split(WAITS)[1].split("<")[0].strip().endswith(until)
    assert "Choose “Urgent maintenance” as its kind if it cannot wait." in page
    assert WAITS in browse(ada).get(f"{draft.uid}/edit/").text


def test_of_an_urgent_one_nothing_is_said(
    draft: Announcement, quiet: Cluster, ada: Any, browse: Browse
) -> None:
    Announcement.objects.filter(pk=draft.pk).update(event="maintenance_urgent")
    assert WAITS not in browse(ada).get(f"{draft.uid}/review/").text


def test_of_a_scheduled_one_it_depends_on_the_time(
    draft: Announcement, world: World, ada: Any, browse: Browse
) -> None:
    world.riverside.quiet_from, world.riverside.quiet_until = time(22), time(7)
    world.riverside.save()
    by_day = {"when": "at", "send_at": "2050-06-01T12:00"}
    assert WAITS not in browse(ada).get(f"{draft.uid}/review/", **by_day).text
    at_night = {"when": "at", "send_at": "2050-06-01T23:30"}
    page = browse(ada).get(f"{draft.uid}/review/", **at_night).text
    assert f"{WAITS} 2 June 2050, 07:00." in page


def test_the_live_page_says_that_it_waits_and_nothing_has_gone(
    draft: Announcement, quiet: Cluster, ada: Any, browse: Browse
) -> None:
    dispatch = sent_by(ada, draft)
    flow.deliver()
    assert mail.outbox == []
    text = now(browse, ada, dispatch)
    assert "Quiet hours: goes on at" in text
    assert "&lt;time" not in text
    assert f"{PEOPLE}" in text
    ruled(quiet, -5, -1)
    flow.make_due()
    flow.deliver()
    assert len(mail.outbox) == PEOPLE


@pytest.mark.parametrize("when", ["now", "at"])
def test_what_would_be_too_late_after_the_night_is_refused(
    draft: Announcement, world: World, ada: Any, browse: Browse, when: str
) -> None:
    """At night, not after six, and quiet until seven: nobody would ever get it."""
    world.riverside.quiet_from, world.riverside.quiet_until = time(22), time(7)
    world.riverside.save()
    with time_machine.travel("2026-12-01T23:00:00Z", tick=True):
        given = {"when": when, "not_after": "2026-12-02T06:00"}
        given |= {"send_at": "2026-12-01T23:30"} if when == "at" else {}
        answer = browse(ada).send(draft, **given)
        assert answer.status_code == 409
        assert "nobody would get it" in answer.text
        assert not Dispatch.objects.exists()
        browse(ada).send(draft, **given | {"not_after": "2026-12-02T08:00"})
    draft.refresh_from_db()
    assert draft.status in ("released", "scheduled")
