"""An emergency goes out by two people, or not at all; whatever anybody tries."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions import broadcasts
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.models import Broadcast, Dispatch, Membership, Recipient, Role
from tests.broadcasts.conftest import fan_out
from tests.broadcasts.guarded import held_by
from tests.personas import join, make_people, make_user

pytestmark = pytest.mark.services

YES = {"confirmed_people": 3, "typed_people": 3}


def reasons(broadcast: Broadcast) -> list[str]:
    history = broadcast.history.order_by("history_id")
    return list(history.values_list("history_change_reason", flat=True))


def test_one_writes_another_approves_and_it_is_live(submitted, ada, grace):
    dispatch = broadcasts.approve(submitted, by=grace, **YES)
    submitted.refresh_from_db()
    assert submitted.status == "live"
    assert (submitted.submitted_by, submitted.approved_by) == (ada, grace)
    assert submitted.expires_at - submitted.live_at == timedelta(minutes=240)
    assert dispatch.not_after == submitted.expires_at
    assert (dispatch.lane, dispatch.broadcast) == (0, submitted)
    assert reasons(submitted) == ["Draft made", "Submitted for approval", "Approved"]


def test_nothing_is_sent_before_a_second_person_has_said_yes(submitted):
    assert not Dispatch.objects.filter(broadcast=submitted).exists()


def test_who_submitted_or_edited_last_may_not_approve(careful, gas, grace, mona):
    broadcast = broadcasts.create_draft(careful, gas, by=mona)
    broadcasts.save_draft(broadcast, gas, by=grace, version=1)
    broadcasts.submit(broadcast, by=mona)
    for somebody in (mona, grace):
        with pytest.raises(NotAllowed, match="somebody else has to approve"):
            broadcasts.approve(broadcast, by=somebody, **YES)
    assert not Dispatch.objects.filter(broadcast=broadcast).exists()


@pytest.mark.parametrize("who", ["ada", "otto", "mallory", "pia"])
def test_nobody_without_the_role_here_may_approve(submitted, world, who):
    with pytest.raises(NotAllowed):
        broadcasts.approve(submitted, by=getattr(world, who), **YES)
    submitted.refresh_from_db()
    assert submitted.status == "submitted"


def test_a_superuser_is_not_above_the_rule(careful, gas, pia):
    join(pia, careful, Role.MANAGER)
    broadcast = broadcasts.create_draft(careful, gas, by=pia)
    broadcasts.submit(broadcast, by=pia)
    with pytest.raises(NotAllowed):
        broadcasts.approve(broadcast, by=pia, **YES)


def test_a_member_who_was_taken_off_may_no_more(submitted, grace):
    Membership.objects.filter(user=grace).update(active=False)
    with pytest.raises(NotAllowed):
        broadcasts.approve(submitted, by=grace, **YES)


@held_by("deciding.send_alone: broadcast.cluster.requires_approval")
def test_where_a_second_person_is_asked_for_nobody_sends_alone(drafted, mona):
    with pytest.raises(NotAllowed, match="second person"):
        broadcasts.send_alone(drafted, by=mona, **YES)


def test_where_none_is_asked_for_an_approver_sends_alone_and_an_author_does_not(
    riverside, gas, ada, grace
):
    broadcast = broadcasts.create_draft(riverside, gas, by=ada)
    with pytest.raises(NotAllowed):
        broadcasts.send_alone(broadcast, by=ada, **YES)
    broadcasts.send_alone(broadcast, by=grace, **YES)
    broadcast.refresh_from_db()
    assert broadcast.status == "live"


@pytest.mark.parametrize("numbers", [(None, 3), (4, 3), (3, None), (3, 30)])
def test_a_yes_names_the_number_and_for_danger_to_life_types_it(
    submitted, grace, numbers
):
    confirmed, typed = numbers
    with pytest.raises(Refused):
        broadcasts.approve(
            submitted, by=grace, confirmed_people=confirmed, typed_people=typed
        )
    submitted.refresh_from_db()
    assert submitted.status == "submitted"


def test_where_others_have_moved_in_it_goes_and_the_difference_is_on_record(
    submitted, grace, careful, residents
):
    make_people(careful, 40, zone=residents)
    broadcasts.approve(submitted, by=grace, **YES)
    submitted.refresh_from_db()
    assert (submitted.expected_people, submitted.live_people) == (3, 43)
    assert reasons(submitted)[-1] == "Approved for 3 people, of whom there are now 43"


@held_by(
    "deciding.approve: require_unchanged",
    "deciding.require_unchanged: broadcast.bound != binding(broadcast)",
)
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("words", {"alert": {"en": {"headline": "x", "description": "y", "sms": "z"}}}),
        ("channels", ["sms"]),
        ("audience", {"everyone": True}),
        ("blanks", {"meeting_point": "the south gate", "place": "Heron block"}),
        ("minutes", 60),
        ("severity", "Minor"),
        ("is_drill", True),
    ],
)
def test_an_approval_binds_what_was_submitted(submitted, grace, field, value):
    Broadcast.objects.filter(pk=submitted.pk).update(**{field: value})
    submitted.refresh_from_db()
    with pytest.raises(Refused, match="not what was submitted"):
        broadcasts.approve(submitted, by=grace, **YES)
    assert not Dispatch.objects.filter(broadcast=submitted).exists()


def test_of_two_who_approve_at_once_one_is_told_so(submitted, grace, mona):
    stale = Broadcast.objects.get(pk=submitted.pk)
    broadcasts.approve(submitted, by=grace, **YES)
    with pytest.raises(MoveRefused):
        broadcasts.approve(stale, by=mona, **YES)
    assert Dispatch.objects.filter(broadcast=submitted).count() == 1


def test_returned_it_is_a_draft_again_and_its_author_is_told_why(
    submitted, ada, grace, careful
):
    broadcasts.return_to_author(submitted, by=grace, reason="Wrong meeting point")
    submitted.refresh_from_db()
    assert (submitted.status, submitted.bound) == ("draft", "")
    told = Dispatch.objects.get(event="staff_alarm", title__startswith="Returned")
    mine = Membership.objects.get(user=ada, cluster=careful).recipient
    assert told.audience == {"only_recipients": [mine.pk]}
    assert told.lane == 0


def test_rejected_it_is_over(submitted, grace, mona):
    broadcasts.reject(submitted, by=grace, reason="There is no leak")
    with pytest.raises(MoveRefused):
        broadcasts.approve(submitted, by=mona, **YES)


def test_approvers_are_told_at_once_and_its_author_is_not(
    submitted, careful, ada, grace, mona
):
    told = Dispatch.objects.get(event="staff_alarm")
    fan_out(told)
    people = Recipient.objects.filter(entries__dispatch=told).distinct()
    assert {each.user for each in people} == {grace, mona}
    assert told.about == submitted
    assert "{{ review_url }}" in told.contents.first().content.text
    assert told.channels == ["sms", "email"]


class TestBreakGlass:
    """Danger to life, and nobody answers."""

    def act(self, broadcast, by, minutes=10, **given):
        now = timezone.now() + timedelta(minutes=minutes, seconds=1)
        given = {"reason": "Grace and Mona do not pick up"} | YES | given
        return broadcasts.break_glass(broadcast, by=by, now=now, **given)

    def test_the_submitter_sends_alone_and_everybody_is_told(
        self, submitted, ada, pia, mailoutbox, django_capture_on_commit_callbacks
    ):
        with django_capture_on_commit_callbacks(execute=True):
            self.act(submitted, ada)
        submitted.refresh_from_db()
        assert (submitted.status, submitted.broke_glass) == ("live", True)
        assert submitted.approved_by == ada
        told = Dispatch.objects.get(title__startswith="Sent without approval")
        assert len(told.audience["only_recipients"]) == 2
        told = [mail.to for mail in mailoutbox if "without approval" in mail.subject]
        assert [pia.email] in told
        assert len(told) == 3

    @pytest.mark.parametrize("minutes", [0, 9])
    def test_not_before_approvers_had_their_minutes(self, submitted, ada, minutes):
        with pytest.raises(Refused, match="You may send it alone in"):
            self.act(submitted, ada, minutes=minutes)

    def test_nobody_but_the_submitter(self, submitted, grace, world):
        for somebody in (grace, world.mona, world.pia):
            with pytest.raises(NotAllowed):
                self.act(submitted, somebody)

    def test_only_for_danger_to_life(self, careful, gas, ada):
        less = broadcasts.Draft(
            **{name: getattr(gas, name) for name in gas.__slots__}
            | {"severity": "Severe"}
        )
        broadcast = broadcasts.create_draft(careful, less, by=ada)
        broadcasts.submit(broadcast, by=ada)
        with pytest.raises(NotAllowed, match="Extreme"):
            self.act(broadcast, ada)

    def test_never_for_a_drill(self, careful, gas, ada):
        drill = broadcasts.create_draft(careful, gas, by=ada, is_drill=True)
        broadcasts.submit(drill, by=ada)
        with pytest.raises(NotAllowed):
            self.act(drill, ada)

    def test_with_a_reason_and_the_number(self, submitted, ada):
        with pytest.raises(Refused, match="why it cannot wait"):
            self.act(submitted, ada, reason="now!")
        with pytest.raises(Refused, match="Type 3"):
            self.act(submitted, ada, typed_people=None)

    def test_not_once_somebody_has_answered(self, submitted, ada, grace):
        broadcasts.return_to_author(submitted, by=grace, reason="No: it is a drill")
        with pytest.raises(MoveRefused):
            self.act(submitted, ada)

    def test_somebody_else_reviews_it(self, submitted, ada, grace):
        self.act(submitted, ada)
        with pytest.raises(NotAllowed):
            broadcasts.review(submitted, by=ada, note="It was right to do")
        broadcasts.review(submitted, by=grace, note="It was right to do")
        submitted.refresh_from_db()
        assert submitted.reviewed_by == grace
        with pytest.raises(MoveRefused):
            broadcasts.review(submitted, by=grace, note="Once more for luck")


def test_a_stranger_writes_nothing_here(careful, gas, mallory, pia, otto):
    new = make_user("new@example.org", "New")
    for somebody in (mallory, pia, otto, new):
        with pytest.raises(NotAllowed):
            broadcasts.create_draft(careful, gas, by=somebody)
