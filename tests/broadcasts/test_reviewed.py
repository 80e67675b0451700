"""What a harsh reader found, each held by a test of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.actions import broadcasts, dispatches
from notifications.alerting import Purpose
from notifications.channels import Outcome, Receipt
from notifications.composing.emergencies import Words
from notifications.composing.linting import Weight
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.links import sign_answer
from notifications.models import Answer, Broadcast, Dispatch, NotificationLog
from tests import flow
from tests.broadcasts.conftest import WORDS, fan_out
from tests.broadcasts.guarded import held_by
from tests.delivery.scripted import answering
from tests.personas import make_people, make_person, make_zone

pytestmark = pytest.mark.services

YES = {"confirmed_people": 3, "typed_people": 3}
STEP = {"minutes": 5, "channels": ["sms"]}


def climb(minutes: int) -> int:
    return broadcasts.climb(timezone.now() + timedelta(minutes=minutes, seconds=1))


def entry_of(broadcast, name, channel="sms") -> NotificationLog:
    return NotificationLog.objects.get(
        dispatch__broadcast=broadcast, recipient__name=name, channel=channel
    )


def drilled(cluster, draft, by, approver) -> Broadcast:
    drill = broadcasts.create_draft(cluster, draft, by=by, is_drill=True)
    broadcasts.submit(drill, by=by)
    fan_out(broadcasts.approve(drill, by=approver, confirmed_people=3))
    return drill


def alarms() -> list[str]:
    found = Dispatch.objects.filter(event__in=("staff_alarm", "staff_drill"))
    return list(found.order_by("id").values_list("title", flat=True))


def test_a_ladder_says_nothing_on_channels_that_nobody_looked_at(careful, gas, ada):
    only_mail = replace(gas, channels=("email",), ladder=(STEP,))
    with pytest.raises(Refused, match="a channel that this one does not"):
        broadcasts.create_draft(careful, only_mail, by=ada)


def test_staff_are_told_of_a_drill_that_it_is_one(careful, gas, ada, grace):
    drill = drilled(careful, gas, ada, grace)
    broadcasts.answer(entry_of(drill, "Ann"), "help")
    told = Dispatch.objects.filter(cluster=careful, broadcast=None)
    assert all(title.startswith("EXERCISE: ") for title in alarms())
    assert len(alarms()) == 2
    assert {each.lane for each in told} == {1}
    words = told.first().contents.first().content.text
    assert f"/admin/drills/{drill.uid}/" in words


def test_help_in_a_drill_hides_no_real_one(careful, gas, ada, grace, live):
    drill = drilled(careful, gas, ada, grace)
    broadcasts.answer(entry_of(drill, "Ann"), "help")
    broadcasts.answer(entry_of(live, "Ann"), "help")
    asked = [title for title in alarms() if "needs help" in title]
    assert len(asked) == 2
    assert not asked[1].startswith("EXERCISE")


def test_who_asked_for_help_in_between_is_told_of_a_little_later(arrived):
    broadcasts.answer(entry_of(arrived, "Ann"), "help")
    broadcasts.answer(entry_of(arrived, "Cy"), "help")
    assert broadcasts.remind() == 0, "not yet"
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert broadcasts.remind() == 3
        assert broadcasts.remind() == 0


@pytest.mark.parametrize("act", ["pause", "cancel"])
def test_what_was_held_back_is_not_sent_by_the_ladder(
    submitted, gas, grace, act, careful, ada
):
    draft = replace(gas, ladder=(STEP,))
    broadcast = broadcasts.create_draft(careful, draft, by=ada)
    broadcasts.submit(broadcast, by=ada)
    alert = broadcasts.approve(broadcast, by=grace, **YES)
    fan_out(alert)
    getattr(dispatches, act)(alert, by=grace)
    assert climb(5) == 0
    assert not broadcast.dispatches.filter(purpose=Purpose.LADDER).exists()


def test_after_an_outage_one_step_is_taken_and_not_all(careful, gas, ada, grace):
    ladder = (STEP, STEP | {"minutes": 15})
    broadcast = broadcasts.create_draft(careful, replace(gas, ladder=ladder), by=ada)
    broadcasts.submit(broadcast, by=ada)
    fan_out(broadcasts.approve(broadcast, by=grace, **YES))
    assert climb(16) == 1
    assert climb(17) == 0


def test_a_ladder_that_cannot_be_read_stops_nobody_elses(
    careful, gas, ada, grace, live
):
    Broadcast.objects.filter(pk=live.pk).update(ladder=[{"up": True}])
    broadcast = broadcasts.create_draft(careful, replace(gas, ladder=(STEP,)), by=ada)
    broadcasts.submit(broadcast, by=ada)
    fan_out(broadcasts.approve(broadcast, by=grace, **YES))
    assert climb(5) == 1


@pytest.mark.parametrize("purpose", [Purpose.ALL_CLEAR, Purpose.SENT_IN_ERROR])
def test_when_its_time_has_passed_the_end_can_still_be_said_once(
    arrived, grace, purpose
):
    broadcasts.end_expired(timezone.now() + timedelta(hours=5))
    arrived.refresh_from_db()
    assert broadcasts.may_still_end(arrived)
    broadcasts.follow_up(arrived, purpose, by=grace)
    arrived.refresh_from_db()
    assert (arrived.status, arrived.ended_with) == ("ended", purpose)
    with pytest.raises(MoveRefused):
        broadcasts.follow_up(arrived, Purpose.ALL_CLEAR, by=grace)


def test_the_page_of_an_expired_one_commands_nothing_and_hears_who_needs_help(
    arrived, client
):
    path = f"/a/{sign_answer(entry_of(arrived, 'Ann').pk)}"
    broadcasts.end_expired(timezone.now() + timedelta(hours=5))
    shown = client.get(path).content.decode()
    assert "This is over" in shown
    assert "Leave the building" not in shown
    assert client.post(path, {"state": "help"}).status_code == 303
    assert Answer.objects.get().state == "help"
    assert any("needs help" in title for title in alarms())


def test_nothing_is_tried_again_in_the_second_before_the_sweep(
    live, grace, monkeypatch
):
    answering(
        monkeypatch,
        lambda message: Receipt(message.key, Outcome.PERMANENT, "x", reason="gone"),
    )
    flow.deliver()
    alert = live.dispatches.get()
    alert.refresh_from_db()
    with (
        time_machine.travel(live.expires_at + timedelta(seconds=1)),
        pytest.raises(Refused, match="not live any more"),
    ):
        dispatches.retry_failed(alert, by=grace)


@held_by(
    "answering._put_down: seen is not None and seen != (said.state if said.pk else '')"
)
def test_a_list_that_is_old_overwrites_nobody_who_spoke_since(arrived, ada):
    ann = arrived.cluster.recipients.get(name="Ann")
    broadcasts.answer(entry_of(arrived, "Ann"), "help", "back stairs")
    with pytest.raises(MoveRefused, match="has answered since"):
        broadcasts.mark(arrived, ann, "safe", by=ada, seen="")
    broadcasts.mark(arrived, ann, "help", by=ada, seen="help")
    assert Answer.objects.get().place == "back stairs"


@held_by("answering.mark: not mustered(broadcast).filter(pk=recipient.pk).exists()")
def test_nobody_is_put_down_who_was_not_asked(arrived, drafted, ada):
    eve = arrived.cluster.recipients.get(name="Eve")
    with pytest.raises(Refused, match="not where this happened"):
        broadcasts.mark(arrived, eve, "safe", by=ada)
    ann = arrived.cluster.recipients.get(name="Ann")
    other = broadcasts.create_draft(
        drafted.cluster, broadcasts.draft_of(drafted), by=ada
    )
    with pytest.raises(Refused, match="has not gone out"):
        broadcasts.mark(other, ann, "safe", by=ada)


def test_the_public_page_says_the_latest_first(arrived, grace, client):
    broadcasts.follow_up(arrived, Purpose.UPDATE, by=grace)
    shown = client.get("/n/riverside/").content.decode()
    assert shown.index("The gas is still off") < shown.index("Gas leak in Heron")


def test_a_sequel_takes_its_parents_place_in_public(
    careful, gas, ada, grace, live, client
):
    inside = Words("Stay inside", "Smoke.", "Stay inside", "Stay inside")
    words = {**WORDS, Purpose.ALERT: {"en": inside}}
    more = broadcasts.create_draft(
        careful, replace(gas, words=words), by=ada, parent=live
    )
    broadcasts.submit(more, by=ada)
    broadcasts.approve(more, by=grace, **YES)
    shown = client.get("/n/riverside/").content.decode()
    assert "Stay inside" in shown
    assert "Leave the building" not in shown


@pytest.mark.parametrize(
    "act", [broadcasts.return_to_author, broadcasts.reject], ids=["return", "reject"]
)
def test_a_no_to_what_somebody_read_is_no_no_to_what_it_became(
    submitted, ada, grace, act
):
    seen = submitted.version
    broadcasts.take_back(submitted, by=ada)
    broadcasts.submit(submitted, by=ada)
    with pytest.raises(MoveRefused):
        act(submitted, by=grace, reason="Wrong gate", version=seen)
    submitted.refresh_from_db()
    assert submitted.status == "submitted"


def test_only_its_submitter_puts_away_what_waits(submitted, grace, ada):
    with pytest.raises(NotAllowed):
        broadcasts.cancel(submitted, by=grace)
    broadcasts.cancel(submitted, by=ada)


@held_by("dispatches._unknown: require_role")
@pytest.mark.parametrize("act", [dispatches.resend_unknown, dispatches.close_unknown])
def test_an_author_settles_nothing_unknown_of_an_emergency(live, ada, act):
    alert = live.dispatches.get()
    NotificationLog.objects.filter(dispatch=alert).update(status="unknown")
    with pytest.raises(NotAllowed):
        act(alert, by=ada, reason="They called")


def test_what_no_channel_carries_is_taken_out_of_the_words(careful, gas, ada):
    odd = make_zone(careful, "St Mary\x92s\x0b")
    make_person(careful, "Flo", email="flo@example.org", zone=odd)
    criteria = replace(gas.criteria, zones=(odd.pk,))
    broadcast = broadcasts.create_draft(
        careful, replace(gas, criteria=criteria), by=ada
    )
    for _channel, _language, letter in broadcasts.letters_of(broadcast, "alert"):
        for text in (letter.subject, letter.text):
            assert not {"\x92", "\x0b"} & set(text)


@pytest.mark.parametrize(("more", "goes"), [(1, True), (30, False)])
def test_one_more_by_now_holds_no_lone_manager_up(
    riverside, gas, grace, residents, more, goes
):
    make_people(riverside, 60, zone=residents)
    broadcast = broadcasts.create_draft(riverside, gas, by=grace)
    seen = {"confirmed_people": 63, "typed_people": 63}
    for number in range(more):
        make_person(
            riverside, f"New {number}", email=f"n{number}@x.org", zone=residents
        )
    if not goes:
        with pytest.raises(Refused, match="93 people"):
            broadcasts.send_alone(broadcast, by=grace, **seen)
        return
    broadcasts.send_alone(broadcast, by=grace, **seen)
    assert (broadcast.expected_people, broadcast.live_people) == (63, 64)


@pytest.mark.parametrize("left", ["???", "[where]", "{{ Place }}"])
def test_what_is_left_open_in_a_blank_is_found(careful, gas, ada, left):
    draft = replace(gas, blanks={"meeting_point": left})
    broadcast = broadcasts.create_draft(careful, draft, by=ada)
    errors = [
        each.sentence
        for each in broadcasts.findings(broadcast)
        if each.weight is Weight.ERROR
    ]
    assert any("left open" in each for each in errors)
