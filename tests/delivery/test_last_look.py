"""Nothing is marked that must not go: what happened after planning is seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import delivery, invariants
from notifications.actions import dispatches
from notifications.errors import MoveRefused
from notifications.models import ContactPoint, Dispatch, OptOut, Suppression
from tests import flow
from tests.channels.sink import Refuse
from tests.personas import make_people, make_person

pytestmark = pytest.mark.services


@pytest.fixture
def ann(riverside):
    make_person(riverside, "Bob", email="bob@example.org")
    return make_person(riverside, "Ann", email="ann@example.org")


def opts_out(person):
    OptOut.objects.create(cluster=person.cluster, recipient=person, source="link")


def is_suppressed(person):
    point = ContactPoint.objects.get(recipient=person)
    Suppression.objects.create(
        cluster=person.cluster,
        channel="email",
        fingerprint=point.fingerprint,
        reason="bounce",
    )


def leaves(person):
    person.archived_at = timezone.now()
    person.save()


@pytest.mark.parametrize(
    ("happens", "reason"),
    [(opts_out, "opted_out"), (is_suppressed, "suppressed"), (leaves, "left")],
)
def test_what_happened_since_planning_counts(riverside, ann, sink, happens, reason):
    dispatch = flow.fanned_out(riverside)
    happens(ann)
    flow.deliver()
    assert flow.reasons(dispatch) == {"Ann": reason, "Bob": ""}
    assert [one.recipient for one in sink.arrived] == ["bob@example.org"]
    entry = flow.entries(dispatch).get(recipient=ann)
    assert (entry.status, entry.attempts) == ("skipped", 0)
    assert entry.history.get().reason == reason
    dispatch.refresh_from_db()
    assert dispatch.status == "done"


def test_an_emergency_passes_an_opt_out_but_no_suppression(
    riverside, ann, sink, gas_leak
):
    dispatch = flow.fanned_out(riverside, event=gas_leak)
    opts_out(ann)
    is_suppressed(riverside.recipients.get(name="Bob"))
    flow.deliver()
    assert flow.reasons(dispatch) == {"Ann": "", "Bob": "suppressed"}


def test_a_paused_dispatch_waits_until_it_is_resumed(riverside, ada, ann, sink):
    dispatch = flow.fanned_out(riverside)
    dispatches.pause(dispatch, by=ada, reason="A wrong date")
    flow.deliver()
    assert sink.arrived == []
    assert flow.statuses(dispatch) == {"planned": 2}
    dispatches.resume(dispatch, by=ada)
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 2}
    rows = dispatch.history.order_by("history_id")
    assert [row.status for row in rows][-3:] == ["paused", "sending", "done"]
    assert rows[len(rows) - 3].history_change_reason == "A wrong date"


def test_a_pause_before_the_fan_out_holds_too(riverside, ada, ann, sink):
    dispatch = flow.prepared(riverside)
    dispatches.pause(dispatch, by=ada)
    from notifications import dispatching

    dispatching.fan_out(dispatch.pk)
    flow.deliver()
    assert flow.statuses(dispatch) == {"planned": 2}
    dispatch.refresh_from_db()
    dispatches.resume(dispatch, by=ada)
    flow.deliver()
    dispatch.refresh_from_db()
    assert dispatch.status == "done"


def test_cancelling_stops_all_who_wait_and_is_on_record(riverside, ada, sink):
    make_people(riverside, 60)
    dispatch = flow.fanned_out(riverside)
    asked = iter(range(100))
    flow.deliver(stopping=lambda: next(asked) >= 5)
    gone = flow.statuses(dispatch)["sent"]
    stopped = dispatches.cancel(dispatch, by=ada, reason="Wrong estate")
    assert stopped == 60 - gone
    flow.make_due()
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": gone, "cancelled": stopped}
    assert len(sink.arrived) == gone
    for entry in flow.entries(dispatch).filter(status="cancelled"):
        row = entry.history.latest("history_id")
        assert (row.status, row.actor_kind) == ("cancelled", "system")
        assert row.history_change_reason == "Wrong estate"
    with pytest.raises(MoveRefused):
        dispatches.resume(dispatch, by=ada)


def test_past_its_last_moment_nothing_goes(riverside, ann, sink):
    later = timezone.now() + timedelta(hours=1)
    dispatch = flow.fanned_out(riverside, not_after=later)
    Dispatch.objects.filter(pk=dispatch.pk).update(
        not_after=timezone.now() - timedelta(seconds=1)
    )
    flow.deliver()
    assert sink.arrived == []
    assert flow.statuses(dispatch) == {"expired": 2}
    dispatch.refresh_from_db()
    assert dispatch.status == "expired"
    assert {e.history.get().status for e in flow.entries(dispatch)} == {"expired"}


def test_the_sweep_expires_what_is_paused(riverside, ada, ann):
    dispatch = flow.fanned_out(riverside)
    dispatches.pause(dispatch, by=ada)
    Dispatch.objects.update(not_after=timezone.now())
    assert delivery.expire_due() == 1
    assert flow.statuses(dispatch) == {"expired": 2}


def test_what_failed_on_its_way_when_it_was_cancelled_is_not_tried_again(
    riverside, ada, ann, sink
):
    sink.faults["ann@example.org"] = Refuse(451, "try later")
    dispatch = flow.fanned_out(riverside)
    asked = []

    def cancelled_in_the_middle():
        asked.append(1)
        # Before the batch, before the window, and before the first message.
        if len(asked) == 3:
            dispatches.cancel(dispatch, by=ada)
        return False

    flow.deliver(stopping=cancelled_in_the_middle)
    assert flow.statuses(dispatch) == {"sent": 1, "cancelled": 1}
    steps = flow.entries(dispatch).get(recipient=ann).history.order_by("history_id")
    assert [row.status for row in steps] == ["retrying", "cancelled"]
    assert not dispatch.batches.filter(done_at=None).exists()
    assert invariants.check() == []
