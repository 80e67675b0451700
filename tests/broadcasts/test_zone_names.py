"""Zones of one name are told apart, wherever somebody reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from notifications.actions import broadcasts
from notifications.alerting import AnswerState
from notifications.audience import zone_names
from notifications.exporting.incident import zones_of
from notifications.models import (
    Dispatch,
)
from tests import flow
from tests.broadcasts.conftest import fan_out
from tests.broadcasts.test_ladder import answer
from tests.broadcasts.test_screens import EMERGENCIES, browser
from tests.delivery.scripted import accepted, answering
from tests.personas import make_person, make_zone

pytestmark = pytest.mark.services

NUMBER = "+447700900998"


class TestFloorsOfTwoBlocksThatHaveOneName:
    @pytest.fixture
    def floors(self, careful, residents):
        swan = make_zone(careful, "Swan block")
        upper, lower = (
            make_zone(careful, "Floor 2", residents),
            make_zone(careful, "Floor 2", swan),
        )
        make_person(careful, "Uma", email="uma@example.org", zone=upper)
        make_person(careful, "Lea", email="lea@example.org", zone=lower)
        return upper, lower

    @pytest.fixture
    def there(self, careful, floors, gas, ada, grace, monkeypatch):
        zones = tuple(each.pk for each in floors)
        draft = replace(gas, criteria=replace(gas.criteria, zones=zones))
        broadcast = broadcasts.create_draft(careful, draft, by=ada)
        broadcasts.submit(broadcast, by=ada)
        yes = {"confirmed_people": 2, "typed_people": 2}
        fan_out(broadcasts.approve(broadcast, by=grace, **yes))
        answering(monkeypatch, accepted)
        flow.deliver()
        return broadcast

    def test_are_called_by_their_block_as_well(self, there, careful):
        assert there.blanks["place"] == "Floor 2 (Heron block), Floor 2 (Swan block)"
        names = zone_names(careful)
        assert sorted(names.values()) == [
            "Floor 2 (Heron block)",
            "Floor 2 (Swan block)",
            "Heron block",
            "Swan block",
        ]

    def test_are_two_rows_and_two_lists_of_doors(self, there, grace):
        answer(there, "Lea", channel="email")
        seen = {
            each.zone: (each.people, each.safe)
            for each in zones_of(there, list(there.dispatches.all()))
        }
        assert seen == {"Floor 2 (Heron block)": (1, 0), "Floor 2 (Swan block)": (1, 1)}
        muster = f"{EMERGENCIES}{there.uid}/muster/?tab=all"
        page = browser(grace).get(muster).content.decode()
        for name in seen:
            assert f"<h2>{name}</h2>" in page

    def test_call_for_help_each_by_itself(self, there):
        answer(there, "Uma", channel="email", state=AnswerState.HELP)
        answer(there, "Lea", channel="email", state=AnswerState.HELP)
        alarms = Dispatch.objects.filter(title__startswith="Somebody needs help")
        titles = set(alarms.values_list("title", flat=True))
        assert {title.partition(": ")[2].partition(" (Gas")[0] for title in titles} == {
            "Floor 2 (Heron block)",
            "Floor 2 (Swan block)",
        }
