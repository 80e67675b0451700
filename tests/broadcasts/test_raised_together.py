"""Raised on one page in several clusters: a draft in each, as each prepared it."""

from __future__ import annotations

import uuid

import pytest

from notifications import scope
from notifications.actions import broadcasts, scenarios, together
from notifications.actions.scenarios import prepared_in
from notifications.audience import Criteria
from notifications.errors import NotAllowed, Refused
from notifications.models import Broadcast, Dispatch, Role, Scenario
from tests.broadcasts.several import PAGE_UID, page_of, pair, raised
from tests.broadcasts.test_screens import DRILLS, EMERGENCIES, browser
from tests.personas import join, make_cluster, make_zone

pytestmark = pytest.mark.services

EVERYONE = Criteria(everyone=True)


def test_one_page_makes_a_draft_in_each_cluster_under_its_own_name(
    there, residents, ada
):
    answer = raised(ada, residents)
    here, other = pair()
    assert answer["Location"] == f"{EMERGENCIES}{here.uid}/review/"
    assert here.composition == other.composition == uuid.UUID(PAGE_UID)
    assert here.audience == {"zones": [residents.pk]}
    assert other.audience == {"everyone": True}
    assert here.blanks["place"] == "Heron block"
    assert other.blanks["place"] == other.blanks["cluster"] == "Hilltop House"
    assert {here.status, other.status} == {"draft"}
    assert not Dispatch.objects.exists()


def test_the_page_offers_only_clusters_in_which_one_may_raise(
    there, residents, ada, grace, mallory
):
    lakeside = make_cluster("Lakeside", "lakeside")
    join(ada, lakeside, Role.AUDITOR)
    shown = browser(ada).get(f"{EMERGENCIES}raise/").content.decode()
    assert "Also in other clusters" in shown
    assert 'name="also" value="hilltop"' in shown
    assert 'value="lakeside"' not in shown
    alone = browser(grace).get(f"{EMERGENCIES}raise/").content.decode()
    assert "Also in other clusters" not in alone
    assert "Hilltop" not in alone


def test_a_double_tap_makes_one_set(there, residents, ada):
    for _tap in range(2):
        assert raised(ada, residents).status_code == 302
    pair()


def test_another_cluster_that_is_ticked_on_the_way_back_joins_the_first(
    there, residents, ada
):
    raised(ada, residents, also=[])
    raised(ada, residents)
    here, other = pair()
    assert [each.pk for each in together.joined(here, ada)] == [other.pk, here.pk]


@pytest.mark.parametrize("role", [None, Role.AUDITOR])
@pytest.mark.parametrize("forged", ["lakeside", "riverside", "no-such", "1"])
def test_a_cluster_that_is_not_ones_own_is_refused_and_nothing_is_made(
    there, residents, ada, forged, role
):
    lakeside = make_cluster("Lakeside Court", "lakeside")
    if role:
        join(ada, lakeside, role)
    answer = raised(ada, residents, also=["hilltop", forged])
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "You may not raise it in one of these clusters" in shown
    assert not Broadcast.objects.exists()
    if not role:
        assert "Lakeside Court" not in shown


def test_no_program_gets_past_the_roles_either(there, careful, ada):
    lakeside = make_cluster("Lakeside", "lakeside")
    for role in (None, Role.AUDITOR):
        if role:
            join(ada, lakeside, role)
        where = dict.fromkeys([careful, there, lakeside], EVERYONE)
        with pytest.raises(NotAllowed):
            together.raise_in(where, "fire", by=ada)
    assert not Broadcast.objects.exists()


def test_each_cluster_takes_its_own_words_and_ways(there, residents, ada, mallory):
    system = Scenario.objects.get(cluster=None, slug="gas-leak")
    own = scenarios.make_own(there, system, by=mallory)
    words = prepared_in(own)
    changed = {name: getattr(words, name) for name in words.__slots__}
    changed |= {"channels": ("email",), "minutes": 30, "ladder": ()}
    scenarios.save(own, scenarios.Prepared(**changed), by=mallory, version=own.version)
    raised(ada, residents)
    here, other = pair()
    assert (here.scenario, other.scenario) == (system, own)
    assert (here.channels, other.channels) == (["sms", "email"], ["email"])
    assert (here.minutes, other.minutes) == (system.minutes, 30)
    assert len(here.ladder) == 2
    assert other.ladder == []


def test_what_no_provider_serves_is_promised_nowhere(there, residents, ada, settings):
    settings.TOCSIN_CHANNELS = {"email": settings.TOCSIN_CHANNELS["email"]}
    raised(ada, residents)
    for each in pair():
        assert each.channels == ["email"]
        assert {way for step in each.ladder for way in step["channels"]} == {"email"}


def test_where_a_cluster_has_no_copy_the_systems_takes_its_place(
    there, careful, residents, ada, mona
):
    system = Scenario.objects.get(cluster=None, slug="gas-leak")
    own = scenarios.make_own(careful, system, by=mona)
    raised(ada, residents)
    here, other = pair()
    assert (here.scenario, other.scenario) == (own, system)


def test_what_a_cluster_has_not_prepared_is_raised_nowhere(
    there, careful, residents, ada
):
    system = Scenario.objects.get(cluster=None, slug="fire")
    fields = {name: getattr(system, name) for name in scenarios.COPIED}
    Scenario.objects.create(cluster=careful, **fields | {"slug": "chemicals"})
    answer = raised(ada, residents, scenario="chemicals")
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Hilltop House has not prepared this" in shown
    # What was chosen is kept, and stands open.
    assert 'value="hilltop" checked' in shown
    assert '<details class="also" open>' in shown
    assert not Broadcast.objects.exists()


def test_drills_are_together_in_their_own_world(there, residents, ada):
    answer = raised(ada, residents, where=DRILLS)
    here, other = pair()
    assert (here.is_drill, other.is_drill) == (True, True)
    assert answer["Location"] == f"{DRILLS}{here.uid}/review/"
    shown = page_of(ada, here, where=DRILLS).content.decode()
    assert f"/c/hilltop/admin/drills/{other.uid}/" in shown
    assert page_of(ada, here).status_code == 404


def test_a_page_of_drills_makes_no_emergency_afterwards(there, residents, ada):
    raised(ada, residents, where=DRILLS)
    answer = raised(ada, residents)
    assert answer.status_code == 409
    assert "This page was used before" in answer.content.decode()
    assert all(each.is_drill for each in pair())


def test_what_says_more_refers_in_each_cluster_to_what_was_raised_there(
    there, careful, residents, ada
):
    where = dict.fromkeys([careful, there], EVERYONE)
    first, second = together.raise_in(where, "fire", by=ada, composition=uuid.uuid4())
    more, too = together.raise_in(
        where, "gas-leak", by=ada, composition=uuid.uuid4(), parent=first
    )
    assert (more.parent, too.parent) == (first, second)
    alone = together.raise_in({careful: EVERYONE}, "fire", by=ada)
    more, too = together.raise_in(where, "fire", by=ada, parent=alone[0])
    assert (more.parent, too.parent) == (alone[0], None)


def test_what_was_raised_alone_is_joined_to_nothing(careful, gas, ada):
    one, _other = (broadcasts.create_draft(careful, gas, by=ada) for _n in range(2))
    assert together.joined(one, ada) == [one]
    assert page_of(ada, one)["Location"] == f"{EMERGENCIES}{one.uid}/"


def test_the_scope_of_the_page_is_what_it_was(there, careful, ada):
    """Raising elsewhere leaves nothing of that cluster in sight."""
    with scope.clusters(careful.pk):
        together.raise_in(dict.fromkeys([careful, there], EVERYONE), "fire", by=ada)
        with pytest.raises(Refused):
            together.raise_in({careful: EVERYONE}, "no-such", by=ada)
        assert {each.cluster_id for each in Broadcast.objects.all()} == {careful.pk}


def test_zones_of_another_cluster_are_chosen_there_and_tick_it(there, residents, ada):
    east = make_zone(there, "East wing")
    shown = browser(ada).get(f"{EMERGENCIES}raise/").content.decode()
    assert f'name="zones-hilltop" value="{east.pk}"' in shown
    raised(ada, residents, **{"also": [], "zones-hilltop": [east.pk]})
    here, other = pair()
    assert here.audience == {"zones": [residents.pk]}
    assert other.audience == {"zones": [east.pk]}
    assert other.blanks["place"] == "East wing"


def test_a_zone_of_a_third_cluster_is_refused_and_nothing_is_made(
    there, residents, ada
):
    roof = make_zone(make_cluster("Lakeside", "lakeside"), "Roof")
    for forged in (roof, residents):
        answer = raised(ada, residents, **{"zones-hilltop": [forged.pk]})
        assert answer.status_code == 409
        assert "not in this cluster" in answer.content.decode()
    raised(ada, residents, **{"also": [], "zones-lakeside": [roof.pk]})
    assert [each.cluster.slug for each in Broadcast.objects.all()] == ["riverside"]


def test_what_was_ticked_stands_on_the_page_that_says_what_is_wrong(
    there, residents, ada
):
    east = make_zone(there, "East wing")
    answer = raised(ada, residents, **{"scenario": "", "zones-hilltop": [east.pk]})
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert f'name="zones-hilltop" value="{east.pk}" checked' in shown
    assert 'name="also" value="hilltop" checked' in shown
