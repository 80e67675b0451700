"""Where a cluster asks for it, nothing goes without a second person."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from notifications.actions import announcements
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.models import Dispatch
from tests.dispatching.announcing import MONDAY, draft, fresh, newcomers

pytestmark = pytest.mark.services


def test_with_the_rule_nothing_goes_without_a_second_person(
    with_rule, written, ada, grace
):
    written = fresh(written)
    assert announcements.send_now(written, by=ada) is None
    assert written.status == "submitted"
    for alone in (announcements.send_now, announcements.approve):
        with pytest.raises((NotAllowed, MoveRefused)):
            alone(fresh(written), by=ada)
    announcements.approve(fresh(written), by=grace)
    assert not Dispatch.objects.exists()
    assert announcements.send_now(fresh(written), by=ada) is not None


def test_neither_writer_nor_submitter_may_approve_superuser_or_not(
    with_rule, written, ada, grace, mona
):
    grace.is_superuser = True
    grace.save()
    written = fresh(written)
    announcements.save_draft(written, draft(), by=mona, version=written.version)
    announcements.send_now(written, by=grace)
    for author in (mona, grace):
        with pytest.raises(NotAllowed, match="somebody else has to approve"):
            announcements.approve(fresh(written), by=author)
    assert fresh(written).status == "submitted"


def test_an_approved_time_is_kept(with_rule, written, ada, grace, now):
    written = fresh(written)
    announcements.schedule(written, by=ada, send_at_wall=MONDAY)
    assert written.status == "submitted"
    announcements.approve(fresh(written), by=grace)
    assert fresh(written).status == "scheduled"
    now.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    announcements.release_due()
    assert fresh(written).status == "released"


def test_an_approved_one_that_would_reach_many_more_is_held(
    riverside, with_rule, written, ada, grace, now
):
    written = fresh(written)
    announcements.schedule(written, by=ada, send_at_wall=MONDAY)
    announcements.approve(fresh(written), by=grace)
    newcomers(riverside, 12)
    now.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    announcements.release_due()
    assert "approved for 3 people and would now reach 15" in fresh(written).held_reason


def test_a_returned_one_is_a_draft_with_the_reason_on_record(
    with_rule, written, ada, grace
):
    written = fresh(written)
    announcements.send_now(written, by=ada)
    with pytest.raises(Refused, match="Say what has to change"):
        announcements.return_to_author(fresh(written), by=grace, reason=" ")
    announcements.return_to_author(fresh(written), by=grace, reason="Wrong date")
    again = fresh(written)
    assert again.status == "draft"
    assert again.history.first().history_change_reason == "Returned: Wrong date"


def test_a_stale_page_decides_nothing(with_rule, written, ada, grace):
    written = fresh(written)
    announcements.send_now(written, by=ada)
    with pytest.raises(MoveRefused, match="after you opened it"):
        announcements.approve(fresh(written), by=grace, version=written.version - 1)


def test_the_time_now_is_not_needed_to_copy(written, ada):
    twin = announcements.copy(written, by=ada)
    assert (twin.subject, twin.status, twin.audience) == (
        written.subject,
        "draft",
        written.audience,
    )
    assert twin.pk != written.pk
    assert twin.created_at <= timezone.now()
