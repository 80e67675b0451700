"""The scenarios that come with Tocsin are ready: nothing to type, nothing too long."""

from __future__ import annotations

import pytest

from notifications.actions import broadcasts
from notifications.actions.scenarios import scenarios_of, sync_system_scenarios
from notifications.alerting import Purpose
from notifications.audience import Criteria
from notifications.composing.linting import Weight
from notifications.composing.sms import Alphabet, measure
from notifications.links import answer_url, sign_answer
from notifications.models import Scenario

pytestmark = pytest.mark.services

SLUGS = [
    "fire",
    "gas-leak",
    "flood",
    "water-unsafe",
    "power-out",
    "lift-trapped",
    "security",
    "severe-weather",
    "evacuation",
    "shelter",
    "missing-person",
]


def raised(cluster, slug, zone, by):
    scenario = Scenario.objects.get(cluster=None, slug=slug)
    criteria = Criteria(zones=(zone.pk,))
    draft = broadcasts.draft_from_scenario(scenario, criteria)
    return broadcasts.create_draft(cluster, draft, by=by)


def test_every_one_of_them_is_there_in_both_languages(riverside):
    found = scenarios_of(riverside)
    assert [each.slug for each in found] == SLUGS
    for each in found:
        for purpose in ("alert", "update", "all_clear", "sent_in_error"):
            assert set(each.words[purpose]) == {"en", "fr"}


@pytest.mark.parametrize("slug", SLUGS)
def test_it_can_be_submitted_with_nothing_typed(careful, residents, ada, slug):
    broadcast = raised(careful, slug, residents, ada)
    assert broadcasts.problems(broadcast) == []
    broadcasts.submit(broadcast, by=ada)
    assert broadcast.status == "submitted"
    found = broadcasts.findings(broadcast)
    assert [each for each in found if each.weight is Weight.ERROR] == []
    assert [each for each in found if each.purpose == Purpose.ALERT] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_its_texts_stay_in_the_cheap_alphabet_and_short(careful, residents, ada, slug):
    broadcast = raised(careful, slug, residents, ada)
    link = answer_url(sign_answer(10**7))
    for purpose in ("alert", "update", "all_clear", "sent_in_error"):
        for channel, language, letter in broadcasts.letters_of(broadcast, purpose):
            if channel == "sms":
                text = letter.text.replace("{{ answer_url }}", link)
                size = measure(text)
                assert size.alphabet is Alphabet.GSM, (language, size.costly, text)
                assert size.segments <= 2, (language, text)


def test_syncing_again_changes_nothing_and_keeps_versions(riverside):
    assert sync_system_scenarios() == 0
    fire = Scenario.objects.get(cluster=None, slug="fire")
    Scenario.objects.filter(pk=fire.pk).update(name="Feu")
    assert sync_system_scenarios() == 1
    fire.refresh_from_db()
    assert (fire.name, fire.version) == ("Fire", 2)


def test_what_the_file_no_longer_has_is_put_away(riverside):
    Scenario.objects.create(cluster=None, slug="dragon", name="Dragon")
    assert sync_system_scenarios() == 1
    assert "dragon" not in [each.slug for each in scenarios_of(riverside)]


def test_a_clusters_own_takes_the_place_of_the_systems(riverside, hilltop):
    own = Scenario.objects.create(cluster=riverside, slug="fire", name="Fire here")
    assert own in scenarios_of(riverside)
    assert [each.slug for each in scenarios_of(riverside)].count("fire") == 1
    assert own not in scenarios_of(hilltop)
