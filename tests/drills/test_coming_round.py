"""A planned drill waits for one yes on the day, from whoever may give it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from notifications import dispatching, invariants
from notifications.actions import broadcasts, drills
from notifications.errors import NotAllowed
from notifications.events import EMERGENCY_DRILL, STAFF_DRILL
from notifications.models import (
    Broadcast,
    Dispatch,
    Membership,
    Role,
)
from tests import flow
from tests.delivery.conftest import quiet_bell as quiet_bell
from tests.drills.conftest import NOW, come, drilled, due

pytestmark = pytest.mark.services

YES = {"confirmed_people": 3}


def test_it_comes_round_submitted_and_nobody_has_anything(plan, ada):
    assert come(plan.next_at - timedelta(seconds=1)) == 0
    assert due(plan) == 1
    drill = Broadcast.objects.get()
    assert (drill.status, drill.is_drill, drill.plan) == ("submitted", True, plan)
    assert (drill.submitted_by, drill.last_edited_by) == (ada, ada)
    assert drill.occasion == datetime(2027, 1, 12, 11, 0, tzinfo=UTC)
    assert not Dispatch.objects.filter(event=EMERGENCY_DRILL.name).exists()
    plan.refresh_from_db()
    assert plan.next_at == datetime(2027, 2, 9, 11, 0, tzinfo=UTC)
    assert invariants.check() == []


def test_approvers_are_told_at_once_and_once(plan, grace, mona):
    due(plan)
    due(plan)
    alarm = Dispatch.objects.get(event=STAFF_DRILL.name)
    dispatching.fan_out(alarm.pk)
    people = flow.entries(alarm).values_list("recipient__user", flat=True)
    assert set(people) == {grace.pk, mona.pk}
    assert alarm.title == "EXERCISE: Drill to approve: Fire in Heron block"


def test_one_occasion_makes_one_drill_however_often_it_is_looked_at(plan):
    assert [due(plan), due(plan), due(plan)] == [1, 0, 0]
    assert drilled() == ["submitted"]
    drill = Broadcast.objects.get()
    drill.pk, drill.uid = None, uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        drill.save()


def test_a_real_emergency_never_comes_round(plan):
    due(plan)
    with pytest.raises(IntegrityError), transaction.atomic():
        Broadcast.objects.update(is_drill=False)


def test_who_planned_it_may_not_say_yes_where_a_second_person_is_asked_for(
    careful, planned, grace, mona
):
    due(drills.make(careful, planned, by=grace))
    drill = Broadcast.objects.get()
    with pytest.raises(NotAllowed, match="somebody else"):
        broadcasts.approve(drill, by=grace, **YES)
    broadcasts.approve(drill, by=mona, **YES)
    assert drill.status == "live"


def test_nor_may_who_changed_the_plan(plan, planned, grace, mona):
    drills.change(plan, planned, by=grace, version=plan.version)
    due(plan)
    drill = Broadcast.objects.get()
    with pytest.raises(NotAllowed, match="somebody else"):
        broadcasts.approve(drill, by=grace, **YES)
    broadcasts.approve(drill, by=mona, **YES)


def test_without_that_rule_it_waits_for_one_yes_all_the_same(
    riverside, planned, grace, ada
):
    due(drills.make(riverside, planned, by=grace))
    drill = Broadcast.objects.get()
    assert drill.status == "submitted"
    with pytest.raises(NotAllowed):
        broadcasts.approve(drill, by=ada, **YES)
    told = Dispatch.objects.get(event=STAFF_DRILL.name)
    dispatching.fan_out(told.pk)
    people = flow.entries(told).values_list("recipient__user", flat=True)
    assert grace.pk in set(people)
    broadcasts.approve(drill, by=grace, **YES)
    assert drill.status == "live"


def test_with_the_rule_put_on_meanwhile_a_second_person_is_asked_for(
    riverside, planned, grace
):
    due(drills.make(riverside, planned, by=grace))
    riverside.requires_approval = True
    riverside.save()
    with pytest.raises(NotAllowed):
        broadcasts.approve(Broadcast.objects.get(), by=grace, **YES)


def test_an_emergency_of_ones_own_still_needs_somebody_else(riverside, gas, grace):
    """What is said of planned drills is said of nothing else."""
    broadcast = broadcasts.create_draft(riverside, gas, by=grace)
    broadcasts.submit(broadcast, by=grace)
    with pytest.raises(NotAllowed):
        broadcasts.approve(broadcast, by=grace, **YES, typed_people=3)


@pytest.mark.parametrize("how", ["off the members", "account closed", "auditor"])
def test_of_whoever_is_no_author_any_more_it_comes_as_a_draft(
    plan, ada, grace, mona, how
):
    if how == "off the members":
        Membership.objects.filter(user=ada).update(active=False)
    elif how == "auditor":
        Membership.objects.filter(user=ada).update(role=Role.AUDITOR)
    else:
        ada.is_active = False
        ada.save()
    due(plan)
    drill = Broadcast.objects.get()
    assert (drill.status, drill.created_by) == ("draft", ada)
    told = Dispatch.objects.get(event=STAFF_DRILL.name)
    assert told.title == "EXERCISE: Drill to look at: Fire in Heron block"
    texts = told.contents.values_list("content__text", flat=True)
    assert all("Ada planned it, and may not submit it" in each for each in texts)
    broadcasts.submit(drill, by=grace)
    broadcasts.approve(drill, by=mona, **YES)


def test_what_cannot_be_submitted_comes_as_a_draft_that_says_why(plan, careful):
    careful.recipients.update(archived_at=NOW)
    due(plan)
    assert drilled() == ["draft"]
    told = Dispatch.objects.get(event=STAFF_DRILL.name)
    text = told.contents.values_list("content__text", flat=True).first()
    assert "Nobody lives there. Choose another place. Submit it, or put it away" in text
