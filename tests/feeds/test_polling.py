"""An alert of others becomes a draft, once; and nothing more than a draft."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import time_machine
from django.db import connection, connections

from notifications import scope
from notifications.actions import broadcasts, feeds
from notifications.actions.broadcasts.looking import words_of
from notifications.actions.feeds import polling
from notifications.alerting import Purpose
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.inbound import Fetched, FetchFailed
from notifications.models import (
    AlertFeed,
    Announcement,
    Broadcast,
    Dispatch,
    InboundAlert,
    Membership,
    NotificationLog,
    PublishedAlert,
    Zone,
)
from tests import flow
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.delivery.scripted import accepted, answering

from .cap import EARLIER, FRENCH, NOW, SENT, alert, atom, info, rss
from .conftest import Given, ask, on_loopback

pytestmark = pytest.mark.services


def drafts() -> list[Broadcast]:
    return list(Broadcast.objects.order_by("pk"))


def whys() -> list[str]:
    return list(InboundAlert.objects.order_by("pk").values_list("why", flat=True))


def staff_told() -> list[str]:
    """The subjects of what staff got."""
    rows = Dispatch.objects.filter(broadcast=None).order_by("pk")
    return list(rows.values_list("title", flat=True))


def test_an_alert_becomes_a_draft_in_its_own_words_for_the_zones_of_the_feed(
    feed, heron, mona
):
    # The alert is of when this was loaded, and a long run comes here much later.
    with time_machine.travel(NOW, tick=False):
        ask(feed, alert("wind-1", info(), FRENCH))
    (draft,) = drafts()
    assert draft.status == "draft"
    assert draft.title == "Orange wind warning"
    assert draft.audience == {"zones": [heron.pk]}
    assert (draft.severity, draft.urgency) == ("Severe", "Expected")
    assert (draft.certainty, draft.kind, draft.response) == ("Likely", "Met", "Shelter")
    assert draft.minutes == 180
    words = words_of(draft, Purpose.ALERT)
    assert set(words) == {"en", "fr"}
    english, french = words["en"], words["fr"]
    assert english.instruction == "Stay away from trees."
    assert "Where: North shore" in english.description
    assert "Source: Weather Office" in english.description
    assert english.sms == "Orange wind warning. Stay away from trees."
    assert "Lieu : North shore" in french.description
    assert draft.created_by == mona
    first = draft.history.get()
    assert first.actor_label == "Weather Office"
    assert "From the feed “Weather Office”" in first.history_change_reason


def test_nothing_of_it_reaches_anybody_but_staff_who_are_told(feed, ada, monkeypatch):
    answering(monkeypatch, accepted)
    ask(feed, alert())
    flow.deliver()
    told = Dispatch.objects.get()
    assert told.title == "Alert from Weather Office: Orange wind warning"
    assert told.broadcast is None
    names = set(
        NotificationLog.objects.filter(dispatch=told).values_list(
            "recipient__name", flat=True
        )
    )
    assert "Ann" not in names
    assert not PublishedAlert.objects.exists()
    assert not Announcement.objects.exists()


def test_it_is_a_draft_like_any_other_and_asks_for_a_second_person(
    feed, riverside, mona, ada
):
    riverside.requires_approval = True
    riverside.save()
    ask(feed, alert())
    (draft,) = drafts()
    draft = Broadcast.objects.select_related("cluster").get(pk=draft.pk)
    broadcasts.submit(draft, by=ada)
    with pytest.raises(NotAllowed):
        broadcasts.approve(draft, by=mona, confirmed_people=1)


def test_the_same_alert_is_taken_once(feed):
    ask(feed, alert(), alert(), alert("wind-2"))
    assert len(drafts()) == 2
    assert InboundAlert.objects.count() == 2


def test_it_is_asked_once_a_minute_and_not_when_it_is_switched_off(feed, mona):
    given = Given(alerts=alert())
    assert feeds.due() == [feed.pk]
    feeds.poll(feed.pk, fetch=given)
    feeds.poll(feed.pk, fetch=given)
    assert given.asked == ["alerts"]
    assert feeds.due() == []
    feeds.switch(feed, False, by=mona, version=1)
    assert feeds.due() == []
    ask(feed, alert("wind-2"))
    assert len(drafts()) == 1


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (alert(status="Exercise"), "a test or an exercise"),
        (alert(status="Test"), "a test or an exercise"),
        (alert(kind="Ack"), "no alert"),
        (alert(scope="Private"), "not meant for the public"),
        (alert("a", info(expires=EARLIER)), "Its time had passed"),
        (alert("a", info(severity="Minor")), "less severe"),
        (alert("a", info(area="Elsewhere", code="XX")), "none of the areas"),
        (alert(kind="Cancel", about="unknown"), "never came to anything"),
    ],
)
def test_what_does_not_matter_comes_to_nothing_with_the_reason(
    feed, wanted, mona, message, why
):
    picky = replace(wanted, areas=("GB013", "south shore"), severity_from="Severe")
    feeds.save(feed, picky, by=mona, version=1)
    ask(feed, message)
    assert drafts() == []
    assert why in whys()[0]
    assert staff_told() == []


@pytest.mark.parametrize(
    "part",
    [
        info(severity="Unknown"),
        info(severity="Extreme"),
        info(code="gb013", area="Somewhere"),
        info(code="XX", area="The South Shore and the hills"),
    ],
)
def test_what_names_one_of_the_areas_matters(feed, wanted, mona, part):
    picky = replace(wanted, areas=("GB013", "south shore"), severity_from="Severe")
    feeds.save(feed, picky, by=mona, version=1)
    ask(feed, alert("a", part))
    assert len(drafts()) == 1


def test_lists_are_followed_and_what_was_read_is_not_fetched_again(feed):
    for listed in (atom("one", "two"), rss("one", "two", "three")):
        given = Given(alerts=listed, one=alert("a"), two=alert("b"), three=alert("c"))
        AlertFeed.objects.update(due_at=SENT)
        feeds.poll(feed.pk, fetch=given)
        AlertFeed.objects.update(due_at=SENT)
        feeds.poll(feed.pk, fetch=given)
    assert len(drafts()) == 3
    assert given.asked.count("three") == 1
    feed.refresh_from_db()
    assert (feed.etag, feed.problem) == ("tag", "")


def test_one_that_cannot_be_read_keeps_no_other_back(feed):
    given = Given(alerts=atom("bad", "one"), bad=b"nonsense", one=alert())
    feeds.poll(feed.pk, fetch=given)
    assert len(drafts()) == 1
    feed.refresh_from_db()
    assert "no plain XML" in feed.problem
    # It is not taken for read, so that it is looked at again.
    assert (feed.etag, feed.answered_at) == ("", None)
    assert staff_told() == ["Alert from Weather Office: Orange wind warning"]


def test_of_several_alerts_staff_are_told_once(feed):
    given = Given(alerts=atom("one", "two"), one=alert("a"), two=alert("b"))
    feeds.poll(feed.pk, fetch=given)
    assert len(drafts()) == 2
    assert staff_told() == ["2 alerts from Weather Office"]


def test_a_feed_in_trouble_says_so_and_is_well_again(feed):
    def broken(url, **known):
        raise FetchFailed("It did not answer in time.")

    feeds.poll(feed.pk, fetch=broken)
    feed.refresh_from_db()
    assert feed.problem == "It did not answer in time."
    ask(feed, alert())
    feed.refresh_from_db()
    assert feed.problem == ""
    assert feed.answered_at is not None


def test_a_cancel_is_noted_and_told_and_changes_nothing(feed, grace, monkeypatch):
    answering(monkeypatch, accepted)
    ask(feed, alert("wind-1"))
    (draft,) = drafts()
    draft = Broadcast.objects.select_related("cluster").get(pk=draft.pk)
    broadcasts.send_alone(draft, by=grace, confirmed_people=1)
    ask(feed, alert("wind-2", kind="Cancel", about="wind-1"))
    draft.refresh_from_db()
    assert draft.status == "live"
    last = draft.history.first().history_change_reason
    assert last.startswith("Cancelled by its sender: Weather Office")
    assert staff_told()[-1].startswith("Cancelled by Weather Office")
    assert len(drafts()) == 1


@pytest.mark.parametrize("live", [True, False])
def test_an_update_is_a_draft_of_its_own_and_noted_on_the_one_before(feed, grace, live):
    ask(feed, alert("wind-1"))
    (first,) = drafts()
    first = Broadcast.objects.select_related("cluster").get(pk=first.pk)
    version = first.version
    if live:
        broadcasts.send_alone(first, by=grace, confirmed_people=1)
        version = first.version
    ask(
        feed,
        alert("wind-2", info(headline="Red now"), kind="Update", about="wind-1"),
        alert("wind-3", info(headline="Over soon"), kind="Update", about="wind-2"),
    )
    _first, second, third = drafts()
    assert (second.title, third.title) == ("Red now", "Over soon")
    assert second.parent == (first if live else None)
    first.refresh_from_db()
    # Whoever has it open can still save it.
    assert first.version == version
    assert "Updated by its sender" in first.history.first().history_change_reason
    assert "Updated by its sender" in second.history.first().history_change_reason


def test_words_of_others_can_be_no_blanks_of_ours_and_have_an_end(feed):
    strange = info(
        headline="{{ meeting_point }} {% x %}",
        description="d " * 5000,
        instruction="\x85{{ place }} " + "i " * 5000,
    )
    ask(feed, alert("a", strange))
    (draft,) = drafts()
    words = words_of(draft, Purpose.ALERT)["en"]
    assert words.headline == "{ { meeting_point }} { % x %}"
    assert len(words.description) <= 2000
    assert len(words.sms) <= 300
    assert list(broadcasts.letters_of(draft, Purpose.ALERT))


def test_when_its_manager_has_left_it_says_so_and_makes_nothing(feed, mona):
    Membership.objects.filter(user=mona).update(active=False)
    ask(feed, alert())
    assert drafts() == []
    assert not InboundAlert.objects.exists()
    feed.refresh_from_db()
    assert "may begin no emergencies here any more" in feed.problem


def test_a_feed_sees_and_makes_only_what_is_of_its_own_cluster(
    feed, hilltop, mallory, wanted
):
    with scope.every_cluster():
        theirs = Zone.objects.create(cluster=hilltop, name="Tower")
    with scope.clusters(hilltop.pk):
        own = replace(wanted, criteria=replace(wanted.criteria, zones=(theirs.pk,)))
        other = feeds.create(hilltop, own, by=mallory)
        with pytest.raises(Refused, match="not in this cluster"):
            feeds.create(hilltop, wanted, by=mallory)
    ask(feed, alert())
    with scope.every_cluster():
        feeds.poll(other.pk, fetch=Given(alerts=alert()))
        made = Broadcast.objects.order_by("pk").values_list("cluster__slug", flat=True)
        assert list(made) == ["riverside", "hilltop"]


def test_only_managers_here_may_touch_it(feed, wanted, riverside, ada, grace, mallory):
    for somebody in (ada, grace, mallory):
        with pytest.raises(NotAllowed):
            feeds.create(riverside, wanted, by=somebody)
        with pytest.raises(NotAllowed):
            feeds.save(feed, wanted, by=somebody, version=1)
        with pytest.raises(NotAllowed):
            feeds.switch(feed, False, by=somebody, version=1)


def test_of_two_managers_the_slower_is_told(feed, wanted, mona):
    feeds.save(feed, replace(wanted, name="Other"), by=mona, version=1)
    with pytest.raises(MoveRefused, match="changed this feed"):
        feeds.save(feed, wanted, by=mona, version=1)
    assert [each.history_change_reason for each in feed.history.all()] == [
        "Changed",
        "Added",
    ]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"name": " "}, "name"),
        ({"url": "http://weather.example"}, "https://"),
        ({"url": "https://ada:pw@weather.example"}, "password"),
        ({"scenario": None}, "scenario"),
        ({"areas": ("x" * 200,)}, "areas"),
        ({"severity_from": "Unknown"}, "severity"),
        ({"severity_from": "nonsense"}, "severity"),
    ],
)
def test_what_cannot_be_is_refused_in_a_sentence(riverside, wanted, mona, change, why):
    with pytest.raises(Refused, match=why):
        feeds.create(riverside, replace(wanted, **change), by=mona)


def test_over_the_wire_from_the_address_to_the_draft(publisher, feed, wanted, mona):
    publisher.answers["/list"] = atom("wind.xml")
    publisher.answers["/wind.xml"] = alert()
    feeds.save(feed, replace(wanted, url=publisher.url("/list")), by=mona, version=1)
    feeds.poll(feed.pk)
    feed.refresh_from_db()
    assert "inside a network" in feed.problem
    assert drafts() == []
    AlertFeed.objects.update(due_at=SENT)
    feeds.poll(feed.pk, fetch=on_loopback)
    assert [each.title for each in drafts()] == ["Orange wind warning"]


@pytest.fixture
def shared(transactional_db, quiet_bell, feed):
    """A feed that other connections can see."""
    return feed


def test_two_workers_at_once_make_one_draft_and_tell_once(shared, riverside):
    """Each believes that it is its turn, as after a clock that jumped."""
    together = connection.vendor == "postgresql"
    ready, problems = threading.Barrier(2), []

    def slow(url, **known):
        if together:
            ready.wait(20)
        return Fetched(alert())

    def work():
        try:
            with scope.clusters(riverside.pk):
                rows = AlertFeed.objects.select_related("cluster", "scenario")
                polling._poll(rows.get(pk=shared.pk), slow)
        except Exception as problem:  # noqa: BLE001 - told below
            problems.append(problem)
        finally:
            if together:
                connections.close_all()

    if together:
        workers = [threading.Thread(target=work) for _each in range(2)]
        for each in workers:
            each.start()
        for each in workers:
            each.join()
    else:
        # SQLite has one writer: one after another.
        work()
        work()
    assert problems == []
    assert len(drafts()) == 1
    assert InboundAlert.objects.count() == 1
    assert staff_told() == ["Alert from Weather Office: Orange wind warning"]
