"""Trouble that staff were told of is on the home page and on the message's own."""

from __future__ import annotations

import pytest
from django.utils import timezone

from notifications.models import Incident
from tests.sent import make_dispatch

HOME = "/c/riverside/admin/"


@pytest.fixture
def failing(riverside):
    return make_dispatch(riverside)


def incident(dispatch=None, **fields) -> Incident:
    given = {"kind": "failures", "settled": 120, "bad": 40, "told": 2} | fields
    if dispatch is not None:
        given |= {"dispatch": dispatch, "cluster": dispatch.cluster}
    return Incident._base_manager.create(**given)


def live(dispatch) -> str:
    return f"{HOME}announcements/live/{dispatch.uid}/"


def test_home_says_what_fails_and_leads_there(sign_in, otto, failing):
    incident(failing)
    page = sign_in(otto).get(HOME).text
    assert "40 of the last 120 failed or are unknown" in page
    assert "2 approvers and managers were told." in page
    assert f'href="{live(failing)}">Look at it' in page


def test_home_hears_of_it_without_being_loaded_anew(sign_in, otto, failing):
    page = sign_in(otto).get(HOME).text
    assert f'data-refresh-url="{HOME}home/troubles/"' in page
    incident(failing)
    assert "40 of the last 120" in sign_in(otto).get(f"{HOME}home/troubles/").text


def test_the_page_of_the_message_says_so_too_and_goes_on_saying_it(
    sign_in, otto, failing
):
    incident(failing, closed_at=timezone.now())
    assert "failed or are unknown" in sign_in(otto).get(live(failing)).text
    assert "failed or are unknown" not in sign_in(otto).get(HOME).text


def test_a_cluster_hears_of_its_own_trouble_only(sign_in, otto, hilltop, failing):
    incident(make_dispatch(hilltop, "Lift out of order"))
    incident(cluster=hilltop)
    page = sign_in(otto).get(HOME).text
    assert "Lift out of order" not in page
    assert "Many messages fail" not in page


def test_trouble_of_the_whole_cluster_leads_to_what_is_going_out(
    sign_in, otto, riverside
):
    incident(cluster=riverside)
    page = sign_in(otto).get(HOME).text
    assert "Many messages fail: 40 of the last 120." in page


@pytest.mark.parametrize(("name", "leads"), [("mona", True), ("otto", False)])
def test_an_engine_that_stands_is_on_every_home_page(sign_in, world, name, leads):
    incident(kind="standstill")
    page = sign_in(getattr(world, name)).get(HOME).text
    assert "Nothing is being sent: work is due and nobody does it." in page
    assert ('href="/c/riverside/admin/delivery/engine/">To the engine' in page) is leads
