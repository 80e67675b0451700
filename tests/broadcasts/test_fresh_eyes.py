"""What two readers with fresh eyes found, each with its test."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions import broadcasts
from notifications.alerting import Purpose
from notifications.channels import Outcome, Receipt
from notifications.composing.emergencies import Words
from notifications.composing.linting import lint
from notifications.models import (
    Broadcast,
)
from tests import flow
from tests.broadcasts.test_screens import EMERGENCIES, browser, raised
from tests.delivery.scripted import accepted, answering

pytestmark = pytest.mark.services

NUMBER = "+447700900998"


def refused(message):
    return Receipt(message.key, Outcome.PERMANENT, "x", reason="so")


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

    def test_an_update_counts_who_gets_the_alert_after_it(self, live, grace):
        page = browser(grace).get(f"{EMERGENCIES}{live.uid}/say/update/")
        assert (
            "are still on their way: who gets one later gets this"
            in page.content.decode()
        )
        over = browser(grace).get(f"{EMERGENCIES}{live.uid}/say/all_clear/")
        assert "still on their way" not in over.content.decode()
