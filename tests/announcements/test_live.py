"""The page of a message under way: what it says, and what one can do there."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail

from notifications import dispatching
from notifications.lifecycle import DispatchStatus, EntryStatus
from notifications.models import Announcement, Dispatch, NotificationLog
from tests.personas import World

from .conftest import PEOPLE, Browse, delivered, sent_by

LIVE = "/c/riverside/admin/delivery/live/"


@pytest.fixture
def dispatch(draft: Announcement, ada: Any) -> Dispatch:
    """Written down, with no worker about."""
    return sent_by(ada, draft)


def now(browse: Browse, user: Any, dispatch: Dispatch, status: str = "sending") -> str:
    answer = browse(user).get(f"live/{dispatch.uid}/now/", status=status)
    return str(answer.text)


def settle(dispatch: Dispatch, status: str, count: int, **fields: Any) -> None:
    """Let some entries have come to this, as a worker would have written it."""
    entries = NotificationLog.objects.filter(
        dispatch=dispatch, status=EntryStatus.PLANNED
    )
    keys = list(entries.values_list("pk", flat=True)[:count])
    given = {"attempts": 1, "token": "t"} | fields
    NotificationLog.objects.filter(pk__in=keys).update(status=status, **given)


def test_a_message_under_way_is_polled_and_adds_up(
    dispatch: Dispatch, otto: Any, browse: Browse
) -> None:
    page = browse(otto).get(f"live/{dispatch.uid}/").text
    assert "data-refresh-url" in page
    assert f"<b>{PEOPLE + 1}</b> planned" in page
    assert "No address" in page
    assert "do not add up" not in page
    assert f"admin/delivery/log/?dispatch={dispatch.pk}&amp;status=skipped" in page


def test_the_moving_part_reloads_the_page_when_its_buttons_are_no_longer_right(
    dispatch: Dispatch, otto: Any, browse: Browse
) -> None:
    assert "data-refresh-reload" not in now(browse, otto, dispatch)
    delivered(dispatch)
    assert "data-refresh-reload" in now(browse, otto, dispatch)
    done = now(browse, otto, dispatch, status="done")
    assert "data-refresh-reload" not in done
    assert "data-refresh-done" in done


def test_when_all_is_done_the_page_is_the_record(
    dispatch: Dispatch, otto: Any, browse: Browse
) -> None:
    delivered(dispatch)
    assert len(mail.outbox) == PEOPLE
    page = browse(otto).get(f"live/{dispatch.uid}/").text
    assert 'id="live-now" data-refresh-url' not in page
    assert "Everyone in Riverside Quay" in page
    assert "From nine to twelve" in page
    assert 'sandbox=""' in page
    assert "Everything is settled" in page
    assert f"admin/exports/reports/{dispatch.pk}/" in page
    assert "Pause" not in page


def test_what_was_sent_stays_as_it_was_sent(
    dispatch: Dispatch, world: World, browse: Browse
) -> None:
    world.riverside.name = "Another name"
    world.riverside.save()
    page = browse(world.otto).get(f"live/{dispatch.uid}/")
    assert "Riverside Quay" in page.context["said"][0].framed


def test_pause_and_resume(dispatch: Dispatch, ada: Any, browse: Browse) -> None:
    browser = browse(ada)
    browser.post(f"live/{dispatch.uid}/pause/")
    delivered(dispatch)
    assert dispatch.status == DispatchStatus.PAUSED
    assert mail.outbox == []
    page = browser.get(f"live/{dispatch.uid}/").text
    assert f"{PEOPLE} people wait." in page
    browser.post(f"live/{dispatch.uid}/resume/")
    delivered(dispatch)
    assert dispatch.status == DispatchStatus.DONE
    assert len(mail.outbox) == PEOPLE


def test_pausing_what_is_over_says_why_not(
    dispatch: Dispatch, ada: Any, browse: Browse
) -> None:
    delivered(dispatch)
    browser = browse(ada)
    answer = browser.post(f"live/{dispatch.uid}/pause/")
    assert "cannot become" in browser.client.get(answer["Location"]).text


def test_what_has_not_gone_can_be_cancelled_after_a_question(
    dispatch: Dispatch, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    question = browser.get(f"live/{dispatch.uid}/cancel/").text
    assert f"{PEOPLE} people" in question
    browser.post(f"live/{dispatch.uid}/cancel/", reason="Wrong day")
    delivered(dispatch)
    assert dispatch.status == DispatchStatus.CANCELLED
    assert mail.outbox == []
    page = browser.get(f"live/{dispatch.uid}/").text
    assert "Cancelled on the way." in page
    assert "Wrong day" in page


def test_only_the_failed_are_tried_again_and_once(
    dispatch: Dispatch, ada: Any, browse: Browse
) -> None:
    settle(dispatch, EntryStatus.FAILED, 3, detail="550 mailbox full")
    delivered(dispatch)
    browser = browse(ada)
    page = browser.get(f"live/{dispatch.uid}/").text
    assert "Try only the failed again (3)" in page
    assert "550 mailbox full" in page
    answer = browser.post(f"live/{dispatch.uid}/retry/")
    child = Dispatch.objects.get(parent=dispatch)
    assert str(child.uid) in answer["Location"]
    dispatching.fan_out(child.pk)
    assert NotificationLog.objects.filter(dispatch=child).count() == 3
    again = browser.post(f"live/{dispatch.uid}/retry/")
    assert again.status_code == 409
    assert "tried again already" in again.text
    assert "Tried again" in browser.get(f"live/{dispatch.uid}/").text


def test_failures_and_bounces_are_told_apart_and_open_in_the_log(
    dispatch: Dispatch, ada: Any, browse: Browse
) -> None:
    settle(dispatch, EntryStatus.FAILED, 3, detail="550 mailbox full")
    settle(dispatch, EntryStatus.BOUNCED, 2, detail="550 mailbox full")
    delivered(dispatch)
    page = browse(ada).get(f"live/{dispatch.uid}/")
    told = [(each.status, each.count) for each in page.context["failures"]]
    assert told == [("failed", 3), ("bounced", 2)]
    for failure in page.context["failures"]:
        log = browse(ada).client.get(failure.url)
        assert log.context["page"].count == failure.count
    log = browse(ada).client.get(page.context["failed_url"])
    assert log.context["page"].count == 5


def test_those_nobody_can_know_of_lead_to_where_they_are_settled(
    dispatch: Dispatch, ada: Any, browse: Browse
) -> None:
    settle(dispatch, EntryStatus.UNKNOWN, 2)
    delivered(dispatch)
    browser = browse(ada)
    assert "Nobody can know whether 2 people have it." in now(
        browse, ada, dispatch, "done"
    )
    page = browser.get(f"live/{dispatch.uid}/").text
    assert f"/delivery/unknown/?dispatch={dispatch.pk}" in page


def test_an_auditor_watches_and_does_not_steer(
    dispatch: Dispatch, otto: Any, browse: Browse
) -> None:
    browser = browse(otto)
    page = browser.get(f"live/{dispatch.uid}/").text
    assert "Pause" not in page
    assert "Cancel what has not gone" not in page
    assert browser.post(f"live/{dispatch.uid}/pause/").status_code == 403


def test_what_is_going_out_now_is_listed_with_its_pace(
    dispatch: Dispatch, otto: Any, browse: Browse
) -> None:
    client = browse(otto).client
    page = client.get(LIVE).text
    assert "Going out now" in page
    assert "Waiting for a worker" in page
    delivered(dispatch)
    page = client.get(LIVE, headers={"x-requested-with": "XMLHttpRequest"}).text
    assert "Nothing is going out just now." in page
    assert "Water off on Monday" in page
    assert "<html" not in page


def test_nothing_under_way_teaches(world: World, browse: Browse) -> None:
    assert "Nothing has gone out yet" in browse(world.otto).client.get(LIVE).text
