"""Each thing that must never be untrue is found when it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from notifications import invariants
from notifications.actions import dispatches
from notifications.delivery import looking
from notifications.delivery.leasing import lease
from notifications.models import (
    Addressee,
    Batch,
    Dispatch,
    NotificationLog,
    OptOut,
    Recipient,
    triggers,
)
from notifications.models.setwise import record_history
from tests import flow
from tests.personas import make_people, make_person

pytestmark = pytest.mark.services


@pytest.fixture
def dispatch(riverside):
    make_people(riverside, 2)
    make_person(riverside, "Cy")
    return flow.fanned_out(riverside)


def the_one_problem(number):
    found = invariants.check()
    assert len(found) == 1, found
    assert found[0].startswith(f"{number}: ")
    return found[0]


def spoil(dispatch, **changes):
    planned = flow.entries(dispatch).filter(status="planned").first()
    NotificationLog.objects.filter(pk=planned.pk).update(**changes)


def test_all_holds_from_fan_out_to_the_end(dispatch, ada, capsys):
    assert invariants.check() == []
    looking.take_window(lease(flow.LANES, "one"), 50)
    assert invariants.check() == []
    dispatches.cancel(dispatch, by=ada)
    assert invariants.check() == []
    call_command("check_invariants")
    assert "holds" in capsys.readouterr().out


def test_a_status_nobody_knows(dispatch):
    spoil(dispatch, status="lost")
    found = invariants.check()
    assert any(sentence.startswith("1: ") for sentence in found)


def test_a_move_without_history(dispatch, capsys):
    spoil(dispatch, status="sent", attempts=1)
    assert "“sent”" in the_one_problem(7)
    with pytest.raises(SystemExit) as end:
        call_command("check_invariants")
    assert end.value.code == 1
    assert "7: " in capsys.readouterr().out


def test_a_dispatch_moved_without_history(dispatch):
    Dispatch.objects.update(status="paused")
    assert "dispatch" in the_one_problem(7)


def test_an_entry_that_nobody_will_come_for(dispatch):
    Batch.objects.update(done_at=timezone.now())
    found = invariants.check()
    assert len(found) == 2
    assert all("no worker will ever come" in sentence for sentence in found)


def test_a_send_without_its_fence(dispatch):
    looking.take_window(lease(flow.LANES, "one"), 50)
    Batch.objects.update(token="another")
    assert len(invariants.check()) == 2


def test_a_mark_after_the_end(dispatch, ada):
    looking.take_window(lease(flow.LANES, "one"), 50)
    dispatches.cancel(dispatch, by=ada)
    late = timezone.now() + timedelta(minutes=1)
    first = flow.entries(dispatch).filter(status="sending").first()
    NotificationLog.objects.filter(pk=first.pk).update(sending_at=late)
    the_one_problem(5)


def test_two_clusters_in_one_entry(dispatch, hilltop):
    stranger = make_person(hilltop, "Stranger")
    spoil(dispatch, recipient=stranger)
    assert "two clusters" in the_one_problem(10)


def test_a_contact_point_of_another_cluster(riverside, hilltop):
    make_person(riverside, "Ann", email="ann@example.org")
    Recipient.objects.get(name="Ann").contact_points.update(cluster=hilltop)
    assert "ContactPoint" in the_one_problem(10)


def test_a_broken_promise(dispatch):
    Addressee.objects.filter(name="Cy").update(commitment="another")
    the_one_problem(9)


def test_a_trigger_that_is_gone(riverside):
    name = f"tocsin_update_{'historicalnotificationlog'}"
    table = "notifications_historicalnotificationlog"
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")
    try:
        assert name in the_one_problem(8)
    finally:
        triggers.install()


def test_nothing_cascades_into_the_log():
    assert list(invariants.nothing_cascades_into_the_log()) == []


def test_an_entry_that_fan_out_never_wrote(dispatch):
    Dispatch.objects.update(written=2)
    assert "3 entries, and 2 were written" in the_one_problem(1)


def test_a_move_that_the_table_does_not_know(dispatch):
    entry = flow.entries(dispatch).filter(status="planned").first()
    for status in ("sent", "failed"):
        rows = NotificationLog.objects.filter(pk=entry.pk)
        rows.update(status=status, attempts=1)
        record_history(rows)
    assert "from “sent” to “failed”" in the_one_problem(7)


def test_a_mark_after_an_opt_out(dispatch, riverside):
    looking.take_window(lease(flow.LANES, "one"), 50)
    person = flow.entries(dispatch).filter(status="sending").first().recipient
    refusal = OptOut.objects.create(cluster=riverside, recipient=person, source="link")
    assert invariants.check() == []
    before = timezone.now() - timedelta(hours=1)
    OptOut.objects.filter(pk=refusal.pk).update(created_at=before)
    assert "had opted out" in the_one_problem(5)


def test_a_tag_of_another_cluster(riverside, hilltop):
    person = make_person(riverside, "Ann")
    stranger = make_person(hilltop, "Stranger", tags=("Lift",))
    person.tags.through.objects.create(recipient=person, tag=stranger.tags.get())
    assert "tag of another cluster" in the_one_problem(10)


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite disables no triggers"
)
def test_a_trigger_that_is_disabled(riverside):
    table = "notifications_historicalnotificationlog"
    name = "tocsin_update_historicalnotificationlog"
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        assert name in the_one_problem(8)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")
