"""A fire panel raises an emergency, and a person says whether it goes out."""

from __future__ import annotations

import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from django.utils import timezone

from notifications import dispatching, events, invariants, scope
from notifications.actions import broadcasts, scenarios
from notifications.actions.notifying import notify
from notifications.audience import Criteria
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.events import EMERGENCY, EMERGENCY_DRILL, STAFF_ALARM
from notifications.models import Broadcast, Dispatch, Scenario
from tests import flow
from tests.broadcasts.guarded import held_by
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.personas import PASSWORD, make_zone

pytestmark = pytest.mark.services

PANEL = "Fire panel 3"
YES = {"confirmed_people": 3, "typed_people": 3}


def told(cluster, zone, event=EMERGENCY, **given) -> Broadcast:
    usual = {"scenario": "fire", "zones": [zone.pk], "by": PANEL, "key": "alarm-1"}
    return notify(event, cluster=cluster, **usual | given)


@pytest.fixture
def raised(careful, residents) -> Broadcast:
    return told(careful, residents)


def sent_to_residents() -> bool:
    return Dispatch.objects.filter(event=EMERGENCY.name).exists()


def test_it_waits_for_approval_and_nobody_has_anything(raised, ada, grace, mona):
    assert raised.status == "submitted"
    assert raised.title == "Fire in Heron block"
    assert (raised.created_by, raised.last_edited_by, raised.submitted_by) == (
        None,
        None,
        None,
    )
    assert not sent_to_residents()
    row = raised.history.latest("history_id")
    assert (row.actor_kind, row.actor_label) == ("program", PANEL)


def test_approvers_are_told_at_once_and_by_whom(raised, grace, mona):
    alarm = Dispatch.objects.get(event=STAFF_ALARM.name)
    dispatching.fan_out(alarm.pk)
    people = flow.entries(alarm).values_list("recipient__user", flat=True)
    assert set(people) == {grace.pk, mona.pk}
    texts = alarm.contents.values_list("content__text", flat=True)
    assert all(f"{PANEL} wants to send it to 3 people" in each for each in texts)


@pytest.mark.parametrize("who", ["grace", "mona"])
def test_any_approver_may_say_yes(raised, world, who):
    yes = getattr(world, who)
    broadcasts.approve(raised, by=yes, **YES)
    raised.refresh_from_db()
    assert (raised.status, raised.approved_by) == ("live", yes)
    assert sent_to_residents()
    assert invariants.check() == []


def test_where_no_second_person_is_asked_for_it_waits_for_one_all_the_same(
    riverside, residents, ada, grace
):
    assert not riverside.requires_approval
    raised = told(riverside, residents)
    assert raised.status == "submitted"
    assert not sent_to_residents()
    with pytest.raises(NotAllowed):
        broadcasts.approve(raised, by=ada, **YES)
    broadcasts.approve(raised, by=grace, **YES)
    assert sent_to_residents()


def test_nobody_breaks_its_glass(raised, world):
    later = timezone.now() + timedelta(days=1)
    assert broadcasts.glass_from(raised) is None
    for name in ("ada", "grace", "mona"):
        with pytest.raises(NotAllowed):
            broadcasts.break_glass(
                raised,
                by=getattr(world, name),
                reason="Nobody answers the phone",
                now=later,
                **YES,
            )
    assert not sent_to_residents()


def test_who_changes_it_has_a_hand_in_it_from_then_on(raised, grace, mona):
    broadcasts.return_to_author(raised, by=grace, reason="The other block")
    draft = broadcasts.draft_of(raised)
    broadcasts.save_draft(raised, draft, by=grace, version=raised.version)
    broadcasts.submit(raised, by=mona)
    for hand in (grace, mona):
        with pytest.raises(NotAllowed, match="somebody else"):
            broadcasts.approve(raised, by=hand, **YES)


@held_by("deciding.cancel: waits and broadcast.submitted_by_id is None")
def test_an_approver_rejects_it_and_nobody_else_puts_it_away(raised, ada, grace):
    with pytest.raises(NotAllowed, match="Only an approver"):
        broadcasts.cancel(raised, by=ada)
    broadcasts.reject(raised, by=grace, reason="Burnt toast")
    assert raised.status == "rejected"


def test_told_twice_it_is_one(raised, careful, residents):
    again = told(careful, residents, scenario="flood")
    assert again == raised
    assert Broadcast.objects.count() == 1
    assert Dispatch.objects.filter(event=STAFF_ALARM.name).count() == 1
    assert told(careful, residents, key="alarm-2") != raised


def test_the_key_of_a_drill_does_not_swallow_an_emergency(careful, residents):
    drill = told(careful, residents, EMERGENCY_DRILL)
    real = told(careful, residents, EMERGENCY)
    assert (drill.is_drill, real.is_drill) == (True, False)
    assert drill.status == real.status == "submitted"


def test_another_cluster_has_keys_of_its_own(raised, hilltop):
    there = make_zone(hilltop, "Tower")
    # Nobody lives there, so it is a draft to look at; but it is one of their own.
    theirs = told(hilltop, there)
    assert (theirs.status, theirs.cluster) == ("draft", hilltop)
    assert theirs != raised


def test_what_was_refused_can_be_told_again_with_the_same_key(careful, residents):
    with pytest.raises(Refused):
        told(careful, residents, scenario="no-such-thing")
    assert told(careful, residents).status == "submitted"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (
            {"scenario": "meteor"},
            "There is no scenario “meteor” here. Use one of: fire",
        ),
        ({"zones": []}, "Say where it is"),
        ({"zones": [10**9]}, "not in this cluster"),
        ({"by": "  "}, "what raises it"),
        ({"by": "x" * 121}, "what raises it"),
        ({"key": " "}, "a key of at most"),
        ({"key": "x" * 101}, "a key of at most"),
    ],
)
def test_what_cannot_be_raised_is_refused_in_a_sentence(careful, residents, given, why):
    with pytest.raises(Refused, match=why):
        told(careful, residents, **given)
    assert not Broadcast.objects.exists()
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize("words", ["", "Gate [North]"])
def test_what_cannot_go_as_it_is_waits_as_a_draft_and_approvers_hear_why(
    careful, residents, grace, mona, words
):
    raised = told(careful, residents, context={"meeting_point": words})
    assert raised.status == "draft"
    assert not sent_to_residents()
    alarm = Dispatch.objects.get(event=STAFF_ALARM.name)
    assert alarm.title == "Emergency to look at now: Fire in Heron block"
    dispatching.fan_out(alarm.pk)
    people = flow.entries(alarm).values_list("recipient__user", flat=True)
    assert set(people) == {grace.pk, mona.pk}
    client = Client()
    client.force_login(grace)
    home = client.get("/c/riverside/admin/").content.decode()
    assert "“Fire in Heron block” came by itself, and is a draft" in home
    assert f"Raised by {PANEL}." in home


def test_words_without_a_place_stop_no_alarm_and_are_on_record(careful, residents):
    given = {"metting_point": "Gate", "meeting_point": "x" * 121}
    raised = told(careful, residents, context=given)
    assert raised.status == "submitted"
    assert len(raised.blanks["meeting_point"]) == 120
    first = raised.history.earliest("history_id")
    assert first.history_change_reason == "Draft made: metting_point: Gate"


def test_what_is_returned_has_no_author_so_all_who_write_are_told(
    raised, ada, grace, mona
):
    broadcasts.return_to_author(raised, by=grace, reason="Which block is it?")
    alarm = Dispatch.objects.filter(event=STAFF_ALARM.name).latest("pk")
    dispatching.fan_out(alarm.pk)
    people = flow.entries(alarm).values_list("recipient__user", flat=True)
    assert set(people) == {ada.pk, mona.pk}


def test_zones_of_another_cluster_are_refused(careful, residents, hilltop):
    theirs = make_zone(hilltop, "Tower")
    with pytest.raises(Refused, match="not in this cluster"):
        told(careful, residents, zones=[residents.pk, theirs.pk])


def test_a_scenario_of_ones_own_is_what_is_raised(careful, residents, mona):
    system = Scenario.objects.get(cluster=None, slug="fire")
    own = scenarios.make_own(careful, system, by=mona)
    assert told(careful, residents).scenario == own


@pytest.mark.parametrize("event", [events.MAINTENANCE_URGENT, STAFF_ALARM])
def test_what_is_no_emergency_is_not_raised_as_one(careful, residents, event):
    with pytest.raises(Refused, match="no emergency"):
        told(careful, residents, event)


@pytest.mark.parametrize("event", [EMERGENCY, EMERGENCY_DRILL])
def test_no_emergency_is_sent_without_a_broadcast(careful, residents, event):
    with pytest.raises(Refused, match="only as a broadcast that somebody approved"):
        flow.prepared(careful, event=event)
    assert not Dispatch.objects.exists()


def test_nor_with_one_that_nobody_has_approved(submitted):
    with pytest.raises(Refused, match="somebody approved"):
        flow.prepared(submitted.cluster, event=EMERGENCY, broadcast=submitted)
    assert not sent_to_residents()


def test_nor_as_the_message_of_a_drill(live):
    Broadcast.objects.filter(pk=live.pk).update(is_drill=True)
    live.refresh_from_db()
    with pytest.raises(Refused, match="different things"):
        flow.prepared(live.cluster, event=EMERGENCY, broadcast=live)


def test_an_alarm_to_staff_is_not_a_way_to_everybody(careful, residents):
    with pytest.raises(Refused, match="staff alone"):
        flow.prepared(careful, Criteria(everyone=True), event=STAFF_ALARM)


def test_an_emergency_that_nobody_approved_is_found_in_the_log(careful, residents):
    dispatch = flow.prepared(careful)
    Dispatch.objects.filter(pk=dispatch.pk).update(event=EMERGENCY.name)
    assert any("that nobody approved" in each for each in invariants.check())


def test_panels_that_tell_at_once_raise_it_once(
    transactional_db, quiet_bell, careful, residents
):
    found: list[int] = []
    many = 8 if connection.vendor == "postgresql" else 1
    ready = threading.Barrier(many)

    def tell():
        try:
            ready.wait(20)
            with scope.every_cluster():
                found.append(told(careful, residents).pk)
        except MoveRefused:
            found.append(0)
        finally:
            connections.close_all()

    if many == 1:
        found = [told(careful, residents).pk for _panel in range(8)]
    else:
        threads = [threading.Thread(target=tell) for _panel in range(many)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert len(found) == 8
    assert set(found) == {Broadcast.objects.get().pk}
    assert Dispatch.objects.filter(event=STAFF_ALARM.name).count() == 1


def test_pages_say_what_raised_it(raised, grace):
    client = Client()
    assert client.login(email=grace.email, password=PASSWORD)
    here = "/c/riverside/admin/emergencies/"
    for page in (f"{here}{raised.uid}/", here, "/c/riverside/admin/"):
        shown = client.get(page).content.decode()
        assert f"aised by {PANEL}" in shown
        assert "None" not in shown.split("<main")[-1]
    broadcasts.approve(raised, by=grace, **YES)
    board = client.get(f"{here}{raised.uid}/").content.decode()
    assert PANEL in board
    assert "Raised by" in board


def run(*options: str) -> str:
    out = StringIO()
    command = ["--cluster", "riverside", "--scenario", "fire", "--by", PANEL]
    call_command("raise_emergency", *command, "--key", "a1", *options, stdout=out)
    return out.getvalue()


def test_the_command_raises_it_from_a_terminal(careful, residents):
    said = run("--zone", "heron BLOCK", "--set", "meeting_point=the north gate")
    raised = Broadcast.objects.get()
    assert (raised.status, raised.origin) == ("submitted", PANEL)
    assert raised.blanks["meeting_point"] == "the north gate"
    assert f"/emergencies/{raised.uid}/" in said
    assert "Waiting for approval" in said
    assert run("--everywhere") == said


def test_the_command_can_raise_a_drill(careful, residents):
    assert "/drills/" in run("--everywhere", "--drill")
    assert Broadcast.objects.get().is_drill


def test_the_command_finds_a_zone_by_what_it_lies_in(careful, residents):
    make_zone(careful, "Floor 1", parent=make_zone(careful, "Swan block"))
    floor = make_zone(careful, "Floor 1", parent=residents)
    careful.recipients.filter(zone=residents).update(zone=floor)
    run("--zone", "Heron block > Floor 1")
    assert Broadcast.objects.get().audience == {"zones": [floor.pk]}


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--cluster", "nowhere"], "no cluster “nowhere”"),
        (["--zone", "Swan"], "no zone “Swan” here"),
        (["--zone", "Floor 1"], "Several zones are called “Floor 1”"),
        (["--everywhere", "--set", "gate"], "--set NAME=WORDS"),
        ([], "Say where it is"),
    ],
)
def test_the_command_says_what_is_wrong(careful, residents, options, why):
    for block in (residents, make_zone(careful, "Teal block")):
        make_zone(careful, "Floor 1", parent=block)
    with pytest.raises(CommandError, match=why):
        run(*options)
    assert not Broadcast.objects.exists()
