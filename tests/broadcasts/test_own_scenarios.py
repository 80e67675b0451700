"""A cluster makes a scenario its own, in its words, and can go back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications.actions import broadcasts, scenarios
from notifications.actions.scenarios import prepared_in, scenarios_of
from notifications.alerting import Purpose
from notifications.audience import Criteria
from notifications.composing.emergencies import Words
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.models import Scenario
from tests.broadcasts.guarded import AND, failing_without, held_by
from tests.broadcasts.test_screens import browser

pytestmark = pytest.mark.services

PAGES = "/c/riverside/admin/emergencies/scenarios/"


@pytest.fixture
def fire(riverside):
    return Scenario.objects.get(cluster=None, slug="fire")


@pytest.fixture
def own(riverside, fire, mona):
    return scenarios.make_own(riverside, fire, by=mona)


def saved(own, mona, **changes):
    prepared = replace(prepared_in(own), **changes)
    return scenarios.save(own, prepared, by=mona, version=own.version)


def test_only_managers_make_it_their_own(riverside, fire, world):
    for name in ("otto", "ada", "grace", "mallory", "pia"):
        with pytest.raises(NotAllowed):
            scenarios.make_own(riverside, fire, by=getattr(world, name))
    assert not Scenario.objects.filter(cluster=riverside).exists()


def test_the_copy_is_raised_in_the_place_of_the_systems(riverside, hilltop, own, mona):
    words = {
        **prepared_in(own).words,
        Purpose.ALERT: {
            "en": Words("Fire at {{ place }}", "It burns.", "Go", "Go now")
        },
    }
    saved(own, mona, words=words)
    mine = scenarios_of(riverside).get(slug="fire")
    draft = broadcasts.draft_from_scenario(mine, Criteria(everyone=True))
    raised = broadcasts.create_draft(riverside, draft, by=mona)
    assert raised.title == "Fire at Riverside Quay"
    assert scenarios_of(hilltop).get(slug="fire").cluster is None


def test_asked_twice_there_is_one_copy(riverside, fire, own, mona):
    assert scenarios.make_own(riverside, fire, by=mona) == own


def test_given_up_the_systems_is_back_and_what_was_raised_stays(
    riverside, fire, own, mona
):
    draft = broadcasts.draft_from_scenario(own, Criteria(everyone=True))
    raised = broadcasts.create_draft(riverside, draft, by=mona)
    scenarios.give_up(own, by=mona)
    assert scenarios_of(riverside).get(slug="fire") == fire
    raised.refresh_from_db()
    assert raised.scenario == own
    assert scenarios.make_own(riverside, fire, by=mona) == own


@held_by("scenarios.save: require_role")
def test_only_managers_change_it(own, world):
    for name in ("otto", "ada", "grace", "mallory", "pia"):
        with pytest.raises(NotAllowed):
            saved(own, getattr(world, name), name="Feuer")


@held_by("scenarios.give_up: require_role")
def test_only_managers_give_it_up(own, world):
    for name in ("otto", "ada", "grace", "mallory", "pia"):
        with pytest.raises(NotAllowed):
            scenarios.give_up(own, by=getattr(world, name))


@held_by("scenarios.save: held.version != version")
def test_a_stale_page_overwrites_nothing(own, mona):
    stale = prepared_in(own)
    saved(own, mona, name="Feuer")
    with pytest.raises(MoveRefused, match="Keep your words"):
        scenarios.save(own, stale, by=mona, version=1)
    own.refresh_from_db()
    assert (own.name, own.version) == ("Feuer", 2)
    reasons = own.history.order_by("history_id")
    assert list(reasons.values_list("history_change_reason", flat=True)) == [
        "Copied from the one that comes with Tocsin",
        "Changed",
    ]


#: What is wrong, and how it is said; and the guard that says so.
WRONG = [
    ({"name": " "}, "name", "_check: not prepared.name.strip()"),
    ({"minutes": 1}, "five minutes", "_check: check_draft"),
    ({"channels": ()}, "channel", "_check: check_draft"),
    ({"severity": "Terrible"}, "cannot be chosen", "_check: check_draft"),
    (
        {"ladder": ({"minutes": "x", "channels": ["sms"]},)},
        "ladder",
        "_check: check_draft",
    ),
    (
        {"words": {"alert": {"en": Words("Fire {{ colour }}", "x", "y", "z")}}},
        "colour",
        "_check: (unknown := sorted(asked - known))",
    ),
    (
        {"words": {"alert": {"fr": Words("Incendie", "x", "y", "z"), "en": Words()}}},
        "Write the alert in English",
        "_check: not any((is_near(code, cluster.language) for code in written))",
    ),
    ({"minutes": 2}, "five minutes", "save: _check"),
]


@pytest.mark.parametrize(
    ("changes", "says", "without"),
    [(changes, says, "") for changes, says, _guard in WRONG]
    + [
        failing_without(f"scenarios.{guard}", changes, says)
        for changes, says, guard in WRONG
    ],
    indirect=["without"],
)
def test_what_could_not_be_raised_is_not_saved(own, mona, changes, says):
    with pytest.raises(Refused, match=says):
        saved(own, mona, **changes)


# Without them, it would be asked who may change what is no cluster's: nobody.
@held_by(
    f"scenarios.save: cluster is None{AND}scenarios.save: require_role"
    f"{AND}scenarios.save: _check"
)
def test_the_systems_is_changed_by_nobody(fire, mona):
    with pytest.raises(Refused):
        scenarios.save(fire, prepared_in(fire), by=mona, version=fire.version)


@held_by(
    f"scenarios.give_up: scenario.cluster is None{AND}scenarios.give_up: require_role"
)
def test_the_systems_is_given_up_by_nobody(fire, mona):
    with pytest.raises(Refused):
        scenarios.give_up(fire, by=mona)


def test_on_the_page_it_is_made_ones_own_and_written(riverside, mona, ada):
    client = browser(mona)
    assert "Comes with Tocsin" in client.get(PAGES).content.decode()
    client.post(f"{PAGES}fire/", {"do": "own"})
    page = client.get(f"{PAGES}fire/")
    form = {
        "do": "save",
        "version": "1",
        "name": "Fire at the quay",
        "severity": "Extreme",
        "urgency": "Immediate",
        "certainty": "Observed",
        "minutes": "90",
        "channels": ["sms", "email"],
        "channel_mode": "every",
        "wants_answers": "on",
        "step.0.minutes": "7",
        "step.0.channels": ["sms"],
        "step.1.minutes": "12",
        "step.1.channels": ["sms", "email"],
        "step.1.who": "caretaker",
        "blank.meeting_point.en": "the boat house",
    }
    for section in page.context["sections"]:
        form |= {field.name: field.value for field in section.fields}
    form["alert.de.headline"] = "Feuer: {{ place }}"
    form["alert.de.sms"] = "Feuer! Raus."
    answer = client.post(f"{PAGES}fire/", form)
    assert answer.status_code == 302, answer.content.decode()
    own = Scenario.objects.get(cluster=riverside, slug="fire")
    assert (own.name, own.minutes, own.version) == ("Fire at the quay", 90, 2)
    assert own.words["alert"]["de"]["sms"] == "Feuer! Raus."
    assert own.words["alert"]["fr"]["headline"].startswith("Incendie")
    assert own.ladder == [
        {"minutes": 7, "channels": ["sms"]},
        {"minutes": 12, "channels": ["sms", "email"], "contacts": "caretaker"},
    ]
    again = client.get(f"{PAGES}fire/").content.decode()
    assert '<option value="caretaker" selected>' in again
    refused = client.post(f"{PAGES}fire/", form | {"step.1.who": "1", "version": "2"})
    assert "a tag that is not in this cluster" in refused.content.decode()
    assert 'value="12"' in refused.content.decode()
    assert own.blanks[0]["value"] == {"en": "the boat house"}
    late = client.post(f"{PAGES}fire/", form | {"name": "Too late"})
    assert late.status_code == 409
    assert "Your words are all still here" in late.content.decode()
    assert browser(ada).post(f"{PAGES}fire/", form).status_code == 403


def test_what_stands_for_the_place_is_not_blamed_for_a_long_text(fire, mona):
    page = browser(mona).get(f"{PAGES}fire/")
    assert page.status_code == 200
    assert "more than twice as long" not in page.content.decode()
