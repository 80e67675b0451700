"""A feed in trouble is told of, and one bad alert keeps no other back."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from notifications.actions import broadcasts, feeds
from notifications.actions.broadcasts.looking import words_of
from notifications.actions.feeds import polling
from notifications.alerting import Purpose
from notifications.composing.linting import OPEN, Weight, settled
from notifications.inbound import FetchFailed
from notifications.models import AlertFeed, Broadcast, InboundAlert, Membership, Role

from .cap import SENDER, SENT, alert, atom, info
from .conftest import Given, ask
from .test_polling import drafts, staff_told

pytestmark = pytest.mark.services


def home(user) -> str:
    client = Client()
    client.force_login(user)
    return client.get("/c/riverside/admin/").content.decode()


def poll(feed: AlertFeed, fetch) -> AlertFeed:
    """Ask it, as if its minute were over; the feed as it stands then."""
    AlertFeed.objects.filter(pk=feed.pk).update(due_at="2020-01-01T00:00:00Z")
    feeds.poll(feed.pk, fetch=fetch)
    feed.refresh_from_db()
    return feed


def is_unwell(url, **known):
    raise FetchFailed("It did not answer in time.")


@pytest.fixture
def maud(riverside, ada):
    """The manager who is left."""
    Membership.objects.filter(user=ada).update(role=Role.MANAGER)
    return ada


@pytest.mark.parametrize("change", [{"active": False}, {"role": Role.AUDITOR}])
def test_when_its_manager_may_no_more_managers_are_told_once_and_find_it_on_home(
    feed, wanted, mona, maud, grace, change
):
    assert "is in trouble" not in home(maud)
    Membership.objects.filter(user=mona).update(**change)
    ask(feed, alert(), alert(), alert("wind-2"))
    assert staff_told() == ["The alert feed “Weather Office” makes no drafts"]
    page = home(maud)
    assert "The alert feed “Weather Office” is in trouble" in page
    assert "may begin no emergencies here any more" in page
    assert f"/emergencies/feeds/{feed.uid}/" in page
    assert "is in trouble" not in home(grace)
    feeds.save(feed, wanted, by=maud, version=1)
    ask(feed, alert())
    assert [each.created_by for each in drafts()] == [maud]
    assert "is in trouble" not in home(maud)


def test_one_that_was_not_read_for_a_day_is_on_home_and_one_of_a_minute_is_not(
    feed, mona
):
    ask(feed, alert())
    poll(feed, is_unwell)
    assert "is in trouble" not in home(mona)
    AlertFeed.objects.update(answered_at=timezone.now() - timedelta(hours=25))
    page = home(mona)
    assert "The alert feed “Weather Office” is in trouble" in page
    assert "It did not answer in time." in page
    feeds.switch(feed, False, by=mona, version=1)
    assert "is in trouble" not in home(mona)


def test_one_that_never_answered_is_on_home_a_day_after_it_was_added(feed, mona):
    poll(feed, is_unwell)
    AlertFeed.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert "is in trouble" in home(mona)


def test_a_fault_with_one_keeps_no_other_back_and_logs_nothing_of_it(
    feed, monkeypatch, caplog
):
    take = polling.take

    def stumbling(feed, message, xml, **marks):
        if message.name.identifier == "bad":
            raise ValueError("Ann, 12 Heron block")
        take(feed, message, xml, **marks)

    monkeypatch.setattr(polling, "take", stumbling)
    given = Given(alerts=atom("bad", "one"), bad=alert("bad"), one=alert())
    with caplog.at_level(logging.ERROR, "tocsin.feeds"):
        poll(feed, given)
    assert [each.title for each in drafts()] == ["Orange wind warning"]
    assert staff_told() == ["Alert from Weather Office: Orange wind warning"]
    assert "could not be taken in" in feed.problem
    assert f"feed {feed.pk}: an alert could not be taken in: ValueError" in caplog.text
    assert "Heron" not in caplog.text
    ask(feed, alert("bad"))
    feed.refresh_from_db()
    assert "could not be taken in" in feed.problem


@pytest.mark.parametrize(
    "sent", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"]
)
def test_a_time_beyond_all_reason_keeps_no_other_back(feed, sent):
    given = Given(alerts=atom("bad", "one"), bad=alert("bad", sent=sent), one=alert())
    poll(feed, given)
    assert len(drafts()) == 1
    assert "does not say who sent it, and when" in feed.problem


def test_a_thousand_references_and_broken_ones_are_only_hints(feed):
    ask(feed, alert("wind-1"))
    many = " ".join(f"{SENDER},gone-{each},{SENT}" for each in range(1500))
    strange = f"sender,id, ,, {SENDER},wind-1,{SENT} {many}"
    update = alert("wind-2", kind="Update", about="wind-1")
    plain = f"{SENDER},wind-1,{SENT}".encode()
    assert plain in update
    ask(feed, update.replace(plain, strange.encode()))
    feed.refresh_from_db()
    assert feed.problem == ""
    first, _second = drafts()
    assert "Updated by its sender" in first.history.first().history_change_reason


def test_a_long_list_is_read_to_its_end_whichever_way_it_runs(feed):
    names = [f"n{each}" for each in range(61)]
    messages = {name: alert(name) for name in names}
    given = Given(alerts=atom(*names[:60]), **messages)
    poll(feed, given)
    assert len(drafts()) == 50
    assert "the rest is read in a minute" in feed.problem
    poll(feed, given)
    assert (len(drafts()), feed.problem) == (60, "")
    given.documents["alerts"] = atom(*names)
    poll(feed, given)
    assert (len(drafts()), feed.problem) == (61, "")
    assert len(given.asked) == 3 + 61


def test_words_of_others_are_never_refused_for_what_looks_like_a_blank(feed):
    marked = info(
        headline="Flood Warning [Amber]",
        description="River at 5 m?? XXXX ____",
        instruction="Go [now]",
    )
    ask(feed, alert("a", marked))
    (draft,) = drafts()
    assert draft.title == "Flood Warning (Amber)"
    assert words_of(draft, Purpose.ALERT)["en"].sms == "Flood Warning (Amber). Go (now)"
    found = broadcasts.findings(draft)
    assert not [each for each in found if each.weight is Weight.ERROR]


@given(st.text(alphabet="[]X_?{%} ab\n", max_size=60))
def test_nothing_looks_open_in_words_that_are_settled(text):
    assert not OPEN.search(settled(text.replace("{", "(")))


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("draft", False),
        ("rejected", False),
        ("cancelled", False),
        ("ended", False),
        ("submitted", True),
        ("live", True),
        ("stopped", True),
    ],
)
def test_a_cancel_alarms_staff_only_about_what_is_or_may_go_out(feed, status, told):
    ask(feed, alert("wind-1"))
    Broadcast.objects.update(status=status)
    ask(feed, alert("wind-2", kind="Cancel", about="wind-1"))
    (draft,) = drafts()
    assert "Cancelled by its sender" in draft.history.first().history_change_reason
    assert [each.startswith("Cancelled by") for each in staff_told()[1:]] == (
        [True] if told else []
    )
    assert InboundAlert.objects.get(identifier="wind-2").became == "note"
    # What is submitted later tells of nothing that is over.
    Broadcast.objects.update(status="submitted")
    ask(feed, alert("wind-2", kind="Cancel", about="wind-1"))
    assert len(staff_told()) == 1 + told
