"""Managers say which feeds are asked; the page says how each is and what came."""

from __future__ import annotations

import pytest
from django.test import Client

from notifications.models import AlertFeed

from .cap import alert, info
from .conftest import ask

pytestmark = pytest.mark.django_db

HERE = "/c/riverside/admin/emergencies/feeds/"


@pytest.fixture
def manager(mona) -> Client:
    client = Client()
    client.force_login(mona)
    return client


def typed(heron, **changes):
    return {
        "name": "Weather Office",
        "url": "https://weather.example/alerts",
        "scenario": "severe-weather",
        "severity_from": "Moderate",
        "areas": "GB013\n\n North shore ",
        "zones": [heron.pk],
    } | changes


def test_where_there_is_none_it_says_what_they_are_for(manager, riverside):
    page = manager.get(HERE).content.decode()
    assert "No alert feeds yet" in page
    assert "Nothing of it is ever sent by itself" in page


def test_a_manager_adds_one_changes_it_and_switches_it_off(manager, heron, mona):
    assert manager.post(f"{HERE}add/", typed(heron))["Location"] == HERE
    feed = AlertFeed.objects.get()
    assert feed.areas == ["GB013", "North shore"]
    assert feed.audience == {"zones": [heron.pk]}
    assert (feed.saved_by, feed.active, feed.problem) == (mona, True, "")
    address = f"{HERE}{feed.uid}/"
    form = manager.get(address).content.decode()
    assert "GB013\nNorth shore" in form
    everywhere = typed(heron, zones=[], who="everyone", version="1", areas="")
    assert manager.post(address, everywhere).status_code == 302
    feed.refresh_from_db()
    assert (feed.audience, feed.areas) == ({"everyone": True}, [])
    stale = manager.post(address, everywhere)
    assert stale.status_code == 409
    assert "changed this feed after you opened it" in stale.content.decode()
    for active in (False, True):
        feed.refresh_from_db()
        manager.post(f"{address}switch/", {"version": feed.version})
        feed.refresh_from_db()
        assert feed.active is active


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"url": "http://weather.example/"}, "begins with https://"),
        ({"url": "nonsense"}, "begins with https://"),
        ({"zones": []}, "Choose where its alerts matter"),
        ({"name": ""}, "put right what is marked"),
        ({"scenario": "nonsense"}, "put right what is marked"),
        ({"severity_from": "Unknown"}, "put right what is marked"),
        ({"zones": ["999999"]}, "not in this cluster"),
        ({"areas": "x" * 200}, "at most 120 signs"),
        ({"version": "9" * 30}, "Weather Office"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    manager, heron, changes, sentence
):
    answer = manager.post(f"{HERE}add/", typed(heron, **changes), follow=True)
    page = answer.content.decode()
    assert sentence in page
    if answer.status_code == 409:
        assert str(changes.get("areas", "GB013")) in page
        assert not AlertFeed.objects.exists()


def test_the_page_says_how_a_feed_is_and_what_became_of_each_alert(manager, feed):
    ask(feed, b"nonsense")
    assert "It is no plain XML" in manager.get(HERE).content.decode()
    ask(feed, alert("a"), alert("b", info("en", "A test"), status="Test"))
    page = manager.get(HERE).content.decode()
    assert "It answers" in page
    assert "Orange wind warning" in page
    assert "It is a test or an exercise of its sender." in page
    draft = feed.alerts.get(became="draft").broadcast
    assert f"/emergencies/{draft.uid}/" in page


def test_only_managers_open_it(feed, ada, grace, otto):
    for somebody in (ada, grace, otto):
        client = Client()
        client.force_login(somebody)
        assert client.get(HERE).status_code == 403
        assert client.post(f"{HERE}add/", {}).status_code == 403
