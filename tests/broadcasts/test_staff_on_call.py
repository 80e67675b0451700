"""Staff who have to know: by text and by mail, and until they have done it."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.actions import broadcasts
from notifications.alerting import AnswerState, Purpose
from notifications.models import (
    Dispatch,
    Membership,
    NotificationLog,
)
from tests import flow
from tests.broadcasts.conftest import fan_out
from tests.broadcasts.test_ladder import answer
from tests.broadcasts.test_screens import EMERGENCIES, browser
from tests.delivery.scripted import accepted, answering

pytestmark = pytest.mark.services

NUMBER = "+447700900998"


def no_luck(*given):
    raise KeyError("what nobody thought of")


def test_a_call_for_help_just_before_the_end_still_reaches_staff(arrived, grace):
    alarms = Dispatch.objects.filter(event="staff_alarm", title__contains="needs help")
    answer(arrived, "Ann", state=AnswerState.HELP)
    answer(arrived, "Cy", state=AnswerState.HELP)
    assert alarms.count() == 1, "of one zone staff hear once in a while"
    broadcasts.follow_up(arrived, Purpose.ALL_CLEAR, by=grace)
    with time_machine.travel(timezone.now() + timedelta(minutes=3)):
        assert broadcasts.remind() > 0
        assert broadcasts.remind() == 0
    assert alarms.count() == 2


class TestTheReviewOfWhatWentAlone:
    @pytest.fixture
    def alone(self, submitted, ada):
        later = timezone.now() + timedelta(minutes=11)
        yes = {"confirmed_people": 3, "typed_people": 3}
        why = "Grace and Mona do not pick up"
        broadcasts.break_glass(submitted, by=ada, reason=why, now=later, **yes)
        return submitted

    def asked(self, hours):
        moment = timezone.now() + timedelta(hours=hours)
        with time_machine.travel(moment):
            return broadcasts.chase()

    def test_is_due_in_a_day_and_asked_for_once_a_day(self, alone, grace, mona):
        assert broadcasts.review_due(alone) == alone.live_at + timedelta(days=1)
        assert [self.asked(hours) for hours in (23, 25, 26, 48, 50)] == [0, 1, 0, 0, 1]
        alarm = Dispatch.objects.filter(title__startswith="Review it").latest("pk")
        fan_out(alarm)
        told = NotificationLog.objects.filter(dispatch=alarm)
        assert {each.recipient.user for each in told} == {grace, mona}

    def test_ends_the_asking(self, alone, grace):
        broadcasts.review(alone, by=grace, note="Right to go: it burned")
        assert broadcasts.review_due(alone) is None
        assert self.asked(25) == 0

    def test_after_two_days_reaches_platform_admins_too(
        self, alone, pia, mailoutbox, django_capture_on_commit_callbacks
    ):
        mailoutbox.clear()
        for hours, mails in ((25, 0), (50, 1)):
            with (
                time_machine.travel(timezone.now() + timedelta(hours=hours)),
                django_capture_on_commit_callbacks(execute=True),
            ):
                assert broadcasts.chase() == 1
            assert [each.to for each in mailoutbox].count([pia.email]) == mails

    def test_where_there_is_nobody_else_who_sent_it_hears_so(self, alone, ada):
        Membership.objects.exclude(user=ada).update(active=False)
        assert [self.asked(25), self.asked(26)] == [1, 0]

    def test_that_cannot_be_asked_for_keeps_no_other_back(
        self, alone, monkeypatch, caplog
    ):
        monkeypatch.setattr(
            "notifications.actions.broadcasts.telling.ask_for_review", no_luck
        )
        assert self.asked(25) == 0
        assert "could not be asked for" in caplog.text


class TestNumbersOfStaff:
    def number(self, user, text):
        return browser(user).post(
            "/admin/account/",
            {
                "name_email-first_name": user.first_name,
                "name_email-last_name": "Obi",
                "name_email-email": user.email,
                "theme-theme": "system",
                "theme-contrast": "system",
                "theme-density": "default",
                "theme-keyboard_shortcuts": "on",
                "phone-phone": text,
            },
        )

    def told(self, broadcast):
        alarm = Dispatch.objects.filter(about=broadcast).latest("pk")
        fan_out(alarm)
        flow.deliver()
        sent = NotificationLog.objects.filter(dispatch=alarm, status="sent")
        return set(sent.values_list("addressee__address", flat=True))

    def test_an_approver_is_told_by_text_and_by_mail(
        self, drafted, ada, grace, monkeypatch
    ):
        assert self.number(grace, "07700 900 998").status_code == 302
        grace.refresh_from_db()
        assert grace.phone == NUMBER
        answering(monkeypatch, accepted)
        broadcasts.submit(drafted, by=ada)
        assert {NUMBER, grace.email} <= self.told(drafted)

    def test_a_new_number_is_used_and_the_old_one_no_more(
        self, drafted, ada, grace, monkeypatch
    ):
        answering(monkeypatch, accepted)
        for number in ("+447700900111", NUMBER):
            self.number(grace, number)
            broadcasts.submit(drafted, by=ada)
            told = self.told(drafted)
            assert number in told
            broadcasts.take_back(drafted, by=ada)
        assert "+447700900111" not in told

    def test_what_is_no_number_is_asked_for_again(self, grace):
        page = self.number(grace, "at reception").content.decode()
        assert "No text can go to this number" in page
        assert 'value="at reception"' in page
        grace.refresh_from_db()
        assert grace.phone == ""

    def test_without_one_the_review_says_so(self, drafted, ada, grace):
        review = f"{EMERGENCIES}{drafted.uid}/review/"
        assert "told by mail alone" in browser(ada).get(review).content.decode()
        self.number(grace, NUMBER)
        assert "told by mail alone" not in browser(ada).get(review).content.decode()
