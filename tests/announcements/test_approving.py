"""Past a second person, where the cluster asks for one."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from notifications.actions import announcements
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.lifecycle import AnnouncementStatus
from notifications.models import Announcement, Dispatch
from tests.personas import World

from .conftest import PEOPLE, Browse


@pytest.fixture
def submitted(draft: Announcement, ada: Any, browse: Browse) -> Announcement:
    cluster = draft.cluster
    cluster.requires_approval = True
    cluster.save()
    answer = browse(ada).send(draft)
    assert answer.status_code == 302
    draft.refresh_from_db()
    return draft


def test_where_approval_is_asked_the_button_submits(
    submitted: Announcement, ada: Any, browse: Browse
) -> None:
    assert submitted.status == AnnouncementStatus.SUBMITTED
    assert not Dispatch.objects.exists()
    page = browse(ada).get(f"{submitted.uid}/").text
    assert "It waits for approval" in page
    assert "you cannot approve it yourself" in page
    assert "Grace, Mona" in page
    assert "Approve for" not in page


def test_an_approver_approves_and_then_it_can_be_sent(
    submitted: Announcement, world: World, browse: Browse
) -> None:
    browser = browse(world.grace)
    page = browser.get(f"{submitted.uid}/")
    assert f"Approve for {PEOPLE} people" in page.text
    browser.post(
        f"{submitted.uid}/approve/",
        version=submitted.version,
        expected_people=PEOPLE,
    )
    submitted.refresh_from_db()
    assert submitted.status == AnnouncementStatus.APPROVED
    browse(world.ada).send(submitted)
    assert Dispatch.objects.count() == 1


def test_who_wrote_it_cannot_approve_it_even_as_manager(
    submitted: Announcement, world: World, browse: Browse
) -> None:
    Announcement.objects.filter(pk=submitted.pk).update(last_edited_by=world.mona)
    answer = browse(world.mona).post(
        f"{submitted.uid}/approve/",
        version=submitted.version,
        expected_people=PEOPLE,
    )
    assert answer.status_code == 409
    assert "somebody else has to approve it" in answer.text
    submitted.refresh_from_db()
    assert submitted.status == AnnouncementStatus.SUBMITTED


def test_an_author_cannot_approve(
    submitted: Announcement, ada: Any, browse: Browse
) -> None:
    assert browse(ada).post(f"{submitted.uid}/approve/").status_code == 403


def test_approval_of_words_that_have_changed_is_refused(
    submitted: Announcement, world: World, browse: Browse
) -> None:
    answer = browse(world.grace).post(
        f"{submitted.uid}/approve/", version=1, expected_people=PEOPLE
    )
    assert answer.status_code == 409
    assert "Somebody changed this" in answer.text


def test_an_approver_returns_it_with_a_reason(
    submitted: Announcement, world: World, browse: Browse
) -> None:
    browser = browse(world.grace)
    assert browser.post(f"{submitted.uid}/return/").status_code == 200
    browser.post(f"{submitted.uid}/return/", reason="Say which taps")
    submitted.refresh_from_db()
    assert submitted.status == AnnouncementStatus.DRAFT
    page = browse(world.otto).get(f"{submitted.uid}/").text
    assert "Say which taps" in page


# Held because the number has moved since the approval.


@pytest.fixture
def held(submitted: Announcement, world: World) -> Announcement:
    Announcement.objects.filter(pk=submitted.pk).update(
        status=AnnouncementStatus.SCHEDULED,
        send_at=timezone.now(),
        released_by=world.mona,
        expected_people=PEOPLE - 10,
    )
    announcements.release_due()
    submitted.refresh_from_db()
    assert submitted.status == AnnouncementStatus.HELD
    return submitted


def test_its_author_cannot_release_it_to_more_people_alone(
    held: Announcement, world: World
) -> None:
    for hand in (world.ada, world.grace):
        Announcement.objects.filter(pk=held.pk).update(last_edited_by=world.grace)
        held.refresh_from_db()
        with pytest.raises(NotAllowed):
            announcements.release_held(held, by=hand)
    assert not Dispatch.objects.exists()


def test_another_approver_releases_it_to_the_number_on_the_button(
    held: Announcement, world: World, browse: Browse
) -> None:
    page = browse(world.mona).get(f"{held.uid}/release/")
    seen = {"version": page.context["announcement"].version, "expected_people": PEOPLE}
    assert f'name="expected_people" value="{PEOPLE}"' in page.text
    browse(world.mona).post(f"{held.uid}/release/", **seen)
    held.refresh_from_db()
    assert (held.status, held.expected_people) == ("released", PEOPLE)


def test_what_was_held_goes_only_as_it_was_seen(
    held: Announcement, world: World
) -> None:
    with pytest.raises(MoveRefused):
        announcements.release_held(held, by=world.mona, version=held.version - 1)
    with pytest.raises(Refused, match="so nothing was sent"):
        announcements.release_held(held, by=world.mona, expected_people=1)
    assert not Dispatch.objects.exists()
