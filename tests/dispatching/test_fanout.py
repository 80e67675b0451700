"""Fan-out writes an entry for everybody, once, however often it is broken off."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications import dispatching, fingerprints
from notifications.audience import Criteria, reach
from notifications.delivery.leasing import lease
from notifications.dispatching import entries as writing
from notifications.dispatching import fanout
from notifications.events import ANNOUNCEMENT_POSTED
from notifications.models import (
    Addressee,
    Batch,
    Dispatch,
    NotificationLog,
    OptOut,
    Recipient,
    Suppression,
)
from tests import flow
from tests.delivery.conftest import gas_leak as gas_leak
from tests.delivery.scripted import accepted, answering
from tests.personas import make_people, make_person

pytestmark = pytest.mark.services


class Killed(BaseException):
    """The process is gone; nothing catches this."""


def test_everybody_gets_an_entry_and_the_first_batch_is_due_at_once(riverside):
    make_people(riverside, 7)
    dispatch = flow.prepared(riverside)
    dispatching.fan_out(dispatch.pk, chunk=3)
    dispatch.refresh_from_db()
    assert flow.statuses(dispatch) == {"planned": 7}
    assert [batch.size for batch in dispatch.batches.order_by("id")] == [3, 3, 1]
    assert dispatch.status == "sending"
    assert dispatch.fanned_out_at is not None
    assert not Batch.objects.filter(due_at__gt=timezone.now()).exists()


def test_a_fan_out_gives_way_after_a_while_and_goes_on_where_it_was(riverside):
    make_people(riverside, 5)
    dispatch = flow.prepared(riverside)
    assert dispatching.fan_out(dispatch.pk, chunk=2, seconds=0)
    assert flow.statuses(dispatch) == {"planned": 2}
    assert dispatching.fan_out(dispatch.pk, chunk=2, seconds=0)
    assert not dispatching.fan_out(dispatch.pk, chunk=2, seconds=0)
    assert flow.statuses(dispatch) == {"planned": 5}


def test_the_first_have_it_before_the_last_are_written_down(riverside, monkeypatch):
    channel = answering(monkeypatch, accepted)
    make_people(riverside, 5)
    dispatch = flow.prepared(riverside)
    assert dispatching.fan_out(dispatch.pk, chunk=2, seconds=0)
    flow.deliver()
    assert len(channel.asked) == 2
    dispatch.refresh_from_db()
    assert (dispatch.status, dispatch.fanned_out_at) == ("sending", None)
    assert not dispatching.fan_out(dispatch.pk, chunk=2)
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 5}


def test_an_emergency_goes_first_and_then_the_rest_is_written_down(
    riverside, hilltop, gas_leak, monkeypatch
):
    answering(monkeypatch, accepted)
    make_people(riverside, 3)
    make_people(hilltop, 1)
    newsletter = flow.prepared(riverside)
    alarm = flow.prepared(hilltop, event=gas_leak)
    assert dispatching.fan_out(newsletter.pk, chunk=1, seconds=0.1)
    assert flow.statuses(newsletter) == {"planned": 1}
    dispatching.fan_out(alarm.pk, seconds=60)
    assert dispatching.fan_out(newsletter.pk, chunk=1, seconds=0.1)
    assert flow.statuses(newsletter) == {"planned": 2}
    flow.deliver()
    assert flow.statuses(alarm) == {"sent": 1}
    assert not dispatching.fan_out(newsletter.pk, chunk=1, seconds=60)
    flow.deliver()
    assert flow.statuses(newsletter) == {"sent": 3}


def test_who_was_overtaken_leaves_the_rest_to_whoever_did_it(riverside, monkeypatch):
    make_people(riverside, 5)
    dispatch = flow.prepared(riverside)
    write, calls = fanout._write_chunk, []

    def faster(job, chunk):
        calls.append(chunk)
        write(fanout.Job.of(Dispatch.objects.get(pk=dispatch.pk)), 2)
        raise fanout.OvertakenError

    # In the transaction that is undone, the other's chunk would be undone as well.
    monkeypatch.setattr(fanout.transaction, "atomic", nullcontext)
    monkeypatch.setattr(fanout, "_write_chunk", faster)
    assert not dispatching.fan_out(dispatch.pk, chunk=2)
    assert calls == [2]
    assert flow.statuses(dispatch) == {"planned": 2}


def test_the_clock_of_whoever_writes_them_down_delays_nobody(riverside):
    make_people(riverside, 1)
    dispatch = flow.prepared(riverside)
    with time_machine.travel(timezone.now() + timedelta(seconds=40)):
        dispatching.fan_out(dispatch.pk)
    assert lease(flow.LANES, "on time") is not None


def test_an_audience_that_fills_its_last_chunk_ends_too(riverside):
    make_people(riverside, 4)
    dispatch = flow.prepared(riverside)
    dispatching.fan_out(dispatch.pk, chunk=2)
    dispatch.refresh_from_db()
    assert flow.statuses(dispatch) == {"planned": 4}
    assert dispatch.fanned_out_at is not None


def test_who_will_not_get_it_is_skipped_with_the_reason_and_on_record(riverside):
    make_person(riverside, "Ann", email="home@example.org")
    make_person(riverside, "Bob", email="home@example.org")
    make_person(riverside, "Cy")
    dispatch = flow.fanned_out(riverside, words=flow.SAME)
    assert flow.reasons(dispatch) == {"Ann": "", "Bob": "duplicate", "Cy": "no_address"}
    for entry in flow.entries(dispatch):
        skipped = entry.status == "skipped"
        assert (entry.settled_at is not None) == skipped
        # Being planned needs no row of its own.
        assert entry.history.count() == int(skipped)


def test_nobody_to_reach_is_a_dispatch_that_is_done(riverside):
    make_person(riverside, "Cy")
    dispatch = flow.fanned_out(riverside)
    assert flow.statuses(dispatch) == {"skipped": 1}
    assert dispatch.status == "done"
    assert flow.fanned_out(riverside, Criteria()).status == "done"


def test_an_entry_keeps_who_and_where_as_they_were(riverside):
    ann = make_person(riverside, "Ann", email="ann@example.org", unit="12")
    first = flow.entries(flow.fanned_out(riverside)).get()
    again = flow.entries(flow.fanned_out(riverside)).get()
    assert first.addressee == again.addressee
    ann.name = "Ann Moved"
    ann.save()
    later = flow.entries(flow.fanned_out(riverside)).get()
    assert later.addressee != first.addressee
    assert later.addressee.name == "Ann Moved"
    promise = fingerprints.commitment("Ann", "12", "ann@example.org")
    assert first.commitment == first.addressee.commitment == promise
    assert Addressee.objects.count() == 2


def test_a_dispatch_keeps_to_its_cluster(riverside, hilltop):
    make_people(riverside, 2)
    make_people(hilltop, 3)
    dispatch = flow.fanned_out(riverside)
    for entry in flow.entries(dispatch):
        assert (
            entry.cluster_id
            == entry.recipient.cluster_id
            == entry.addressee.cluster_id
            == riverside.pk
        )
    assert flow.statuses(dispatch) == {"planned": 2}


def test_a_cancelled_dispatch_is_not_written_out_any_further(riverside, ada):
    from notifications.actions import dispatches

    make_people(riverside, 3)
    dispatch = flow.prepared(riverside)
    dispatches.cancel(dispatch, by=ada)
    dispatching.fan_out(dispatch.pk)
    assert flow.statuses(dispatch) == {}


def test_somebody_renamed_in_the_middle_of_a_chunk_is_not_missed(
    riverside, monkeypatch
):
    ann = make_person(riverside, "Ann", email="ann@example.org")
    real = writing._make_addressees

    def renamed_after(*args):
        real(*args)
        if Recipient.objects.filter(name="Ann").exists():
            Recipient.objects.filter(pk=ann.pk).update(name="Anna")

    monkeypatch.setattr(writing, "_make_addressees", renamed_after)
    entry = flow.entries(flow.fanned_out(riverside)).get()
    assert entry.addressee.name == "Anna"


def test_same_words_are_kept_once_per_cluster(riverside, hilltop):
    assert flow.prepared(riverside).contents.get().content == (
        flow.prepared(riverside).contents.get().content
    )
    assert flow.prepared(hilltop).contents.get().content.cluster == hilltop


@pytest.mark.parametrize("step", ["batch", "addressees", "entries", "cursor", "ring"])
@pytest.mark.parametrize("chunk_number", [1, 2])
def test_killed_at_any_line_and_resumed_it_writes_exactly_the_same(
    riverside, monkeypatch, step, chunk_number
):
    make_people(riverside, 5)
    make_person(riverside, "Cy")
    dispatch = flow.prepared(riverside)
    kill_at(monkeypatch, step, chunk_number)
    with suppress(Killed):
        dispatching.fan_out(dispatch.pk, chunk=2)
    monkeypatch.undo()
    dispatching.fan_out(dispatch.pk, chunk=2)
    dispatching.fan_out(dispatch.pk, chunk=2)
    assert flow.statuses(dispatch) == {"planned": 5, "skipped": 1}
    keys = list(flow.entries(dispatch).values_list("recipient_id", flat=True))
    assert keys == sorted(set(keys))
    assert sum(batch.size for batch in dispatch.batches.all()) == 5
    assert NotificationLog.history.count() == 1


def kill_at(monkeypatch, step, number):
    """End the process just after this step of the chunk of this number."""
    from notifications import doorbell
    from notifications.dispatching import fanout

    where = {
        "batch": (fanout, "write_entries"),
        "addressees": (writing, "_plan"),
        "entries": (writing, "_close"),
        "cursor": (fanout, "_move_cursor"),
        "ring": (doorbell, "ring"),
    }
    owner, name = where[step]
    real, calls = getattr(owner, name), []

    def deadly(*args, **kwargs):
        calls.append(name)
        if len(calls) == number:
            raise Killed
        return real(*args, **kwargs)

    monkeypatch.setattr(owner, name, deadly)


ADDRESSES = [None, "a@example.org", "b@example.org", "c@example.org"]


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    households=st.lists(st.sampled_from(ADDRESSES), max_size=9),
    refusing=st.sets(st.integers(0, 8)),
    dead=st.sets(st.sampled_from(ADDRESSES[1:])),
    personal=st.booleans(),
    chunk=st.integers(1, 4),
)
def test_what_the_preview_said_is_what_the_fan_out_writes(
    riverside, households, refusing, dead, personal, chunk
):
    Recipient.objects.update(archived_at=timezone.now())
    Suppression.objects.all().delete()
    for number, address in enumerate(households):
        person = make_person(riverside, f"Person {number}", email=address)
        if number in refusing:
            OptOut.objects.create(cluster=riverside, recipient=person, source="staff")
    for address in dead:
        Suppression.objects.create(
            cluster=riverside,
            channel="email",
            fingerprint=fingerprints.of_address("email", address),
            reason="bounce",
        )
    words = flow.PERSONAL if personal else flow.SAME
    said = reach(
        riverside, flow.EVERYONE, ANNOUNCEMENT_POSTED, "email", identical=not personal
    )
    dispatch = flow.prepared(riverside, words=words)
    dispatching.fan_out(dispatch.pk, chunk=chunk)
    written = dispatching.sheet(dispatch)
    assert written.balanced
    assert written.people == said.people
    assert written.count("planned") == said.will
    skips = written.channels[0].skips if written.channels else {}
    assert skips == said.reasons
