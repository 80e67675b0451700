"""After its end people still come to the meeting point, and are put down for a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.actions import broadcasts
from notifications.alerting import Purpose
from notifications.errors import Refused
from notifications.models import Answer, Broadcast, Dispatch, NotificationLog, Recipient
from tests import flow
from tests.broadcasts.conftest import fan_out
from tests.broadcasts.guarded import held_by
from tests.broadcasts.test_answer_page import path_of
from tests.broadcasts.test_screens import EMERGENCIES, browser

pytestmark = pytest.mark.services

DAY = timedelta(days=1)
BUTTON = 'name="state" value="safe"'
MOVES = "data-refresh-live"


def end(broadcast, by, purpose=Purpose.ALL_CLEAR):
    fan_out(broadcasts.follow_up(broadcast, purpose, by=by))
    flow.deliver()
    broadcast.refresh_from_db()


def expire(broadcast):
    """Nobody said that it was over."""
    broadcasts.end_expired(broadcast.expires_at)
    broadcast.refresh_from_db()


def just(before_or_after: int, broadcast):
    """A minute before its muster closes, or after."""
    moment = broadcast.ended_at + DAY + timedelta(minutes=before_or_after)
    return time_machine.travel(moment, tick=False)


def muster(broadcast, user, **query):
    page = browser(user).get(f"{EMERGENCIES}{broadcast.uid}/muster/", query)
    return page.content.decode()


def put_down(broadcast, user, name, state="safe"):
    """By the button of the page; what it says then, and all that is written down."""
    person = Recipient.objects.get(name=name)
    path = f"{EMERGENCIES}{broadcast.uid}/muster/{person.pk}/"
    given = {"state": state, "seen": "", "tab": "silent"}
    page = browser(user).post(path, given, follow=True).content.decode()
    answers = Answer.objects.values_list("recipient__name", "state", "by_staff")
    return page, list(answers)


def test_after_all_clear_staff_go_on_and_the_page_moves_and_says_until_when(
    arrived, ada, otto, grace
):
    end(arrived, grace)
    page = muster(arrived, ada)
    assert MOVES in page
    assert BUTTON in page
    assert "Whoever comes or answers now is still recorded" in page
    assert put_down(arrived, ada, "Di")[1] == [("Di", "safe", True)]
    assert "recorded by staff" in muster(arrived, ada, tab="safe")
    assert BUTTON not in muster(arrived, otto), "an auditor reads"


@pytest.mark.parametrize("how", ["stopped", "expired"])
def test_stopped_or_expired_it_goes_on_too(arrived, ada, grace, how):
    if how == "stopped":
        broadcasts.stop(arrived, by=grace)
    else:
        expire(arrived)
    assert Broadcast.objects.get(pk=arrived.pk).status in ("stopped", "ended")
    page = muster(arrived, ada)
    assert MOVES in page
    assert BUTTON in page
    assert put_down(arrived, ada, "Di", "help")[1] == [("Di", "help", True)]


def test_the_ladder_ends_with_the_end_though_the_muster_goes_on(arrived, ada, grace):
    end(arrived, grace)
    put_down(arrived, ada, "Di")
    assert broadcasts.climb(timezone.now() + timedelta(hours=1)) == 0


@held_by("answering._put_down: not still_listens(broadcast)")
def test_after_a_day_the_muster_is_closed_for_everybody(arrived, ada, grace):
    end(arrived, grace)
    ann = Recipient.objects.get(name="Ann")
    entry = NotificationLog.objects.filter(
        dispatch__broadcast=arrived, dispatch__purpose=Purpose.ALERT, recipient=ann
    ).first()
    with just(-1, arrived):
        broadcasts.mark(arrived, ann, "help", by=ada)
        broadcasts.answer(entry, "safe")
    with just(+1, arrived):
        with pytest.raises(Refused, match="its muster is closed"):
            broadcasts.mark(arrived, ann, "help", by=ada)
        with pytest.raises(Refused, match="its muster is closed"):
            broadcasts.answer(entry, "help")
    assert Answer.objects.get().state == "safe"


def test_a_closed_muster_stays_as_it_is_and_says_so(arrived, ada, grace):
    end(arrived, grace)
    with just(+1, arrived):
        page = muster(arrived, ada)
        assert MOVES not in page
        assert "data-refresh-done" in page
        assert BUTTON not in page
        assert "it stays as it is" in page
        said, answers = put_down(arrived, ada, "Di")
    assert "its muster is closed" in said, "who had an old page reads why"
    assert answers == []


def test_a_page_that_is_open_when_it_closes_takes_its_buttons_away(arrived, ada, grace):
    end(arrived, grace)
    now = f"{EMERGENCIES}{arrived.uid}/muster/now/"
    with just(-1, arrived):
        fragment = browser(ada).get(now).content.decode()
    assert BUTTON in fragment
    assert "data-refresh-done" not in fragment
    with just(+1, arrived):
        fragment = browser(ada).get(now).content.decode()
    assert BUTTON not in fragment
    assert "data-refresh-done" in fragment


def test_the_board_counts_on_as_long_as_the_muster(arrived, ada, grace):
    end(arrived, grace)
    board = f"{EMERGENCIES}{arrived.uid}/"
    assert MOVES in browser(ada).get(board).content.decode()
    with just(+1, arrived):
        assert MOVES not in browser(ada).get(board).content.decode()


def test_what_has_not_gone_out_has_no_buttons(submitted, ada):
    page = muster(submitted, ada)
    assert BUTTON not in page
    assert "has not gone out" in page


class TestWhoGotTheMessage:
    def test_is_still_asked_when_it_is_over(self, arrived, grace, client):
        path = path_of(arrived, "Ann")
        end(arrived, grace)
        shown = client.get(path).content.decode()
        assert "This is over." in shown
        assert "Staff still look for whoever has not answered" in shown
        assert client.post(path, {"state": "safe"}).status_code == 303
        assert Answer.objects.get().state == "safe"
        answered = client.get(path).content.decode()
        assert "Staff still look" not in answered
        assert "your last answer counts" in answered

    def test_is_heard_when_its_time_had_passed_and_help_is_needed(
        self, arrived, client
    ):
        path = path_of(arrived, "Ann")
        expire(arrived)
        with just(-1, arrived):
            assert 'value="help"' in client.get(path).content.decode()
            client.post(path, {"state": "help"})
        assert Dispatch.objects.filter(title__startswith="Somebody needs help").exists()

    def test_is_asked_nothing_when_it_was_an_error(self, arrived, grace, client):
        path = path_of(arrived, "Ann")
        end(arrived, grace, Purpose.SENT_IN_ERROR)
        assert "<button" not in client.get(path).content.decode()
        assert client.post(path, {"state": "help"}).status_code == 303
        assert Answer.objects.get().state == "help", "who needs help is heard"

    def test_reads_after_a_day_that_nobody_reads_answers(self, arrived, grace, client):
        path = path_of(arrived, "Bea", "email")
        end(arrived, grace)
        with just(+1, arrived):
            shown = client.get(path).content.decode()
            late = client.post(path, {"state": "help"})
        assert "<button" not in shown
        for said in (shown, late.content.decode()):
            assert "Les réponses ne sont plus lues ici." in said
            assert "les secours" in said
        assert late.status_code == 400
        assert not Answer.objects.exists()
