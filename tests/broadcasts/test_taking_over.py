"""New words about the same emergency take over: nobody hears the old ones again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client

from console.live.topics import BOARD, Topic, version_of
from notifications.actions import broadcasts
from notifications.alerting import Purpose
from notifications.audience import Criteria
from notifications.models import Broadcast, NotificationLog
from tests import flow
from tests.broadcasts.conftest import EN, WORDS, fan_out
from tests.broadcasts.test_ladder import answer, climb
from tests.delivery.scripted import accepted, answering

pytestmark = pytest.mark.services

LADDER = ({"minutes": 5, "channels": ["sms"]},)
OLD = "Gas leak"


@pytest.fixture
def raised(careful, gas, ada, grace, monkeypatch):
    """A function: an emergency with a ladder, live and received; about another one."""
    answering(monkeypatch, accepted)

    def act(parent=None, title=OLD, where=gas.criteria) -> Broadcast:
        words = WORDS | {Purpose.ALERT: {"en": replace(EN, headline=title)}}
        draft = replace(gas, ladder=LADDER, words=words, criteria=where)
        broadcast = broadcasts.create_draft(careful, draft, by=ada, parent=parent)
        broadcasts.submit(broadcast, by=ada)
        n = broadcast.expected_people
        yes = {"confirmed_people": n, "typed_people": n}
        fan_out(broadcasts.approve(broadcast, by=grace, **yes))
        flow.deliver()
        return broadcast

    return act


def steps(broadcast) -> int:
    return broadcast.dispatches.filter(purpose=Purpose.LADDER).count()


def board(broadcast, user, part="") -> str:
    client = Client()
    client.force_login(user)
    page = client.get(f"/c/riverside/admin/emergencies/{broadcast.uid}/{part}")
    assert page.status_code == 200
    return page.content.decode()


def test_the_ladder_of_what_was_said_first_rests(raised):
    first = raised()
    second = raised(first, "Gas leak, new way out")
    assert climb(5) == 1
    assert (steps(first), steps(second)) == (0, 1)


def test_it_goes_on_when_the_second_was_a_mistake(raised, grace):
    first = raised()
    second = raised(first)
    second.refresh_from_db()
    broadcasts.follow_up(second, Purpose.SENT_IN_ERROR, by=grace)
    assert climb(5) == 1
    assert steps(first) == 1


def test_a_second_that_nobody_approved_takes_nothing_over(careful, gas, raised, ada):
    first = raised()
    second = broadcasts.create_draft(careful, gas, by=ada, parent=first)
    broadcasts.submit(second, by=ada)
    assert climb(5) == 1
    assert steps(first) == 1


def test_the_board_says_what_comes_next_and_when_it_rests(raised, grace):
    first = raised()
    for part in ("", "now/?status=live"):
        assert "Without those who have answered" in board(first, grace, part)
    second = raised(first, "New way out")
    for part in ("", "now/?status=live"):
        text = board(first, grace, part)
        assert "“New way out”</a> has taken over" in text
        assert f"/emergencies/{second.uid}/" in text
    climb(5)
    assert "Without an answer" not in board(second, grace, "now/?status=live")


def test_whoever_submits_it_sees_that_the_other_rests(careful, gas, raised, ada):
    first = raised()
    second = broadcasts.create_draft(careful, gas, by=ada, parent=first)
    assert "does not hear “Gas leak” again" in board(second, ada, "review/")


def test_when_the_second_is_over_nobody_hears_the_first_again(raised, grace, client):
    first = raised()
    second = raised(first, "New way out")
    second.refresh_from_db()
    broadcasts.follow_up(second, Purpose.ALL_CLEAR, by=grace)
    assert climb(5) == 0
    assert steps(first) == 0
    assert "“New way out”</a> has taken over" in board(first, grace)
    public = client.get("/n/riverside/").content.decode()
    assert "It is over" in public
    assert OLD not in public


def test_a_board_that_is_open_moves_when_another_takes_over(raised):
    first = raised()
    topic = Topic(BOARD, first.pk)
    before = version_of(topic)
    raised(first)
    assert version_of(topic) != before


def test_a_call_for_help_to_the_first_is_not_forgotten_at_the_end(raised, grace):
    first = raised()
    second = raised(first, "New way out")
    answer(first, "Ann", state="help")
    assert "1 person needs help still" in board(second, grace, "say/all_clear/")


def test_for_fewer_people_the_others_are_heard_after_still(raised, careful, grace):
    """The second is for Heron alone; Eve lives elsewhere, and has not answered."""
    first = raised(where=Criteria(everyone=True))
    raised(first, "New way out")
    assert "Not in Heron block" in board(first, grace)
    assert climb(5) == 2
    step = first.dispatches.get(purpose=Purpose.LADDER)
    fan_out(step)
    told = NotificationLog.objects.filter(dispatch=step)
    assert set(told.values_list("recipient__name", flat=True)) == {"Eve"}


def test_what_took_over_from_a_mistake_takes_over_from_the_first(raised, grace):
    first = raised()
    second = raised(first, "A mistake")
    third = raised(second, "New way out")
    second.refresh_from_db()
    broadcasts.follow_up(second, Purpose.SENT_IN_ERROR, by=grace)
    climb(5)
    assert (steps(first), steps(third)) == (0, 1)


def test_steps_that_were_passed_while_it_rested_come_after_a_mistake(raised, grace):
    first = raised()
    second = raised(first)
    climb(5)
    assert steps(first) == 0
    second.refresh_from_db()
    broadcasts.follow_up(second, Purpose.SENT_IN_ERROR, by=grace)
    assert climb(6) == 1
    assert steps(first) == 1
