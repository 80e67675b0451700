"""The channels in their order: chosen on the review page, said in words, and bound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications.actions import broadcasts
from notifications.errors import Refused
from notifications.models import Broadcast
from tests.broadcasts.guarded import held_by
from tests.broadcasts.test_screens import EMERGENCIES, browser

pytestmark = pytest.mark.services

FORM = {
    "do": "save",
    "version": "1",
    "severity": "Extreme",
    "urgency": "Immediate",
    "certainty": "Observed",
    "minutes": "60",
    "wants_answers": "on",
    "blank_meeting_point": "the boat house",
}
YES = {"confirmed_people": 3, "typed_people": 3}


def saved(user, broadcast, channels, mode):
    given = FORM | {"channels": channels, "channel_mode": mode}
    address = f"{EMERGENCIES}{broadcast.uid}/review/"
    return browser(user).post(address, given, follow=True)


@pytest.mark.parametrize(
    ("channels", "mode", "words"),
    [
        (["sms"], "every", "By text"),
        (["email"], "first", "By mail"),
        (["sms", "email"], "every", "By text and by mail, both"),
        (["email", "sms"], "every", "By mail and by text, both"),
        (["sms", "email"], "first", "By text; by mail to whom the text cannot reach"),
        (["email", "sms"], "first", "By mail; by text to whom the mail cannot reach"),
        (
            ["push", "sms", "email"],
            "every",
            "By push message, by text and by mail, all of them",
        ),
        (
            ["sms", "email", "app"],
            "first",
            "By text; by mail to whom the text cannot reach; "
            "in the app to whom the text or the mail cannot reach",
        ),
    ],
)
def test_the_ways_in_words(channels, mode, words):
    broadcast = Broadcast(channels=channels, channel_mode=mode)
    assert broadcasts.ways_of(broadcast) == words


@pytest.mark.parametrize("mode", ["every", "first"])
def test_another_order_is_two_lists_and_a_button(drafted, ada, mode):
    page = saved(ada, drafted, ["email", "sms"], mode).content.decode()
    drafted.refresh_from_db()
    assert drafted.channels == ["email", "sms"]
    assert drafted.channel_mode == mode
    assert broadcasts.ways_of(drafted) in page
    first, second = page.split('name="channels"')[1:3]
    assert '<option value="email" selected>' in first.split("</select>")[0]
    assert '<option value="sms" selected>' in second.split("</select>")[0]


def test_a_place_that_is_left_empty_takes_a_channel_away(drafted, ada):
    saved(ada, drafted, ["email", ""], "every")
    drafted.refresh_from_db()
    assert drafted.channels == ["email"]


@pytest.mark.parametrize(
    ("channels", "sentence"),
    [
        (["sms", "sms"], "A channel stands here twice"),
        ([""], "This field is required"),
        (["pigeon"], "Select a valid choice"),
    ],
)
def test_what_is_no_choice_is_said_and_nothing_is_changed(
    drafted, ada, channels, sentence
):
    answer = saved(ada, drafted, channels, "every")
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert sentence in shown
    assert "the boat house" in shown
    drafted.refresh_from_db()
    assert (drafted.channels, drafted.version) == (["sms", "email"], 1)


@held_by("drafting.check_draft: len(set(draft.channels)) < len(draft.channels)")
def test_no_program_names_a_channel_twice(careful, gas, ada):
    twice = replace(gas, channels=("sms", "sms"))
    with pytest.raises(Refused, match="once"):
        broadcasts.create_draft(careful, twice, by=ada)


@pytest.mark.parametrize(
    "change",
    [
        {"channels": ["email", "sms"]},
        {"channels": ["sms"]},
        {"channel_mode": "first"},
        {"audience": {"everyone": True}},
        {"blanks": {"meeting_point": "the south gate", "place": "Heron block"}},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_yes_holds_for_these_channels_in_this_order_and_no_other(
    submitted, grace, change
):
    before = broadcasts.binding(submitted)
    Broadcast.objects.filter(pk=submitted.pk).update(**change)
    submitted.refresh_from_db()
    assert broadcasts.binding(submitted) != before
    with pytest.raises(Refused, match="not what was submitted"):
        broadcasts.approve(submitted, by=grace, **YES)


def test_it_leaves_in_the_order_that_was_chosen(drafted, ada, grace):
    saved(ada, drafted, ["email", "sms"], "first")
    drafted.refresh_from_db()
    broadcasts.submit(drafted, by=ada)
    alert = broadcasts.approve(drafted, by=grace, **YES)
    assert alert.channels == ["email", "sms"]
    assert alert.channel_mode == "first"
