"""What arrives, what follows, and what is never sent any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications import delivery, invariants
from notifications.actions import broadcasts, opt_outs
from notifications.alerting import Purpose
from notifications.channels import Outcome, Receipt
from notifications.composing.emergencies import Words
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.models import Answer, Dispatch, NotificationLog, OptOutSource
from tests import flow
from tests.broadcasts.conftest import PHONE, WORDS, fan_out, rows
from tests.broadcasts.guarded import held_by
from tests.delivery.scripted import accepted, answering
from tests.personas import make_person

pytestmark = pytest.mark.services


def test_everybody_has_it_in_their_language_on_every_channel(live, said):
    flow.deliver()
    texts = {to: text for to, _subject, text in said if to.startswith("+")}
    assert texts[PHONE.format(1)].startswith(
        "Gas leak in Heron block. Leave now. Meet at the north gate."
    )
    subjects = {to: subject for to, subject, _text in said if "@" in to}
    assert subjects["ann@example.org"] == "Gas leak in Heron block"
    assert subjects["bea@example.org"] == "Fuite de gaz : Heron block"
    assert "eve@example.org" not in subjects
    assert rows(live) >= {("Di", "sms", "skipped"), ("Di", "email", "skipped")}
    assert not invariants.check()


def test_what_is_written_from_right_to_left_is_laid_out_so(careful, gas, ada):
    words = {"ar": Words("تسرب غاز", "هناك تسرب غاز", "غادر المبنى", "غادر المبنى")}
    draft = replace(gas, words={**WORDS, Purpose.ALERT: words}, channels=("email",))
    broadcast = broadcasts.create_draft(careful, draft, by=ada)
    ((_channel, language, letter),) = broadcasts.letters_of(broadcast, Purpose.ALERT)
    assert language == "ar"
    assert 'dir="rtl"' in letter.html
    assert 'lang="ar"' in letter.html


def test_the_personal_link_is_short_and_everybodys_own(live, said):
    flow.deliver()
    links = {
        word for _to, _subject, text in said for word in text.split() if "/a/" in word
    }
    assert len(links) == 4
    assert all(len(link.rpartition("/")[2]) <= 16 for link in links)


def test_who_opted_out_of_everything_has_it_all_the_same(submitted, grace, said, mona):
    ann = submitted.cluster.recipients.get(name="Ann")
    opt_outs.opt_out(ann.cluster, ann, source=OptOutSource.STAFF, reason="x", by=mona)
    yes = {"confirmed_people": 3, "typed_people": 3}
    fan_out(broadcasts.approve(submitted, by=grace, **yes))
    flow.deliver()
    assert ("ann@example.org" in {to for to, *_rest in said}) is True


def test_a_drill_says_so_everywhere_and_bypasses_nothing(
    careful, gas, ada, grace, mona, said
):
    ann = careful.recipients.get(name="Ann")
    opt_outs.opt_out(careful, ann, source=OptOutSource.STAFF, reason="x", by=mona)
    drill = broadcasts.create_draft(careful, gas, by=ada, is_drill=True)
    broadcasts.submit(drill, by=ada)
    dispatch = broadcasts.approve(drill, by=grace, confirmed_people=2)
    fan_out(dispatch)
    flow.deliver()
    residents = [one for one in said if one[0] in ("bea@example.org", PHONE.format(3))]
    assert len(residents) == 2
    assert "ann@example.org" not in {to for to, *_rest in said}
    assert dispatch.lane == 1
    for to, subject, text in residents:
        assert "exerci" in text.casefold()
        assert to.startswith("+") or "EXERCI" in subject


@held_by("drafting._check_parent: parent.is_drill != is_drill")
def test_a_drill_never_becomes_live_nor_the_reverse(careful, gas, ada, live):
    drill = broadcasts.create_draft(careful, gas, by=ada, is_drill=True)
    broadcasts.save_draft(drill, gas, by=ada, version=1)
    assert drill.is_drill
    with pytest.raises(Refused, match="different things"):
        broadcasts.create_draft(careful, gas, by=ada, is_drill=True, parent=live)


def test_stopped_nobody_who_waits_gets_it(live, grace, monkeypatch):
    channel = answering(monkeypatch, accepted)
    assert broadcasts.stop(live, by=grace) == 4
    flow.deliver()
    assert not any(to in channel.asked for to in (PHONE.format(1), "ann@example.org"))
    assert {status for *_who, status in rows(live)} == {"cancelled", "skipped"}
    live.refresh_from_db()
    assert live.status == "stopped"
    assert not invariants.check()


@pytest.mark.parametrize("who", ["ada", "otto", "mallory", "pia"])
def test_only_approvers_stop_or_follow_up(live, world, who):
    for act in (
        broadcasts.stop,
        lambda *a, **k: broadcasts.follow_up(*a, "update", **k),
    ):
        with pytest.raises(NotAllowed):
            act(live, by=getattr(world, who))


def test_sent_in_error_goes_to_those_who_have_it_or_may_and_on_their_channels(
    live, grace, monkeypatch, said
):
    def answer(message):
        outcome = {
            PHONE.format(1): Outcome.ACCEPTED,
            "ann@example.org": Outcome.PERMANENT,
            PHONE.format(3): Outcome.UNKNOWN,
            "bea@example.org": Outcome.TEMPORARY,
        }.get(message.to, Outcome.ACCEPTED)
        return Receipt(message.key, outcome, "x", reason="so")

    answering(monkeypatch, answer)
    flow.deliver()
    correction = broadcasts.follow_up(live, Purpose.SENT_IN_ERROR, by=grace)
    fan_out(correction)
    assert rows(live, Purpose.SENT_IN_ERROR) == {
        ("Ann", "sms", "planned"),
        ("Cy", "sms", "planned"),
    }
    assert ("Bea", "email", "cancelled") in rows(live)
    live.refresh_from_db()
    assert (live.status, live.ended_with) == ("ended", "sent_in_error")
    assert not invariants.check()


def test_an_update_goes_to_whom_it_reached_and_it_stays_live(arrived, grace, said):
    fan_out(broadcasts.follow_up(arrived, Purpose.UPDATE, by=grace))
    flow.deliver()
    assert {to for to, *_rest in said} >= {
        PHONE.format(1),
        "ann@example.org",
        "bea@example.org",
        PHONE.format(3),
    }
    assert ("bea@example.org", "Toujours fermé") in {
        (to, subject) for to, subject, _text in said
    }
    arrived.refresh_from_db()
    assert arrived.status == "live"


def test_a_double_tap_makes_one_update(arrived, grace, mona):
    version = arrived.version
    broadcasts.follow_up(arrived, Purpose.UPDATE, by=grace, version=version)
    with pytest.raises(MoveRefused):
        broadcasts.follow_up(arrived, Purpose.UPDATE, by=mona, version=version)
    assert arrived.dispatches.filter(purpose=Purpose.UPDATE).count() == 1


def test_after_all_clear_nothing_follows(arrived, grace):
    broadcasts.follow_up(arrived, Purpose.ALL_CLEAR, by=grace)
    for purpose in (Purpose.UPDATE, Purpose.ALL_CLEAR, Purpose.SENT_IN_ERROR):
        with pytest.raises(MoveRefused):
            broadcasts.follow_up(arrived, purpose, by=grace)
    with pytest.raises(MoveRefused):
        broadcasts.stop(arrived, by=grace)


def test_what_was_live_is_never_edited(arrived, gas, ada, grace):
    with pytest.raises(MoveRefused, match="no draft"):
        broadcasts.save_draft(arrived, gas, by=ada, version=arrived.version)
    for act in (broadcasts.take_back, broadcasts.cancel):
        with pytest.raises(MoveRefused):
            act(arrived, by=grace)


def test_after_its_time_nothing_is_marked_and_it_ends_by_itself(live, monkeypatch):
    channel = answering(monkeypatch, accepted)
    with time_machine.travel(timezone.now() + timedelta(minutes=241)):
        assert broadcasts.end_expired() == 1
        assert broadcasts.end_expired() == 0
        delivery.expire_due()
    flow.make_due()
    flow.deliver()
    live.refresh_from_db()
    assert (live.status, live.ended_with) == ("ended", "expired")
    assert PHONE.format(1) not in channel.asked
    assert {status for *_who, status in rows(live)} == {"expired", "skipped"}


class TestAnswers:
    """Residents say how they are."""

    def entry(self, broadcast, name, channel="sms") -> NotificationLog:
        return NotificationLog.objects.get(
            dispatch__broadcast=broadcast, recipient__name=name, channel=channel
        )

    def test_the_last_word_counts_and_every_word_is_on_record(self, arrived):
        entry = self.entry(arrived, "Ann")
        broadcasts.answer(entry, "help", "third floor")
        broadcasts.answer(entry, "safe")
        answer = Answer.objects.get(broadcast=arrived)
        assert (answer.state, answer.place, answer.by_staff) == ("safe", "", False)
        steps = answer.history.order_by("history_id")
        assert list(steps.values_list("state", flat=True)) == ["help", "safe"]
        assert not hasattr(steps.first(), "place")

    def test_needs_help_tells_staff_once_in_a_while_and_names_nobody(self, arrived):
        before = Dispatch.objects.filter(event="staff_alarm").count()
        broadcasts.answer(self.entry(arrived, "Ann"), "help", "third floor")
        broadcasts.answer(self.entry(arrived, "Cy"), "help")
        told = Dispatch.objects.filter(event="staff_alarm").order_by("id")[before:]
        assert [each.title for each in told] == [
            "Somebody needs help: Heron block (Gas leak in Heron block)"
        ]
        words = told[0].contents.first().content.text
        assert "Ann" not in words
        assert "third floor" not in words

    def test_staff_put_it_down_for_somebody(self, arrived, ada, otto):
        di = arrived.cluster.recipients.get(name="Di")
        with pytest.raises(NotAllowed):
            broadcasts.mark(arrived, di, "safe", by=otto)
        broadcasts.mark(arrived, di, "safe", by=ada)
        assert Answer.objects.get(recipient=di).by_staff

    def test_nobody_of_another_cluster_is_put_down(self, arrived, ada, hilltop):
        with pytest.raises(Refused):
            broadcasts.mark(arrived, make_person(hilltop, "Zed"), "safe", by=ada)

    @held_by("answering._put_down: state not in AnswerState.values")
    def test_what_is_no_answer_is_refused(self, arrived):
        with pytest.raises(Refused):
            broadcasts.answer(self.entry(arrived, "Ann"), "dead")


@held_by("deciding.hand_in: _right", "deciding._right: (found := problems(broadcast))")
def test_words_without_an_end_prepared_cannot_be_submitted(careful, gas, ada):
    words = {Purpose.ALERT: WORDS[Purpose.ALERT]}
    draft = broadcasts.Draft(words=words, blanks=gas.blanks, criteria=gas.criteria)
    broadcast = broadcasts.create_draft(careful, draft, by=ada)
    with pytest.raises(Refused, match="There is no “Sent in error”"):
        broadcasts.submit(broadcast, by=ada)
