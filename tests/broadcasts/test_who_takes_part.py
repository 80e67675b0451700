"""A drill reaches only who takes part: its ladder alarms nobody beside them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.actions import broadcasts, personal
from notifications.alerting import Purpose
from notifications.audience import Criteria, people
from notifications.models import NotificationLog, Recipient, Tag
from tests.broadcasts.conftest import PHONE, fan_out
from tests.delivery.scripted import accepted, answering
from tests.flow import deliver
from tests.personas import make_person

pytestmark = pytest.mark.services

TO_CARETAKERS = {"minutes": 5, "channels": ["sms"], "contacts": "caretaker"}


@pytest.fixture
def warden(careful):
    return Tag.objects.create(cluster=careful, name="Warden")


@pytest.fixture
def carla(careful):
    """She lives elsewhere on the estate, and is the caretaker of Ann."""
    return make_person(careful, "Carla", phone=PHONE.format(9))


@pytest.fixture
def raised(careful, gas, ada, grace, monkeypatch):
    """A function: this with such a ladder, raised, and everybody who can has it."""

    def act(ladder, *, drill=True, criteria=gas.criteria):
        words = {"is_drill": drill}
        draft = replace(gas, ladder=ladder, criteria=criteria)
        broadcast = broadcasts.create_draft(careful, draft, by=ada, **words)
        broadcasts.submit(broadcast, by=ada)
        n = broadcast.expected_people
        typed = None if drill else n
        dispatch = broadcasts.approve(
            broadcast, by=grace, confirmed_people=n, typed_people=typed
        )
        fan_out(dispatch)
        answering(monkeypatch, accepted)
        deliver()
        return broadcast

    return act


def climbed(broadcast) -> set[str]:
    """Whom the steps are to, once their time has come."""
    broadcasts.climb(timezone.now() + timedelta(minutes=6))
    steps = broadcast.dispatches.filter(purpose__in=(Purpose.LADDER, Purpose.CONTACT))
    for step in steps:
        fan_out(step)
    rows = NotificationLog.objects.filter(dispatch__in=steps)
    return set(rows.values_list("recipient__name", flat=True))


def test_a_caretaker_who_takes_no_part_hears_nothing_of_a_drill(raised, carla, mona):
    personal.name_contact(
        Recipient.objects.get(name="Ann"), carla, "caretaker", by=mona
    )
    assert climbed(raised((TO_CARETAKERS,))) == set()
    assert climbed(raised((TO_CARETAKERS,), drill=False)) == {"Carla"}


def test_a_caretaker_who_takes_part_is_told(raised, residents, mona):
    cy = Recipient.objects.get(name="Cy")
    personal.name_contact(Recipient.objects.get(name="Ann"), cy, "caretaker", by=mona)
    assert climbed(raised((TO_CARETAKERS,))) == {"Cy"}


def test_a_warden_who_takes_no_part_hears_nothing_of_a_drill(
    raised, residents, carla, warden
):
    """Chosen by a tag of their own, they would be found wherever they live."""
    guests = Tag.objects.create(cluster=carla.cluster, name="Takes part")
    Recipient.objects.get(name="Ann").tags.add(guests)
    for name in ("Carla", "Cy"):
        Recipient.objects.get(name=name).tags.add(warden)
    step = {"minutes": 5, "channels": ["sms"], "tag": warden.pk}
    chosen = Criteria(tags=(guests.pk,))
    assert climbed(raised((step,), criteria=chosen)) == set()
    assert climbed(raised((step,), drill=False, criteria=chosen)) == {"Carla", "Cy"}


def test_the_simulator_counts_only_who_takes_part(careful, gas, carla, ada, mona):
    personal.name_contact(
        Recipient.objects.get(name="Ann"), carla, "caretaker", by=mona
    )
    draft = replace(gas, ladder=(TO_CARETAKERS,))
    drill = broadcasts.create_draft(careful, draft, by=ada, is_drill=True)
    real = broadcasts.create_draft(careful, draft, by=ada)
    assert [rung.people for rung in broadcasts.simulate(drill)] == [0]
    assert [rung.people for rung in broadcasts.simulate(real)] == [1]
    assert "Only who takes part" in broadcasts.simulate(drill)[0].who


def test_the_drill_of_another_cluster_means_nobody_here(
    careful, gas, ada, hilltop, residents
):
    drill = broadcasts.create_draft(careful, gas, by=ada, is_drill=True)
    criteria = Criteria(everyone=True, part_of=drill.pk)
    assert people(careful, criteria).count() == 4
    with pytest.raises(type(drill).DoesNotExist):
        people(hilltop, criteria)
