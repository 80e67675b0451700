"""Fan-out moves past nobody, and staff are not people of the cluster."""

from __future__ import annotations

import pytest
from django.db import connection
from django.utils import timezone

from notifications import dispatching
from notifications.actions.staff import own_recipient
from notifications.audience import Criteria, people
from notifications.dispatching import entries, fanout
from notifications.exporting.filters import PeopleFilter
from notifications.models import Dispatch, statistics
from tests import flow
from tests.personas import make_people, make_person

pytestmark = pytest.mark.services


def test_the_cursor_never_moves_past_somebody_without_an_entry(riverside, monkeypatch):
    make_people(riverside, 2)
    dispatch = flow.prepared(riverside)
    with monkeypatch.context() as patched:
        patched.setattr(entries, "_make_addressees", lambda *args: None)
        with pytest.raises(entries.StillMissing):
            dispatching.fan_out(dispatch.pk)
    assert Dispatch.objects.get().fanned_out_to == 0
    dispatching.fan_out(dispatch.pk)
    assert flow.statuses(dispatch) == {"planned": 2}
    assert Dispatch.objects.get().written == 2


def test_a_crowded_address_asks_with_few_parameters(riverside):
    for number in range(250):
        make_person(riverside, f"Person {number}", email="office@example.org")
    most = []

    def spy(execute, sql, params, many, context):
        most.append(0 if many else len(params or ()))
        return execute(sql, params, many, context)

    dispatch = flow.prepared(riverside, words=flow.SAME)
    with connection.execute_wrapper(spy):
        dispatching.fan_out(dispatch.pk, chunk=10)
    assert max(most) < 200
    assert flow.statuses(dispatch) == {"planned": 1, "skipped": 249}


def test_who_leaves_between_two_chunks_makes_no_second_mail_to_an_address(riverside):
    first, _second = (
        make_person(riverside, name, email="office@example.org") for name in "AB"
    )
    dispatch = flow.prepared(riverside, words=flow.SAME)
    fanout._write_next(fanout.Job.of(dispatch), 1)
    type(first).objects.filter(pk=first.pk).update(archived_at=timezone.now())
    dispatching.fan_out(dispatch.pk)
    assert flow.statuses(dispatch) == {"planned": 1, "skipped": 1}


def test_staff_are_not_in_the_audience_nor_in_the_list(riverside, ada):
    make_people(riverside, 1)
    me = own_recipient(ada, riverside)
    assert me.for_staff
    assert people(riverside, flow.EVERYONE).count() == 1
    assert people(riverside, Criteria(only_recipients=(me.pk,))).get() == me
    assert PeopleFilter().people(riverside).count() == 1
    assert PeopleFilter(staff=True).people(riverside).count() == 2


def test_statistics_are_harmless_anywhere(riverside):
    statistics.refresh()
    assert people(riverside, flow.EVERYONE).count() == 0
