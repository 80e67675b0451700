"""What an approver returned is on its author's Home, and the place can be put right."""

from __future__ import annotations

import pytest

from notifications.actions import broadcasts
from notifications.models import Broadcast
from tests.broadcasts.test_screens import EMERGENCIES, browser
from tests.personas import make_person, make_zone

pytestmark = pytest.mark.services

WHY = "It is Kingfisher, not Heron"


@pytest.fixture
def kingfisher(careful):
    zone = make_zone(careful, "Kingfisher")
    make_person(careful, "Kim", email="kim@example.org", zone=zone)
    return zone


@pytest.fixture
def returned(submitted, grace, kingfisher) -> Broadcast:
    broadcasts.return_to_author(submitted, by=grace, reason=WHY)
    submitted.refresh_from_db()
    return submitted


def home(user) -> str:
    return browser(user).get("/c/riverside/admin/").content.decode()


def change(user, broadcast, **given):
    """Press *Change it* with what the page shows, and with this."""
    client = browser(user)
    address = f"{EMERGENCIES}{broadcast.uid}/review/"
    form = client.get(address).context["form"]
    data = {name: form[name].value() for name in form.fields}
    shown = {"do": "save", "version": broadcast.version, "where": "1"}
    answer = client.post(address, data | shown | given, follow=True)
    broadcast.refresh_from_db()
    return answer


def test_who_wrote_it_finds_it_on_home_with_the_reason(returned, ada, grace):
    shown = home(ada)
    assert "“Gas leak in Heron block” was returned" in shown
    assert f": {WHY}" in shown
    assert "was returned" not in home(grace)


def test_a_draft_that_was_begun_is_not_forgotten(drafted, ada, grace):
    assert "Your draft “Gas leak in Heron block”" in home(ada)
    assert "Your draft" not in home(grace)


def test_the_place_is_changed_and_so_are_the_words_and_the_people(
    returned, ada, kingfisher
):
    answer = change(ada, returned, zones=[kingfisher.pk])
    assert "Gas leak in Kingfisher" in answer.content.decode()
    assert returned.audience == {"zones": [kingfisher.pk]}
    assert returned.blanks["place"] == "Kingfisher"
    assert broadcasts.reach_of(returned).people == 1


def test_everywhere_is_a_place_too(returned, ada):
    change(ada, returned, who="everyone")
    assert returned.audience == {"everyone": True}
    assert returned.blanks["place"] == "Riverside Quay"


@pytest.mark.parametrize("where", ["nowhere", "both", "another’s"])
def test_what_is_no_place_is_refused_and_nothing_changes(
    returned, ada, hilltop, kingfisher, where
):
    before = returned.version, returned.audience
    given = {
        "nowhere": {},
        "both": {"who": "everyone", "zones": [kingfisher.pk]},
        "another’s": {"zones": [make_zone(hilltop, "Attic").pk]},
    }
    answer = change(ada, returned, **given[where])
    assert answer.status_code == 409
    assert (returned.version, returned.audience) == before
