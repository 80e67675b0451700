"""From a draft to a dispatch: written, tested, sent now or at a time, approved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from notifications import dispatching
from notifications.actions import announcements
from notifications.actions.staff import own_recipient
from notifications.audience import Criteria
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.models import Announcement, Dispatch, MessageTemplate
from tests import flow
from tests.dispatching.announcing import BODY, MONDAY, draft, fresh, newcomers
from tests.personas import make_person, make_zone

pytestmark = pytest.mark.services


def test_a_sent_announcement_arrives(written, ada, mailoutbox):
    dispatch = announcements.send_now(written, by=ada, expected_people=3)
    dispatching.fan_out(dispatch.pk)
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 3}
    assert {mail.subject for mail in mailoutbox} == {"Water off on Monday"}
    written.refresh_from_db()
    assert written.status == "released"
    assert (written.expected_people, written.released_by) == (3, ada)
    assert dispatch.announcement == written
    reasons = written.history.order_by("history_id").values_list(
        "history_change_reason", flat=True
    )
    assert list(reasons) == ["Draft made", "Sent"]


def test_it_goes_out_once(written, ada):
    same = fresh(written)
    announcements.send_now(written, by=ada)
    with pytest.raises(MoveRefused):
        announcements.send_now(same, by=ada)
    with pytest.raises(MoveRefused):
        announcements.send_now(written, by=ada)
    assert Dispatch.objects.count() == 1


def test_an_auditor_writes_nothing_and_a_stranger_sends_nothing(
    riverside, written, otto, mallory, pia
):
    with pytest.raises(NotAllowed):
        announcements.create_draft(riverside, by=otto)
    for outsider in (mallory, pia, otto):
        for act in (announcements.send_now, announcements.send_test):
            with pytest.raises(NotAllowed):
                act(written, by=outsider)
    assert not Dispatch.objects.exists()


def test_a_draft_saved_meanwhile_by_somebody_else_is_not_overwritten(
    written, ada, mona
):
    seen = written.version
    announcements.save_draft(
        fresh(written), draft(subject="By Mona"), by=mona, version=seen
    )
    with pytest.raises(MoveRefused, match="Mona saved this draft after you opened it"):
        announcements.save_draft(
            fresh(written), draft(subject="By Ada"), by=ada, version=seen
        )
    assert fresh(written).subject == "By Mona"
    assert fresh(written).body.raw_data[0]["value"] == BODY[0]["value"]


def test_a_draft_takes_nothing_of_another_cluster(riverside, hilltop, ada):
    theirs = make_zone(hilltop, "Their block")
    with pytest.raises(Refused, match="not in this cluster"):
        announcements.create_draft(
            riverside, draft(criteria=Criteria(zones=(theirs.pk,))), by=ada
        )
    template = MessageTemplate.objects.create(
        cluster=hilltop, name="Theirs", slug="theirs", subject="x", body=[]
    )
    with pytest.raises(Refused, match="template of this cluster"):
        announcements.create_draft(riverside, draft(template=template), by=ada)


def test_a_template_is_where_to_start_and_its_version_is_kept(
    riverside, ada, residents
):
    template = MessageTemplate.objects.create(
        cluster=riverside,
        name="Water",
        slug="water",
        subject="Water off",
        body=BODY,
        version=4,
    )
    started = announcements.draft_from_template(template)
    made = announcements.create_draft(riverside, started, by=ada)
    announcements.save_draft(
        made,
        draft(template=template, template_version=4),
        by=ada,
        version=made.version,
    )
    dispatch = announcements.send_now(fresh(made), by=ada)
    content = dispatch.contents.get().content
    assert (content.template_name, content.template_version) == ("Water", 4)


def test_what_is_wrong_is_said_in_sentences_and_stops_it(riverside, ada):
    empty = announcements.create_draft(riverside, by=ada)
    found = announcements.problems(empty)
    assert "Nobody is chosen yet. Say who should get this." in found
    assert len(found) >= 3
    with pytest.raises(Refused, match="Nobody is chosen yet"):
        announcements.send_now(empty, by=ada)


def test_an_unknown_placeholder_stops_it(riverside, ada, residents):
    made = announcements.create_draft(
        riverside, draft(subject="Hello {{ frist_name }}"), by=ada
    )
    assert any("frist_name" in problem for problem in announcements.problems(made))
    with pytest.raises(Refused):
        announcements.send_now(made, by=ada)


def test_an_audience_that_nobody_can_get_stops_it(riverside, ada):
    make_person(riverside, "Cy")
    made = announcements.create_draft(riverside, draft(), by=ada)
    with pytest.raises(Refused, match="None of the 1 people"):
        announcements.send_now(made, by=ada)


def test_the_number_on_the_button_has_to_hold(riverside, written, ada):
    newcomers(riverside, 9)
    announcements.send_now(fresh(written), by=ada, expected_people=3)
    again = announcements.copy(written, by=ada)
    newcomers(riverside, 10)
    with pytest.raises(Refused, match="was to reach 12 people and would now reach 22"):
        announcements.send_now(again, by=ada, expected_people=12)
    assert again.status == "draft"


def test_a_test_reaches_whoever_asks_and_nobody_else(written, ada, mailoutbox):
    dispatch = announcements.send_test(written, by=ada)
    dispatching.fan_out(dispatch.pk)
    flow.deliver()
    assert [mail.to for mail in mailoutbox] == [['"Ada" <ada@example.org>']]
    assert mailoutbox[0].subject == "Test: Water off on Monday"
    assert dispatch.is_test
    assert fresh(written).status == "draft"
    first = own_recipient(ada, written.cluster)
    announcements.send_test(written, by=ada)
    assert own_recipient(ada, written.cluster) == first


def test_a_test_that_cannot_reach_says_why(written, ada):
    own_recipient(ada, written.cluster).contact_points.all().delete()
    with pytest.raises(Refused, match="cannot reach you here: No address"):
        announcements.send_test(written, by=ada)


def test_scheduled_it_goes_at_that_time_on_the_wall_of_the_cluster(
    riverside, written, ada, now
):
    riverside.time_zone = "America/New_York"
    riverside.save()
    written = fresh(written)
    announcements.schedule(
        written,
        by=ada,
        send_at_wall=MONDAY,
        not_after_wall=MONDAY + timedelta(hours=2),
    )
    due = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
    assert written.send_at == due
    assert fresh(written).send_at_wall == MONDAY.replace(tzinfo=UTC)
    assert announcements.release_due() == 0
    now.move_to(due)
    assert announcements.release_due() == 1
    dispatch = Dispatch.objects.get()
    assert dispatch.not_after == due + timedelta(hours=2)
    assert fresh(written).status == "released"
    assert fresh(written).released_by == ada
    assert announcements.release_due() == 0


def test_a_late_one_is_held_and_waits_for_a_human(written, ada, now):
    announcements.schedule(written, by=ada, send_at_wall=MONDAY)
    now.move_to(datetime(2026, 11, 23, 9, 16, tzinfo=UTC))
    announcements.release_due()
    held = fresh(written)
    assert held.status == "held"
    assert "16 minutes late" in held.held_reason
    assert not Dispatch.objects.exists()
    announcements.release_held(held, by=ada)
    assert fresh(written).status == "released"
    assert Dispatch.objects.count() == 1


def test_a_held_one_past_its_last_moment_cannot_be_released(written, ada, now):
    announcements.schedule(
        written,
        by=ada,
        send_at_wall=MONDAY,
        not_after_wall=MONDAY + timedelta(minutes=5),
    )
    now.move_to(datetime(2026, 11, 23, 9, 10, tzinfo=UTC))
    announcements.release_due()
    held = fresh(written)
    assert held.status == "held"
    with pytest.raises(Refused, match="Cancel it"):
        announcements.release_held(held, by=ada)
    announcements.cancel(held, by=ada)


def test_one_that_cannot_be_released_is_held_and_does_not_stop_the_others(
    riverside, written, ada, now
):
    broken = announcements.copy(written, by=ada)
    for one in (broken, written):
        announcements.schedule(one, by=ada, send_at_wall=MONDAY)
    Announcement.objects.filter(pk=broken.pk).update(subject="")
    now.move_to(datetime(2026, 11, 23, 9, 1, tzinfo=UTC))
    announcements.release_due()
    assert fresh(broken).status == "held"
    assert "subject is empty" in fresh(broken).held_reason
    assert fresh(written).status == "released"


def test_a_time_that_has_passed_is_refused(written, ada, now):
    with pytest.raises(Refused, match="has passed: it is 20 November 2026, 12:00"):
        announcements.schedule(
            written, by=ada, send_at_wall=datetime(2026, 11, 20, 11, 59)
        )
    with pytest.raises(Refused, match="later than the time of sending"):
        announcements.schedule(
            written, by=ada, send_at_wall=MONDAY, not_after_wall=MONDAY
        )


def test_a_time_that_clocks_jump_over_is_refused():
    with pytest.raises(Refused, match="does not exist in Europe/London"):
        announcements.moment(datetime(2027, 3, 28, 1, 30), "Europe/London")


def test_a_time_that_comes_twice_means_the_first():
    wall = datetime(2026, 10, 25, 1, 30)
    at = announcements.moment(wall, "Europe/London")
    assert at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert announcements.happens_twice(wall, "Europe/London")
    assert not announcements.happens_twice(MONDAY, "Europe/London")


def test_unscheduled_it_is_a_draft_again(written, ada, now):
    announcements.schedule(written, by=ada, send_at_wall=MONDAY)
    announcements.unschedule(written, by=ada)
    again = fresh(written)
    assert (again.status, again.released_by) == ("draft", None)
    assert again.send_at_wall is not None
    now.move_to(datetime(2026, 11, 23, 9, 1, tzinfo=UTC))
    assert announcements.release_due() == 0


def test_a_cancelled_one_stays_where_it_is(written, ada):
    announcements.cancel(written, by=ada, reason="Not needed")
    for act in (announcements.send_now, announcements.unschedule):
        with pytest.raises(MoveRefused):
            act(fresh(written), by=ada)


def test_a_test_has_stand_ins_for_what_staff_do_not_have(riverside, ada, mailoutbox):
    make_person(riverside, "Bo Dahl", email="bo@example.org", unit="4B")
    announcement = announcements.create_draft(
        riverside, draft(subject="The stairs at {{ unit }}"), by=ada
    )
    dispatch = announcements.send_test(announcement, by=ada)
    dispatching.fan_out(dispatch.pk)
    flow.deliver()
    assert [mail.subject for mail in mailoutbox] == ["Test: The stairs at Flat 12"]
