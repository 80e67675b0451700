"""The chosen time stays with the draft, and what was returned says why."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.lifecycle import AnnouncementStatus
from notifications.models import Announcement, Dispatch
from tests.personas import World

from .conftest import PEOPLE, Browse

IN_2050, UNTIL = "2050-06-01T09:00", "2050-06-01T12:00"


@pytest.fixture
def timed(draft: Announcement, ada: Any, browse: Browse) -> Announcement:
    """A draft that is to go at a time, and not after another."""
    browse(ada).write(f"{draft.uid}/edit/", when="at", send_at=IN_2050, not_after=UNTIL)
    draft.refresh_from_db()
    return draft


def returned(draft: Announcement, world: World, browse: Browse) -> None:
    """Submit it as it stands, and let grace return it."""
    world.riverside.requires_approval = True
    world.riverside.save()
    page = browse(world.ada).get(f"{draft.uid}/review/")
    browse(world.ada).send(draft, **page.context["when"].query)
    browse(world.grace).post(f"{draft.uid}/return/", reason="Say which taps")
    draft.refresh_from_db()


def test_a_draft_keeps_its_time_and_stays_a_draft(timed: Announcement) -> None:
    assert timed.status == AnnouncementStatus.DRAFT
    assert timed.send_at.isoformat() == "2050-06-01T08:00:00+00:00"
    assert timed.not_after.isoformat() == "2050-06-01T11:00:00+00:00"
    assert timed.time_zone == "Europe/London"


def test_a_draft_opened_without_a_time_in_the_address_shows_its_own(
    timed: Announcement, ada: Any, browse: Browse
) -> None:
    page = browse(ada).get(f"{timed.uid}/edit/").text
    assert f"Schedule for {PEOPLE} people" in page
    assert f'value="{IN_2050}"' in page
    assert f'value="{UNTIL}"' in page
    review = browse(ada).get(f"{timed.uid}/review/").text
    assert f"Schedule for {PEOPLE} people" in review
    assert "1 June 2050, 12:00 (Europe/London)" in review


def test_choosing_now_again_forgets_the_time(
    timed: Announcement, ada: Any, browse: Browse
) -> None:
    browse(ada).write(f"{timed.uid}/edit/", version=timed.version)
    timed.refresh_from_db()
    assert (timed.send_at, timed.send_at_wall, timed.not_after) == (None, None, None)


def test_what_is_returned_keeps_its_time(
    timed: Announcement, world: World, browse: Browse
) -> None:
    returned(timed, world, browse)
    page = browse(world.ada).get(f"{timed.uid}/edit/").text
    assert f'value="{IN_2050}"' in page
    assert f'value="{UNTIL}"' in page


def test_what_is_taken_back_keeps_its_times(
    timed: Announcement, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    browser.send(timed, when="at", send_at=IN_2050, not_after=UNTIL)
    browser.post(f"{timed.uid}/unschedule/")
    page = browser.get(f"{timed.uid}/edit/").text
    assert f'value="{IN_2050}"' in page
    assert f'value="{UNTIL}"' in page


def test_the_composer_says_who_returned_it_and_why_until_it_is_submitted_again(
    draft: Announcement, world: World, browse: Browse
) -> None:
    returned(draft, world, browse)
    browse(world.ada).write(
        f"{draft.uid}/edit/", subject="Kitchen taps", version=draft.version
    )
    page = browse(world.ada).get(f"{draft.uid}/edit/").text
    assert "Grace returned this" in page
    assert "Say which taps" in page
    browse(world.ada).send(draft)
    browse(world.ada).post(f"{draft.uid}/unschedule/")
    assert "Say which taps" not in browse(world.ada).get(f"{draft.uid}/edit/").text


def approved(draft: Announcement, world: World, browse: Browse) -> Announcement:
    """Submitted with an end, and approved by grace."""
    world.riverside.requires_approval = True
    world.riverside.save()
    browse(world.ada).send(draft, not_after=UNTIL)
    draft.refresh_from_db()
    browse(world.grace).post(
        f"{draft.uid}/approve/", version=draft.version, expected_people=PEOPLE
    )
    draft.refresh_from_db()
    return draft


def test_the_review_of_an_approved_one_shows_its_end_and_keeps_it(
    draft: Announcement, world: World, browse: Browse
) -> None:
    approved(draft, world, browse)
    page = browse(world.ada).get(f"{draft.uid}/review/")
    assert "1 June 2050, 12:00 (Europe/London)" in page.text
    browse(world.ada).send(draft, not_after=page.context["when"].query["not_after"])
    assert Dispatch.objects.get().not_after.isoformat() == "2050-06-01T11:00:00+00:00"


def test_no_end_lives_on_that_the_button_did_not_name(
    draft: Announcement, world: World, browse: Browse
) -> None:
    approved(draft, world, browse)
    browse(world.ada).send(draft, not_after="")
    assert Dispatch.objects.get().not_after is None


def test_an_end_that_has_passed_is_said_instead_of_the_review(
    draft: Announcement, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    answer = browser.get(f"{draft.uid}/review/", not_after="2001-01-01T09:00")
    assert "has passed" in browser.client.get(answer["Location"]).text
