"""From the review to the dispatch: now, at a time, past a second person; once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from notifications.actions import announcements
from notifications.actions.announcements import holding
from notifications.lifecycle import AnnouncementStatus
from notifications.models import Announcement, Dispatch, Zone
from tests.personas import World, make_people

from .conftest import HERE, PEOPLE, Browse

IN_2050 = "2050-06-01T09:00"


def test_the_review_says_what_to_whom_when_and_who_not(
    draft: Announcement, ada: Any, browse: Browse
) -> None:
    answer = browse(ada).write(f"{draft.uid}/edit/", do="review")
    assert answer["Location"] == f"{HERE}{draft.uid}/review/"
    page = browse(ada).get(f"{draft.uid}/review/").text
    assert "Water off on Monday" in page
    assert "Everyone in Riverside Quay" in page
    assert f"{PEOPLE} people" in page
    assert "No address" in page
    assert "From nine to twelve" in page
    assert not Dispatch.objects.exists()


def test_sending_makes_the_dispatch_and_leads_to_its_live_page(
    draft: Announcement, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    answer = browser.send(draft)
    dispatch = Dispatch.objects.get()
    shown = browser.client.get(answer["Location"])
    assert shown["Location"] == f"{HERE}live/{dispatch.uid}/"
    draft.refresh_from_db()
    assert draft.status == AnnouncementStatus.RELEASED
    assert dispatch.created_by == ada
    assert draft.expected_people == PEOPLE


def test_two_presses_send_once_and_the_second_reads_why(
    draft: Announcement, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    seen = {"version": 1, "expected_people": PEOPLE, "when": "now"}
    browser.post(f"{draft.uid}/review/", **seen)
    answer = browser.post(f"{draft.uid}/review/", **seen)
    assert answer.status_code == 302
    live = browser.client.get(answer["Location"], follow=True)
    assert "nothing was done" in live.text
    assert Dispatch.objects.count() == 1


def test_a_number_that_has_moved_is_said_and_asked_again(
    draft: Announcement, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    make_people(draft.cluster, 0)
    answer = browser.send(draft, expected_people=PEOPLE + 12)
    assert answer.status_code == 409
    assert f"would now reach {PEOPLE}" in answer.text
    assert f"Send to {PEOPLE} people" in answer.text
    assert not Dispatch.objects.exists()
    assert browser.send(draft).status_code == 302


def test_words_that_somebody_changed_meanwhile_are_read_again_first(
    draft: Announcement, world: World, browse: Browse
) -> None:
    browse(world.grace).write(f"{draft.uid}/edit/", subject="Grace was here")
    answer = browse(world.ada).send(draft, version=1)
    assert answer.status_code == 409
    assert "Somebody changed this after you opened it" in answer.text
    assert "Grace was here" in answer.text
    assert not Dispatch.objects.exists()


def test_nobody_reachable_cannot_be_sent(heron: Zone, ada: Any, browse: Browse) -> None:
    browser = browse(ada)
    answer = browser.write(who="some", do="review")
    answer = browser.client.get(answer["Location"])
    assert "Nobody is chosen yet" in " ".join(answer.context["problems"])
    made = Announcement.objects.get()
    assert browser.get(f"{made.uid}/review/").status_code == 302


def test_a_test_goes_to_me_alone_and_stays_out_of_the_lists(
    draft: Announcement, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    answer = browser.write(f"{draft.uid}/edit/", do="test")
    dispatch = Dispatch.objects.get()
    assert dispatch.is_test
    assert dispatch.title == "Test: Water off on Monday"
    edit = browser.client.get(answer["Location"])
    assert "A test is on its way to you" in edit.text
    live = browser.client.get("/c/riverside/admin/delivery/live/")
    assert dispatch.title not in live.text
    all_of_it = browser.client.get("/c/riverside/admin/delivery/live/?tests=1")
    assert dispatch.title in all_of_it.text


def test_words_that_cannot_be_composed_are_not_tested(
    draft: Announcement, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    answer = browser.write(f"{draft.uid}/edit/", do="test", subject="{{ nope }}")
    answer = browser.client.get(answer["Location"])
    assert "Before it can go" in answer.text
    assert not Dispatch.objects.exists()


# At a time.


@pytest.fixture
def scheduled(draft: Announcement, ada: Any, browse: Browse) -> Announcement:
    browse(ada).send(draft, when="at", send_at=IN_2050, not_after="2050-06-01T12:00")
    draft.refresh_from_db()
    return draft


def test_a_time_is_the_one_on_the_clusters_wall(scheduled: Announcement) -> None:
    assert scheduled.status == AnnouncementStatus.SCHEDULED
    assert scheduled.send_at.isoformat() == "2050-06-01T08:00:00+00:00"
    assert scheduled.time_zone == "Europe/London"
    assert not Dispatch.objects.exists()


def test_what_is_scheduled_says_when_and_can_be_changed(
    scheduled: Announcement, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    page = browser.get(f"{scheduled.uid}/").text
    assert "1 June 2050, 09:00 (Europe/London)" in page
    answer = browser.post(f"{scheduled.uid}/unschedule/")
    scheduled.refresh_from_db()
    assert scheduled.status == AnnouncementStatus.DRAFT
    edit = browser.client.get(answer["Location"])
    assert f'value="{IN_2050}"' in edit.text


def test_what_is_scheduled_can_be_cancelled(
    scheduled: Announcement, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    assert "put away for good" in browser.get(f"{scheduled.uid}/cancel/").text
    browser.post(f"{scheduled.uid}/cancel/", reason="Not needed")
    scheduled.refresh_from_db()
    assert scheduled.status == AnnouncementStatus.CANCELLED
    page = browser.get(f"{scheduled.uid}/").text
    assert "it reached nobody" in page
    assert "Not needed" in page


def test_a_time_that_passes_while_one_reads_is_not_taken_as_now(
    draft: Announcement, ada: Any, browse: Browse
) -> None:
    answer = browse(ada).send(draft, when="at", send_at="2001-01-01T09:00")
    assert answer.status_code == 409
    assert "has passed" in answer.text
    assert not Dispatch.objects.exists()


def test_what_is_late_is_held_and_released_by_a_human(
    scheduled: Announcement, ada: Any, browse: Browse
) -> None:
    Announcement.objects.filter(pk=scheduled.pk).update(not_after=None)
    announcements.release_due(scheduled.send_at + timedelta(hours=1))
    browser = browse(ada)
    page = browser.get(f"{scheduled.uid}/").text
    assert "Held: it was not sent." in page
    assert "60 minutes late" in page
    assert f"Release to {PEOPLE} people" in page
    scheduled.refresh_from_db()
    seen = {"version": scheduled.version, "expected_people": PEOPLE}
    browser.post(f"{scheduled.uid}/release/", **seen)
    assert Dispatch.objects.get().announcement == scheduled


def test_a_busy_database_holds_nothing(
    scheduled: Announcement, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*args: Any, **options: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(holding, "release", busy)
    Announcement.objects.filter(pk=scheduled.pk).update(not_after=None)
    announcements.release_due(scheduled.send_at)
    scheduled.refresh_from_db()
    assert scheduled.status == AnnouncementStatus.SCHEDULED
    monkeypatch.undo()
    announcements.release_due(scheduled.send_at)
    scheduled.refresh_from_db()
    assert scheduled.status == AnnouncementStatus.RELEASED
