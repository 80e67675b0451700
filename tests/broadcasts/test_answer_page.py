"""The page behind the link: one question, two buttons, in the person's language."""

from __future__ import annotations

import re

import pytest

from notifications.actions import broadcasts
from notifications.alerting import Purpose
from notifications.links import sign_answer, sign_entry
from notifications.models import Answer, NotificationLog
from tests import flow
from tests.broadcasts.conftest import fan_out
from tests.personas import make_person

pytestmark = pytest.mark.services


def path_of(broadcast, name: str, channel: str = "sms") -> str:
    entry = NotificationLog.objects.get(
        dispatch__broadcast=broadcast, recipient__name=name, channel=channel
    )
    return f"/a/{sign_answer(entry.pk)}"


def test_looking_changes_nothing(arrived, client):
    page = client.get(path_of(arrived, "Ann"))
    shown = page.content.decode()
    assert page.status_code == 200
    assert "Gas leak in Heron block" in shown
    assert "Meet at the north gate" in shown
    assert "<script" not in shown
    assert not page.cookies
    assert page["Referrer-Policy"] == "no-referrer"
    assert not Answer.objects.exists()


def test_one_tap_is_an_answer_and_the_page_says_so(arrived, client):
    path = path_of(arrived, "Ann")
    answer = client.post(path, {"state": "safe", "place": "at my sister's"})
    assert (answer.status_code, answer["Location"]) == (303, path)
    said = Answer.objects.get()
    assert (said.state, said.place, said.by_staff) == ("safe", "at my sister's", False)
    assert "You said: I’m safe." in client.get(path).content.decode()
    actor = said.history.get()
    assert (actor.actor_kind, actor.actor_label) == ("person", "The person")


def test_it_speaks_the_language_of_the_message(arrived, client):
    shown = client.get(path_of(arrived, "Bea", "email")).content.decode()
    assert "Fuite de gaz : Heron block" in shown
    assert "J’ai besoin d’aide" in shown
    assert '<html lang="fr">' in shown


def test_a_drill_says_so_before_anything_else(careful, gas, ada, grace, client):
    drill = broadcasts.create_draft(careful, gas, by=ada, is_drill=True)
    broadcasts.submit(drill, by=ada)
    fan_out(broadcasts.approve(drill, by=grace, confirmed_people=3))
    shown = client.get(path_of(drill, "Ann")).content.decode()
    assert shown.index("This is an exercise") < shown.index("<h1>")


def test_when_it_is_over_it_says_what_was_said_last_and_hears_who_needs_help(
    arrived, grace, client
):
    path = path_of(arrived, "Ann")
    broadcasts.follow_up(arrived, Purpose.ALL_CLEAR, by=grace)
    shown = client.get(path).content.decode()
    assert "It is over" in shown
    assert client.post(path, {"state": "help"}).status_code == 303
    assert Answer.objects.get().state == "help", "who needs help is heard"


@pytest.mark.parametrize("given", [{}, {"state": "dead"}])
def test_what_is_no_answer_puts_nothing_down(arrived, client, given):
    assert client.post(path_of(arrived, "Ann"), given).status_code == 400
    assert not Answer.objects.exists()


def test_a_link_that_is_not_ours_is_told_so(arrived, client):
    good = path_of(arrived, "Ann")
    broken = [
        good[:-1],
        good + "0",
        re.sub("^/a/.", "/a/-", good),
        "/a/x",
        f"/a/{sign_entry(1)}",
        "/a/é%00",
        "/a/" + "z" * 300,
    ]
    for path in broken:
        if path != good:
            page = client.get(path)
            assert page.status_code == 404, path
            assert "link" in page.content.decode()


def test_an_announcements_entry_has_no_such_page(riverside, client, ada):
    make_person(riverside, "Ann", email="ann@example.org")
    entry = flow.entries(flow.fanned_out(riverside)).get()
    assert client.get(f"/a/{sign_answer(entry.pk)}").status_code == 404
