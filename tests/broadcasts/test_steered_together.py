"""One step in all clusters: each by its own action, and what refuses stops no other."""

from __future__ import annotations

import pytest

from notifications import scope
from notifications.actions import broadcasts, together
from notifications.models import Broadcast, Dispatch, Role
from tests import flow
from tests.broadcasts.conftest import fan_out
from tests.broadcasts.several import page_of, pair, raised
from tests.broadcasts.test_screens import EMERGENCIES, browser
from tests.delivery.scripted import accepted, answering
from tests.personas import join, make_cluster, make_user

pytestmark = pytest.mark.services


@pytest.fixture
def erin(strict, careful):
    """She approves at Riverside and at Hilltop, and raised nothing."""
    user = make_user("erin@example.org", "Erin")
    for cluster in (careful, strict):
        join(user, cluster, Role.APPROVER)
    return user


@pytest.fixture
def both(strict, residents, ada, erin, monkeypatch):
    """Live in both clusters, and received."""
    raised(ada, residents)
    answering(monkeypatch, accepted)
    for each in pair():
        with scope.clusters(each.cluster_id):
            broadcasts.submit(each, by=ada)
            people = each.expected_people
            yes = {"confirmed_people": people, "typed_people": people}
            fan_out(broadcasts.approve(each, by=erin, **yes))
    flow.deliver()
    return pair()


def address(broadcast, step) -> str:
    return f"{EMERGENCIES}{broadcast.uid}/clusters/{step}/"


def seen(*found) -> dict[str, int]:
    return {f"{each.uid}-version": each.version for each in found}


def stepped(user, broadcast, step, data) -> str:
    answer = browser(user).post(address(broadcast, step), data, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def said(purpose) -> set[str]:
    found = Dispatch.objects.filter(purpose=purpose)
    return set(found.values_list("cluster__slug", flat=True))


def test_the_board_above_offers_what_may_be_done_in_all(both, erin, ada):
    here, _other = both
    shown = page_of(erin, here).content.decode()
    for step in ("stop", "update", "all_clear", "sent_in_error"):
        assert address(here, step) in shown
    assert address(here, "stop") not in page_of(ada, here).content.decode()


def test_it_shows_the_words_of_each_and_sends_nothing_until_pressed(both, erin):
    here, _other = both
    page = browser(erin).get(address(here, "sent_in_error")).content.decode()
    assert "Send “Sent in error” in 2 clusters" in page
    assert "Riverside Quay" in page
    assert "Hilltop House" in page
    assert "3 people have it, or may" in page
    assert "2 people have it, or may" in page
    assert said("sent_in_error") == set()


def test_one_press_takes_a_false_alert_back_everywhere(both, erin):
    told = stepped(erin, both[0], "sent_in_error", seen(*both))
    assert "Riverside Quay: “Sent in error” is on its way." in told
    assert "Hilltop House: “Sent in error” is on its way." in told
    assert {each.ended_with for each in pair()} == {"sent_in_error"}
    assert said("sent_in_error") == {"riverside", "hilltop"}
    again = browser(erin).post(address(both[0], "sent_in_error"), seen(*both))
    assert again.status_code == 302
    assert Dispatch.objects.filter(purpose="sent_in_error").count() == 2


def test_one_that_changed_meanwhile_is_not_spoken_for(both, erin):
    here, other = both
    old = seen(here, other)
    with scope.clusters(other.cluster_id):
        broadcasts.follow_up(other, "update", by=erin)
    told = stepped(erin, here, "all_clear", old)
    assert "Riverside Quay: “All clear” is on its way." in told
    assert "Hilltop House: This changed after you opened it" in told
    here, other = pair()
    assert (here.status, other.status) == ("ended", "live")


def test_of_one_that_was_not_on_the_page_nothing_is_said(both, erin):
    here, _other = both
    stepped(erin, here, "update", seen(here))
    assert said("update") == {"riverside"}


def test_stop_needs_no_fresh_page_and_stops_all(both, erin):
    stepped(erin, both[0], "stop", {"reason": "Wrong estate"})
    assert {each.status for each in pair()} == {"stopped"}


def test_where_one_may_not_steer_nothing_happens(both, grace, erin):
    """Grace approves at Riverside, and reads at Hilltop."""
    here, other = both
    join(grace, other.cluster, Role.AUDITOR)
    page = browser(grace).get(address(here, "stop")).content.decode()
    assert "Gas leak in Heron block" in page
    assert "Gas leak in Hilltop House" not in page
    stepped(grace, here, "all_clear", seen(here, other))
    assert said("all_clear") == {"riverside"}
    told = together.follow_up_all(
        [other], "all_clear", by=grace, versions={other.uid: other.version}
    )
    assert "You are Auditor in Hilltop House" in told[0].refused
    assert said("all_clear") == {"riverside"}


def test_an_author_has_nothing_to_press_and_is_told_so(both, ada):
    told = stepped(ada, both[0], "sent_in_error", seen(*both))
    assert "There is nothing left of this to do for you." in told
    assert said("sent_in_error") == set()


@pytest.mark.parametrize("step", ["no-such", "ladder", "alert"])
def test_what_is_no_step_is_not_found(both, erin, step):
    assert browser(erin).get(address(both[0], step)).status_code == 404


def test_a_drill_and_an_emergency_are_not_steered_from_one_page(both, erin):
    drills = f"/c/riverside/admin/drills/{both[0].uid}/clusters/stop/"
    assert browser(erin).post(drills, {"reason": "x"}).status_code == 404
    assert {each.status for each in pair()} == {"live"}


def test_another_cluster_of_strangers_is_neither_shown_nor_touched(both, ada, erin):
    """Lakeside raised it too, and Erin has no part in it."""
    here, _other = both
    lakeside = make_cluster("Lakeside Court", "lakeside")
    join(ada, lakeside, Role.AUTHOR)
    third = Broadcast.objects.get(pk=here.pk)
    third.pk, third.cluster = None, lakeside
    third.uid = "7c0c8a52-7a39-4c1d-8e36-3a2d6b1f9c10"
    third.save(force_insert=True)
    page = browser(erin).get(address(here, "stop")).content.decode()
    assert "Lakeside" not in page
    stepped(erin, here, "stop", {"reason": "x"} | seen(third))
    assert Broadcast.objects.get(uid=third.uid).status == "live"
