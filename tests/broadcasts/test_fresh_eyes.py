"""What two readers with fresh eyes found, each with its test."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications.actions import broadcasts, dispatches
from notifications.alerting import AnswerState, Purpose
from notifications.audience import zone_names
from notifications.channels import Outcome, Receipt
from notifications.composing.emergencies import Words
from notifications.composing.linting import lint
from notifications.errors import TocsinError
from notifications.exporting.incident import zones_of
from notifications.models import (
    Answer,
    Broadcast,
    Dispatch,
    Membership,
    NotificationLog,
)
from tests import flow
from tests.broadcasts.conftest import fan_out, rows
from tests.broadcasts.test_ladder import answer, climb
from tests.broadcasts.test_screens import EMERGENCIES, browser, raised
from tests.delivery.scripted import accepted, answering
from tests.personas import make_person, make_zone

pytestmark = pytest.mark.services

NUMBER = "+447700900998"


def refused(message):
    return Receipt(message.key, Outcome.PERMANENT, "x", reason="so")


@pytest.fixture
def climbing(gas):
    return replace(
        gas,
        ladder=(
            {"minutes": 5, "channels": ["sms"]},
            {"minutes": 10, "channels": ["email"]},
        ),
    )


@pytest.fixture
def live_with_ladder(careful, climbing, ada, grace) -> Broadcast:
    broadcast = broadcasts.create_draft(careful, climbing, by=ada)
    broadcasts.submit(broadcast, by=ada)
    yes = {"confirmed_people": 3, "typed_people": 3}
    fan_out(broadcasts.approve(broadcast, by=grace, **yes))
    return broadcast


class TestTheLadder:
    def test_goes_on_though_a_retry_of_the_failed_was_cancelled(
        self, live_with_ladder, grace, monkeypatch
    ):
        answering(monkeypatch, refused)
        flow.deliver()
        alert = live_with_ladder.dispatches.get()
        again = dispatches.retry_failed(alert, by=grace)
        dispatches.cancel(again, by=grace)
        assert climb(5) == 1

    def test_after_an_outage_the_channels_of_what_was_left_out_are_used_too(
        self, live_with_ladder, monkeypatch
    ):
        answering(monkeypatch, accepted)
        flow.deliver()
        assert climb(10) == 1
        step = live_with_ladder.dispatches.get(purpose=Purpose.LADDER)
        assert set(step.channels) == {"sms", "email"}
        fan_out(step)
        told = rows(live_with_ladder, Purpose.LADDER)
        assert {("Cy", "sms", "planned"), ("Bea", "email", "planned")} <= told

    def test_under_way_it_keeps_no_failed_one_from_being_tried_again(
        self, live_with_ladder, grace, monkeypatch
    ):
        answering(monkeypatch, refused)
        flow.deliver()
        assert climb(5) == 1
        alert = live_with_ladder.dispatches.get(purpose=Purpose.ALERT)
        again = dispatches.retry_failed(alert, by=grace)
        assert again.purpose == Purpose.ALERT

    def test_that_fails_for_one_is_climbed_for_the_next(
        self, live_with_ladder, monkeypatch, caplog
    ):
        Broadcast.objects.update(ladder=[{"minutes": 5, "channels": 7}])
        assert climb(5) == 0
        answering(monkeypatch, accepted)
        monkeypatch.setattr("notifications.actions.broadcasts.climbing._take", no_luck)
        assert climb(5) == 0
        assert "could not be climbed" in caplog.text

    def test_spares_who_answers_after_their_step_was_written_down(
        self, live_with_ladder, monkeypatch
    ):
        answering(monkeypatch, accepted)
        flow.deliver()
        climb(5)
        fan_out(live_with_ladder.dispatches.get(purpose=Purpose.LADDER))
        answer(live_with_ladder, "Ann")
        told = rows(live_with_ladder, Purpose.LADDER)
        assert {("Ann", "sms", "skipped"), ("Cy", "sms", "planned")} <= told
        skipped = NotificationLog.objects.get(
            dispatch__purpose=Purpose.LADDER, recipient__name="Ann"
        )
        assert skipped.reason == "answered"


def no_luck(*given):
    raise KeyError("what nobody thought of")


def test_a_caretaker_who_is_safe_still_hears_of_the_silent(
    careful, gas, residents, ada, grace, monkeypatch
):
    warden = make_person(
        careful, "Wim", email="wim@example.org", zone=residents, tags=("warden",)
    )
    step = {"minutes": 5, "channels": ["email"], "tag": warden.tags.get().pk}
    broadcast = broadcasts.create_draft(careful, replace(gas, ladder=(step,)), by=ada)
    broadcasts.submit(broadcast, by=ada)
    yes = {"confirmed_people": 4, "typed_people": 4}
    fan_out(broadcasts.approve(broadcast, by=grace, **yes))
    answering(monkeypatch, accepted)
    flow.deliver()
    climb(5)
    fan_out(broadcast.dispatches.get(purpose=Purpose.LADDER))
    broadcasts.mark(broadcast, warden, "safe", by=ada)
    assert rows(broadcast, Purpose.LADDER) == {("Wim", "email", "planned")}


def test_stop_stops_though_a_colleague_did_something_else_meanwhile(live, grace, mona):
    before = Broadcast.objects.get(pk=live.pk)
    broadcasts.follow_up(live, Purpose.UPDATE, by=mona)
    broadcasts.stop(before, by=grace)
    assert Broadcast.objects.get(pk=live.pk).status == "stopped"


def test_one_that_cannot_be_ended_keeps_no_other_from_its_end(
    live, monkeypatch, caplog
):
    def trouble(broadcast, now):
        raise KeyError("what nobody thought of")

    monkeypatch.setattr("notifications.actions.broadcasts.steering._end", trouble)
    assert broadcasts.end_expired(timezone.now() + timedelta(hours=5)) == 0
    assert "could not be ended" in caplog.text


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
            with django_capture_on_commit_callbacks(execute=True):
                assert self.asked(hours) == 1
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


class TestPages:
    def test_everywhere_and_some_zones_at_once_are_asked_for_again(
        self, careful, residents, ada
    ):
        data = {"scenario": "gas-leak", "zones": [residents.pk], "who": "everyone"}
        page = browser(ada).post(f"{EMERGENCIES}raise/", data)
        assert page.status_code == 409
        assert "everywhere, or some zones" in page.content.decode()
        assert not Broadcast.objects.exists()

    def test_what_waits_elsewhere_for_a_yes_is_shown_before_it_is_raised_twice(
        self, careful, gas, submitted, ada
    ):
        second = broadcasts.create_draft(careful, gas, by=ada)
        page = browser(ada).get(f"{EMERGENCIES}{second.uid}/review/").content.decode()
        assert "Something else is under way" in page
        assert f"{EMERGENCIES}{submitted.uid}/" in page

    def test_the_waiting_page_loads_anew_when_it_may_go_alone_and_when_it_is_decided(
        self, submitted, ada, grace
    ):
        now = f"{EMERGENCIES}{submitted.uid}/now/?status=submitted&glass=0"
        moved = "data-refresh-reload"
        assert moved not in browser(ada).get(now).content.decode()
        asked = timezone.now() - timedelta(minutes=11)
        Broadcast.objects.update(submitted_at=asked)
        assert moved in browser(ada).get(now).content.decode()
        assert moved not in browser(grace).get(now).content.decode()
        submitted.refresh_from_db()
        broadcasts.reject(submitted, by=grace, reason="A false alarm")
        assert moved in browser(grace).get(now).content.decode()

    def test_from_the_muster_too_it_is_stopped_and_ended(self, arrived, ada, grace):
        muster = f"{EMERGENCIES}{arrived.uid}/muster/"
        page = browser(grace).get(muster).content.decode()
        for step in ("stop/", "say/all_clear/", "say/sent_in_error/"):
            assert f"{EMERGENCIES}{arrived.uid}/{step}" in page
        assert "say/all_clear/" not in browser(ada).get(muster).content.decode()

    def test_who_lives_in_no_zone_has_a_list_of_doors_too(
        self, careful, gas, ada, grace
    ):
        criteria = replace(gas.criteria, everyone=True, zones=())
        broadcast = broadcasts.create_draft(
            careful, replace(gas, criteria=criteria), by=ada
        )
        broadcasts.submit(broadcast, by=ada)
        yes = {"confirmed_people": 4, "typed_people": 4}
        broadcasts.approve(broadcast, by=grace, **yes)
        muster = f"{EMERGENCIES}{broadcast.uid}/muster/?tab=all"
        assert "zone=none" in browser(grace).get(muster).content.decode()
        doors = browser(grace).get(f"{muster}&zone=none").content.decode()
        assert "Eve" in doors
        assert 'door-name">Ann' not in doors


def test_an_answer_that_is_refused_spares_nobody(live_with_ladder, monkeypatch):
    answering(monkeypatch, accepted)
    flow.deliver()
    climb(5)
    fan_out(live_with_ladder.dispatches.get(purpose=Purpose.LADDER))
    with pytest.raises(TocsinError):
        answer(live_with_ladder, "Ann", state="fine")
    assert not Answer.objects.exists()
    assert ("Ann", "sms", "planned") in rows(live_with_ladder, Purpose.LADDER)


@pytest.mark.parametrize(
    ("text", "shouts"),
    [
        ("GAS LEAK LEAVE THE BUILDING NOW", True),
        ("Everybody: GAS LEAK IN THE HOUSE. Leave.", True),
        ("Gas leak. Leave the building now.", False),
        ("Утечка газа. Немедленно покиньте здание сейчас", False),
        ("تسرب غاز غادروا المبنى الآن من فضلكم", False),
        ("УТЕЧКА ГАЗА ПОКИНЬТЕ ЗДАНИЕ СЕЙЧАС", True),
    ],
)
def test_words_in_capitals_are_those_of_scripts_that_have_them(text, shouts):
    words = Words(headline="Gas", description=text, instruction="Go", sms="Gas")
    written = {Purpose.ALERT: {"en": words}}
    found = lint(
        written, ["en"], channels=["email"], blanks={}, instead=lambda *given: "en"
    )
    assert any("capitals" in each.sentence for each in found) is shouts


class TestFloorsOfTwoBlocksThatHaveOneName:
    @pytest.fixture
    def floors(self, careful, residents):
        swan = make_zone(careful, "Swan block")
        upper, lower = (
            make_zone(careful, "Floor 2", residents),
            make_zone(careful, "Floor 2", swan),
        )
        make_person(careful, "Uma", email="uma@example.org", zone=upper)
        make_person(careful, "Lea", email="lea@example.org", zone=lower)
        return upper, lower

    @pytest.fixture
    def there(self, careful, floors, gas, ada, grace, monkeypatch):
        zones = tuple(each.pk for each in floors)
        draft = replace(gas, criteria=replace(gas.criteria, zones=zones))
        broadcast = broadcasts.create_draft(careful, draft, by=ada)
        broadcasts.submit(broadcast, by=ada)
        yes = {"confirmed_people": 2, "typed_people": 2}
        fan_out(broadcasts.approve(broadcast, by=grace, **yes))
        answering(monkeypatch, accepted)
        flow.deliver()
        return broadcast

    def test_are_called_by_their_block_as_well(self, there, careful):
        assert there.blanks["place"] == "Floor 2 (Heron block), Floor 2 (Swan block)"
        names = zone_names(careful)
        assert sorted(names.values()) == [
            "Floor 2 (Heron block)",
            "Floor 2 (Swan block)",
            "Heron block",
            "Swan block",
        ]

    def test_are_two_rows_and_two_lists_of_doors(self, there, grace):
        answer(there, "Lea", channel="email")
        seen = {
            each.zone: (each.people, each.safe)
            for each in zones_of(there, list(there.dispatches.all()))
        }
        assert seen == {"Floor 2 (Heron block)": (1, 0), "Floor 2 (Swan block)": (1, 1)}
        muster = f"{EMERGENCIES}{there.uid}/muster/?tab=all"
        page = browser(grace).get(muster).content.decode()
        for name in seen:
            assert f"<h2>{name}</h2>" in page

    def test_call_for_help_each_by_itself(self, there):
        answer(there, "Uma", channel="email", state=AnswerState.HELP)
        answer(there, "Lea", channel="email", state=AnswerState.HELP)
        alarms = Dispatch.objects.filter(title__startswith="Somebody needs help")
        titles = set(alarms.values_list("title", flat=True))
        assert {title.partition(": ")[2].partition(" (Gas")[0] for title in titles} == {
            "Floor 2 (Heron block)",
            "Floor 2 (Swan block)",
        }


def test_half_way_nine_of_ten_do_not_have_it_yet(live, monkeypatch):
    def half(message):
        failed = message.to == "bea@example.org"
        return refused(message) if failed else accepted(message)

    answering(monkeypatch, half)
    assert broadcasts.measures_of(live).to_most is None
    flow.deliver()
    found = broadcasts.measures_of(live)
    assert found.to_first is not None
    assert found.to_most is None, "two of three have it"


def test_what_is_missing_says_what_is_read_instead(careful, gas, ada):
    words = {
        purpose: {code: each for code, each in said.items() if code == "en"}
        for purpose, said in gas.words.items()
    }
    words[Purpose.ALERT] = gas.words[Purpose.ALERT]
    broadcast = broadcasts.create_draft(careful, replace(gas, words=words), by=ada)
    found = [
        (each.purpose, each.language, each.sentence)
        for each in broadcasts.findings(broadcast)
        if "Not written" in each.sentence
    ]
    why = "Not written in this language: who reads it gets English."
    assert found == [
        (purpose, "fr", why)
        for purpose in (Purpose.UPDATE, Purpose.ALL_CLEAR, Purpose.SENT_IN_ERROR)
    ]


class TestSayingMore:
    def test_starts_from_the_board_with_what_and_where_chosen(
        self, careful, residents, ada, grace
    ):
        raised(browser(ada), residents)
        first = Broadcast.objects.get()
        broadcasts.submit(first, by=ada)
        yes = {"confirmed_people": 3, "typed_people": 3}
        broadcasts.approve(first, by=grace, **yes)
        board = browser(ada).get(f"{EMERGENCIES}{first.uid}/").content.decode()
        link = re.search(r'href="([^"]*raise/\?about=[^"]*)"', board)[1]
        form = browser(ada).get(link.replace("&amp;", "&")).content.decode()
        assert f'name="about" value="{first.uid}"' in form
        assert re.search(r'value="gas-leak" checked', form)
        assert re.search(rf'name="zones" value="{residents.pk}"[^>]* checked', form)

    def test_an_update_names_who_would_miss_it(self, live, grace):
        page = browser(grace).get(f"{EMERGENCIES}{live.uid}/say/update/")
        assert "messages of the alert are still on their way" in page.content.decode()
        over = browser(grace).get(f"{EMERGENCIES}{live.uid}/say/all_clear/")
        assert "still on their way" not in over.content.decode()
