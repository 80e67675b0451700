"""What everybody may read: CAP that validates, feeds that parse, and a plain page."""

from __future__ import annotations

from pathlib import Path

import feedparser
import pytest
import xmlschema
from defusedxml import ElementTree
from django.utils.translation import gettext, override

from notifications.actions import broadcasts
from notifications.actions.broadcasts.publishing import publish
from notifications.alerting import Purpose
from notifications.audience import Criteria
from notifications.composing.cap import NAMESPACE
from notifications.models import PublishedAlert, Scenario
from tests.broadcasts.conftest import WORDS, fan_out

pytestmark = pytest.mark.services

SCHEMA = xmlschema.XMLSchema(
    str(Path(__file__).parents[1] / "data" / "CAP-v1.2.xsd"), allow="local"
)
PAGE = "/n/riverside/"


def read(alert: PublishedAlert) -> dict[str, list[str]]:
    """Every element of a message that is valid, by name."""
    SCHEMA.validate(alert.xml)
    found: dict[str, list[str]] = {}
    for each in ElementTree.fromstring(alert.xml).iter():
        name = each.tag.removeprefix(f"{{{NAMESPACE}}}")
        found.setdefault(name, []).append((each.text or "").strip())
    return found


def published(broadcast) -> list[PublishedAlert]:
    return list(PublishedAlert.objects.filter(broadcast=broadcast).order_by("pk"))


def test_a_live_broadcast_is_published_as_valid_cap_in_each_language(live):
    (alert,) = published(live)
    said = read(alert)
    assert said["status"] == ["Actual"]
    assert said["msgType"] == ["Alert"]
    assert said["severity"] == ["Extreme", "Extreme"]
    assert said["language"] == ["en", "fr"]
    assert said["headline"][0] == "Gas leak in Heron block"
    assert said["areaDesc"] == ["Heron block", "Heron block"]
    assert said["sent"][0].endswith("-00:00")
    assert "references" not in said


def test_nothing_is_public_before_it_is_live(submitted, client):
    assert published(submitted) == []
    assert "There is no emergency" in client.get(PAGE).content.decode()


def test_an_update_refers_to_the_alert_and_the_end_to_both(arrived, grace):
    broadcasts.follow_up(arrived, Purpose.UPDATE, by=grace)
    broadcasts.follow_up(arrived, Purpose.ALL_CLEAR, by=grace)
    alert, update, end = map(read, published(arrived))
    first = f"riverside@example.org,{arrived.uid}-1,{alert['sent'][0]}"
    second = f"riverside@example.org,{arrived.uid}-2,{update['sent'][0]}"
    assert update["msgType"] == ["Update"]
    assert update["references"] == [first]
    assert end["references"] == [f"{first} {second}"]
    assert set(end["responseType"]) == {"AllClear"}
    assert set(end["urgency"]) == {"Past"}


def test_sent_in_error_cancels_what_was_published(arrived, grace):
    broadcasts.follow_up(arrived, Purpose.SENT_IN_ERROR, by=grace)
    said = read(published(arrived)[-1])
    assert said["msgType"] == ["Cancel"]
    assert said["note"] == ["Sent in error."]
    assert said["references"]


def test_one_that_says_more_about_another_updates_it(careful, gas, ada, grace, live):
    more = broadcasts.create_draft(careful, gas, by=ada, parent=live)
    broadcasts.submit(more, by=ada)
    broadcasts.approve(more, by=grace, confirmed_people=3, typed_people=3)
    said = read(published(more)[0])
    assert said["msgType"] == ["Update"]
    assert str(live.uid) in said["references"][0]


def test_a_drill_is_an_exercise_and_apart(careful, gas, ada, grace, client):
    drill = broadcasts.create_draft(careful, gas, by=ada, is_drill=True)
    broadcasts.submit(drill, by=ada)
    fan_out(broadcasts.approve(drill, by=grace, confirmed_people=3))
    assert read(published(drill)[0])["status"] == ["Exercise"]
    assert "Gas leak" not in client.get(PAGE).content.decode()
    assert not feedparser.parse(client.get(f"{PAGE}alerts.atom").content).entries
    (entry,) = feedparser.parse(client.get(f"{PAGE}drills.atom").content).entries
    assert entry.title.startswith("EXERCISE")


def test_the_feed_parses_and_leads_to_the_very_xml(live, client):
    answer = client.get(f"{PAGE}alerts.atom")
    feed = feedparser.parse(answer.content)
    assert not feed.bozo
    assert feed.feed.title == "Riverside Quay"
    (entry,) = feed.entries
    assert entry.title == "Gas leak in Heron block"
    (enclosure,) = entry.enclosures
    assert enclosure.type == "application/cap+xml"
    (alert,) = published(live)
    got = client.get(f"{PAGE}alerts/{alert.identifier}.xml")
    assert got.content.decode() == alert.xml
    assert got["Content-Type"] == "application/cap+xml"


def test_the_page_is_for_everybody_and_for_caches(live, client):
    page = client.get(PAGE)
    shown = page.content.decode()
    assert "Gas leak in Heron block" in shown
    assert "Meet at the north gate" in shown
    assert "<script" not in shown
    assert not page.cookies
    assert page["Cache-Control"] == "public, max-age=10"
    french = client.get(PAGE, headers={"accept-language": "fr-FR,fr"})
    assert "Fuite de gaz : Heron block" in french.content.decode()


def test_the_end_stays_on_the_page_for_a_while(arrived, grace, client):
    broadcasts.follow_up(arrived, Purpose.ALL_CLEAR, by=grace)
    shown = client.get(PAGE).content.decode()
    assert "It is over" in shown
    assert "Leave the building now" not in shown


def test_what_is_anothers_is_not_here(live, hilltop, client):
    (alert,) = published(live)
    assert client.get(f"/n/hilltop/alerts/{alert.identifier}.xml").status_code == 404
    assert "Gas leak" not in client.get("/n/hilltop/").content.decode()
    assert client.get("/n/nowhere/").status_code == 404


def test_what_is_published_is_never_changed(live):
    (alert,) = published(live)
    with pytest.raises(Exception, match="append-only"):
        PublishedAlert.objects.filter(pk=alert.pk).update(xml="")


def test_words_that_xml_cannot_hold_are_left_out(careful, gas, ada, grace):
    alert = WORDS[Purpose.ALERT]["en"]
    odd = type(alert)(alert.headline, "Leak <b>&\x0b here", "Go", "Go now")
    words = {**WORDS, Purpose.ALERT: {"en": odd}}
    fields = {name: getattr(gas, name) for name in gas.__slots__} | {"words": words}
    broadcast = broadcasts.create_draft(careful, broadcasts.Draft(**fields), by=ada)
    broadcast.expires_at = broadcast.created_at
    said = read(publish(broadcast, Purpose.ALERT))
    assert said["description"] == ["Leak <b>&  here"]


def test_each_language_names_the_event_in_its_own_words(careful, residents, ada, grace):
    scenario = Scenario.objects.get(cluster=None, slug="gas-leak")
    where = Criteria(zones=(residents.pk,))
    draft = broadcasts.draft_from_scenario(scenario, where)
    broadcast = broadcasts.create_draft(careful, draft, by=ada)
    broadcasts.submit(broadcast, by=ada)
    broadcasts.approve(broadcast, by=grace, confirmed_people=3, typed_people=3)
    said = read(published(broadcast)[0])
    assert dict(zip(said["language"], said["event"], strict=True)) == {
        "en": "Gas leak",
        "fr": "Fuite de gaz",
    }


def test_every_scenario_of_ours_has_a_name_in_french(riverside):
    names = [each.name for each in Scenario.objects.filter(cluster=None)]
    with override("fr"):
        told = {name: gettext(name) for name in names}
    assert len(told) == 11
    assert [name for name, french in told.items() if name == french] == []
