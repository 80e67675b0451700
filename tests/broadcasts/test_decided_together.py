"""Submitted by one tap, decided in each cluster, watched on the board above them."""

from __future__ import annotations

import uuid

import pytest

from notifications import scope
from notifications.actions import broadcasts, together
from notifications.audience import Criteria
from notifications.errors import NotAllowed
from notifications.lifecycle import BroadcastStatus
from notifications.models import Dispatch, NotificationLog, Role
from tests import flow
from tests.broadcasts.conftest import fan_out
from tests.broadcasts.several import page_of, pair, raised, submitted_all
from tests.broadcasts.test_screens import EMERGENCIES, browser
from tests.delivery.scripted import accepted, answering
from tests.personas import join, make_cluster, make_user

pytestmark = pytest.mark.services

EVERYONE = Criteria(everyone=True)


def test_each_review_names_the_others_and_where_they_stand(strict, residents, ada):
    raised(ada, residents)
    here, other = pair()
    client = browser(ada)
    shown = client.get(f"{EMERGENCIES}{here.uid}/review/").content.decode()
    assert f"/c/hilltop/admin/emergencies/{other.uid}/" in shown
    assert "Submit all 2" in shown
    assert "Submit for Riverside Quay alone" in shown
    with scope.clusters(strict.pk):
        broadcasts.submit(other, by=ada)
    shown = client.get(f"{EMERGENCIES}{here.uid}/review/").content.decode()
    assert str(BroadcastStatus.SUBMITTED.label) in shown
    assert "Submit all" not in shown
    there_too = client.get(f"/c/hilltop/admin/emergencies/{other.uid}/")
    assert f"/c/riverside/admin/emergencies/{here.uid}/" in there_too.content.decode()


def test_all_are_submitted_by_one_tap_and_each_says_what_became_of_it(
    strict, residents, ada, gail, grace
):
    raised(ada, residents)
    here, other = pair()
    told = submitted_all(ada, (here, 1), (other, 1))
    assert "Riverside Quay: submitted" in told
    assert "Hilltop House: submitted" in told
    here, other = pair()
    assert {here.status, other.status} == {"submitted"}
    assert (here.expected_people, other.expected_people) == (3, 2)
    alarms = Dispatch.objects.filter(event="staff_alarm")
    assert {each.cluster.slug for each in alarms} == {"riverside", "hilltop"}


def test_one_asks_for_a_second_person_and_the_other_goes_at_once(there, residents, ada):
    ada.memberships.filter(cluster=there).update(role=Role.APPROVER)
    raised(ada, residents)
    here, other = pair()
    shown = page_of(ada, here).content.decode()
    assert "It goes to 2 people, even where they opted out." in shown
    assert "Submit all 2, 1 at once" in shown
    yes = {f"{other.uid}-confirmed": "2", f"{other.uid}-typed": "2"}
    told = submitted_all(ada, (here, 1), (other, 1), **yes)
    assert "Riverside Quay: submitted" in told
    assert "Hilltop House: it is live" in told
    here, other = pair()
    assert (here.status, other.status) == ("submitted", "live")
    assert not Dispatch.objects.filter(broadcast=here).exists()
    assert other.dispatches.count() == 1


@pytest.mark.parametrize("yes", [{}, {"confirmed": "2"}, {"confirmed": "x"}])
def test_one_that_refuses_stops_no_other_and_stays_as_it_was(
    there, residents, ada, yes
):
    ada.memberships.filter(cluster=there).update(role=Role.APPROVER)
    raised(ada, residents)
    here, other = pair()
    given = {f"{other.uid}-{name}": value for name, value in yes.items()}
    told = submitted_all(
        ada, (other, 1), (here, 1), where="/c/hilltop/admin/emergencies/", **given
    )
    assert "Hilltop House: nothing was sent." in told
    assert "Riverside Quay: submitted" in told
    here, other = pair()
    assert (here.status, other.status) == ("submitted", "draft")
    assert not Dispatch.objects.filter(broadcast__isnull=False).exists()


def test_what_changed_after_the_page_was_opened_is_not_submitted(
    strict, residents, ada
):
    raised(ada, residents)
    here, other = pair()
    broadcasts.save_draft(other, broadcasts.draft_of(other), by=ada, version=1)
    told = submitted_all(ada, (here, 1), (other, 1))
    assert "Hilltop House: nothing was sent. This changed after you opened it" in told
    here, other = pair()
    assert (here.status, other.status) == ("submitted", "draft")


def test_what_was_not_on_the_page_is_not_submitted_by_it(strict, residents, ada):
    raised(ada, residents)
    here, other = pair()
    submitted_all(ada, (here, 1))
    here, other = pair()
    assert (here.status, other.status) == ("submitted", "draft")


def test_an_auditor_of_the_other_cluster_submits_nothing_there(strict, residents, ada):
    raised(ada, residents)
    here, other = pair()
    ada.memberships.filter(cluster=strict).update(role=Role.AUDITOR)
    told = submitted_all(ada, (here, 1), (other, 1))
    assert "Hilltop House: nothing was sent." in told
    assert "You are Auditor in Hilltop House" in told
    here, other = pair()
    assert (here.status, other.status) == ("submitted", "draft")


def test_a_yes_in_one_cluster_is_none_in_another(strict, residents, ada, grace, gail):
    raised(ada, residents)
    here, other = pair()
    submitted_all(ada, (here, 1), (other, 1))
    here, other = pair()
    with pytest.raises(NotAllowed, match="not a member"):
        broadcasts.approve(other, by=grace, confirmed_people=2, typed_people=2)
    broadcasts.approve(here, by=grace, confirmed_people=3, typed_people=3)
    here, other = pair()
    assert (here.status, other.status) == ("live", "submitted")
    assert not Dispatch.objects.filter(broadcast=other).exists()
    broadcasts.approve(other, by=gail, confirmed_people=2, typed_people=2)


def test_who_raised_them_approves_none_of_them(strict, careful, residents, ada):
    ada.memberships.update(role=Role.MANAGER)
    raised(ada, residents)
    here, other = pair()
    submitted_all(ada, (here, 1), (other, 1))
    for each, people in zip(pair(), (3, 2), strict=True):
        with pytest.raises(NotAllowed, match="somebody else has to approve"):
            broadcasts.approve(
                each, by=ada, confirmed_people=people, typed_people=people
            )
    # Nor does the page that submits all say yes for a second person.
    here, other = pair()
    yes = {f"{each.uid}-confirmed": "3" for each in (here, other)}
    told = submitted_all(ada, (here, here.version), (other, other.version), **yes)
    assert told.count("nothing was sent.") == 2
    assert {each.status for each in pair()} == {"submitted"}


def test_the_board_above_shows_the_clusters_of_its_viewer_and_counts_no_other(
    strict, careful, residents, ada, grace
):
    lakeside = make_cluster("Lakeside Court", "lakeside")
    lena = make_user("lena@example.org", "Lena")
    for cluster in (lakeside, careful, strict):
        join(lena, cluster, Role.AUTHOR)
    where = dict.fromkeys([careful, strict, lakeside], EVERYONE)
    here, *_others = together.raise_in(where, "fire", by=lena, composition=uuid.uuid4())
    mine = page_of(ada, here)
    shown = mine.content.decode()
    assert "Raised in 2 of your clusters" in shown
    assert "Lakeside" not in shown
    assert "Raised in 3 of your clusters" in page_of(lena, here).content.decode()
    # Who is in one of them alone sees the page of that one, and of no other a word.
    alone = page_of(grace, here)
    assert (alone.status_code, alone["Location"]) == (
        302,
        f"{EMERGENCIES}{here.uid}/",
    )
    page = browser(grace).get(f"{EMERGENCIES}{here.uid}/review/").content.decode()
    assert "Hilltop" not in page
    assert "In your other clusters" not in page


def test_a_member_who_left_sees_it_no_more(strict, residents, ada):
    raised(ada, residents)
    here, _other = pair()
    ada.memberships.filter(cluster=strict).update(active=False)
    assert page_of(ada, here).status_code == 302
    assert [each.pk for each in together.joined(here, ada)] == [here.pk]


def test_the_board_above_says_the_numbers_of_each_board(
    strict, residents, ada, grace, gail, monkeypatch
):
    answering(monkeypatch, accepted)
    raised(ada, residents)
    here, other = pair()
    submitted_all(ada, (here, 1), (other, 1))
    here, other = pair()
    fan_out(broadcasts.approve(here, by=grace, confirmed_people=3, typed_people=3))
    flow.deliver()
    entry = NotificationLog.objects.get(
        dispatch__broadcast=here, recipient__name="Ann", channel="sms"
    )
    broadcasts.answer(entry, "help")
    shown = " ".join(page_of(ada, here).content.decode().split())
    assert "3 / 4" in shown
    assert "of 4 have it" in shown
    assert "– / 2" in shown
    assert "needs-help" in shown
    board = browser(ada).get(f"{EMERGENCIES}{here.uid}/").content.decode()
    assert "of 4 have it" in board
    assert "Stop sending" not in shown
    ada.memberships.filter(cluster=here.cluster).update(role=Role.APPROVER)
    steering = page_of(ada, here).content.decode()
    for step in ("stop/", "say/all_clear/", "say/sent_in_error/", "say/update/"):
        assert f"{EMERGENCIES}{here.uid}/{step}" in steering
    assert f"/c/hilltop/admin/emergencies/{other.uid}/stop/" not in steering
    moving = browser(ada).get(f"{EMERGENCIES}{here.uid}/clusters/now/")
    assert "3 / 4" in moving.content.decode()
    assert "data-refresh-done" not in moving.content.decode()


def test_where_one_person_may_in_all_the_button_says_that_it_sends(
    there, residents, ada
):
    ada.memberships.update(role=Role.APPROVER)
    there.memberships.filter(user=ada).update(role=Role.APPROVER)
    type(there).objects.update(requires_approval=False)
    raised(ada, residents)
    here, _other = pair()
    assert "Send all 2 now" in page_of(ada, here).content.decode()
