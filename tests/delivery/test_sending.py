"""A worker sends what is due, and writes down what became of it."""

from __future__ import annotations

import pytest

from notifications import dispatching, links
from notifications.actions import dispatches
from notifications.composing import Compiled
from notifications.models import Installation
from tests import flow
from tests.channels.sink import Drop, Refuse
from tests.personas import make_people, make_person

pytestmark = pytest.mark.services


def only(dispatch):
    return flow.entries(dispatch).get()


def test_everybody_gets_it_once_and_it_is_on_record(riverside, sink):
    make_people(riverside, 3)
    dispatch = flow.fanned_out(riverside)
    flow.deliver()
    assert sorted(one.recipient for one in sink.arrived) == [
        f"person000{n}@riverside.example.org" for n in range(3)
    ]
    dispatch.refresh_from_db()
    assert dispatch.status == "done"
    assert flow.statuses(dispatch) == {"sent": 3}
    prefix = Installation.current().key_prefix
    for entry in flow.entries(dispatch):
        row = entry.history.get()
        assert (row.status, row.attempts, row.batch_id) == ("sent", 1, entry.batch_id)
        assert (row.actor_kind, row.actor_label) == ("worker", flow.WORKER)
        assert entry.provider == "smtp"
        assert f"{prefix}-{entry.pk}@" in entry.provider_id
        assert entry.sender == riverside.sender_email
        assert entry.sending_at <= entry.sent_at <= entry.settled_at


def test_the_message_says_who_it_is_for_and_how_to_stop_it(riverside, sink):
    make_person(
        riverside, "Ann Archer", first_name="Ann", email="ann@example.org", unit="12"
    )
    dispatch = flow.fanned_out(riverside)
    flow.deliver()
    mail, entry = sink.arrived[0].message, only(dispatch)
    assert mail["Subject"] == "Water off on Monday, Ann"
    assert mail["To"] == "Ann Archer <ann@example.org>"
    assert mail["From"] == "Riverside Quay <riverside@example.org>"
    assert mail["X-Tocsin-Cluster"] == str(riverside.uid)
    assert mail["X-Tocsin-Dispatch"] == str(dispatch.uid)
    assert mail["X-Tocsin-Entry"] == str(entry.pk)
    stop = mail["List-Unsubscribe"].strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert links.read_entry(stop.rstrip("/").rpartition("/")[2]) == entry.pk
    assert stop in mail.get_body(("plain",)).get_content()


def test_who_has_no_first_name_is_called_by_the_whole(riverside, sink):
    make_person(riverside, "Ann Archer", email="ann@example.org")
    flow.fanned_out(riverside)
    flow.deliver()
    assert sink.arrived[0].message["Subject"] == "Water off on Monday, Ann Archer"


def test_a_refused_address_fails_and_the_reason_names_nobody(riverside, sink):
    make_people(riverside, 2)
    sink.faults["person0001@riverside.example.org"] = Refuse(550, "no such user")
    dispatch = flow.fanned_out(riverside)
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 1, "failed": 1}
    failed = flow.entries(dispatch).get(status="failed")
    assert "550" in failed.detail
    assert "@" not in failed.detail
    assert failed.sender == riverside.sender_email
    assert failed.history.get().history_change_reason == failed.detail


def test_a_busy_server_is_asked_again_later(riverside, sink):
    make_person(riverside, "Ann", email="ann@example.org")
    sink.faults["ann@example.org"] = Refuse(451, "try later")
    dispatch = flow.fanned_out(riverside)
    first = only(dispatch).batch
    flow.deliver()
    entry = only(dispatch)
    assert (entry.status, entry.attempts) == ("retrying", 1)
    first.refresh_from_db()
    assert first.done_at is not None
    pause = (entry.batch.due_at - entry.sending_at).total_seconds()
    assert 25 < pause < 30 * 60
    flow.deliver()
    assert only(dispatch).attempts == 1, "it is not due yet"
    sink.faults.clear()
    flow.make_due()
    flow.deliver()
    entry = only(dispatch)
    assert (entry.status, entry.attempts) == ("sent", 2)
    dispatch.refresh_from_db()
    assert dispatch.status == "done"
    steps = entry.history.order_by("history_id").values_list("status", "attempts")
    assert list(steps) == [("retrying", 1), ("sent", 2)]


def test_after_eight_tries_it_has_failed(riverside, sink):
    make_person(riverside, "Ann", email="ann@example.org")
    sink.faults["ann@example.org"] = Refuse(451, "try later")
    dispatch = flow.fanned_out(riverside)
    for _try in range(9):
        flow.deliver()
        flow.make_due()
    entry = only(dispatch)
    assert (entry.status, entry.attempts) == ("failed", 8)
    assert entry.detail.startswith("Tried 8 times: ")
    dispatch.refresh_from_db()
    assert dispatch.status == "done"


def test_what_nobody_can_know_is_unknown_and_listed_for_staff(riverside, ada, sink):
    make_person(riverside, "Ann", email="ann@example.org")
    sink.faults["ann@example.org"] = Drop("DOT")
    dispatch = flow.fanned_out(riverside)
    flow.deliver()
    dispatch.refresh_from_db()
    assert dispatch.status == "done"
    assert [e.status for e in dispatches.unknown_entries(dispatch)] == ["unknown"]
    sink.faults.clear()
    again = dispatches.resend_unknown(dispatch, by=ada, reason="She called: nothing")
    assert again == 1
    flow.deliver()
    entry = only(dispatch)
    assert (entry.status, entry.attempts) == ("sent", 2)
    dispatch.refresh_from_db()
    assert dispatch.status == "done"


def test_an_emergency_of_which_nobody_knows_goes_once_more(riverside, sink, gas_leak):
    make_person(riverside, "Ann", email="ann@example.org")
    sink.faults["ann@example.org"] = Drop("DOT")
    dispatch = flow.fanned_out(riverside, event=gas_leak)
    flow.deliver()
    assert only(dispatch).status == "retrying"
    flow.make_due()
    flow.deliver()
    entry = only(dispatch)
    assert (entry.status, entry.attempts) == ("unknown", 2)
    assert len(sink.arrived) == 2


def test_an_emergency_goes_once_more_also_after_it_was_turned_away(
    riverside, sink, gas_leak
):
    make_person(riverside, "Ann", email="ann@example.org")
    sink.faults["ann@example.org"] = Refuse(451, "try later")
    dispatch = flow.fanned_out(riverside, event=gas_leak)
    flow.deliver()
    sink.faults["ann@example.org"] = Drop("DOT")
    flow.make_due()
    flow.deliver()
    assert (only(dispatch).status, only(dispatch).reason) == ("retrying", "doubt")
    flow.make_due()
    flow.deliver()
    entry = only(dispatch)
    assert (entry.status, entry.attempts) == ("unknown", 3)
    assert len(sink.arrived) == 2


def test_an_emergency_has_no_way_out_at_its_foot(riverside, sink, gas_leak):
    make_person(riverside, "Ann", email="ann@example.org")
    flow.fanned_out(riverside, event=gas_leak)
    flow.deliver()
    assert "List-Unsubscribe" not in sink.arrived[0].message


def test_a_missing_value_fails_one_person_and_names_itself(riverside, sink):
    words = Compiled("News", "<p>To {{ unit }}</p>", "To {{ unit }}")
    make_person(riverside, "Ann", email="ann@example.org", unit="12")
    make_person(riverside, "Bob", email="bob@example.org")
    dispatch = flow.fanned_out(riverside, words=words)
    flow.deliver()
    by_name = dict(flow.entries(dispatch).values_list("recipient__name", "status"))
    assert by_name == {"Ann": "sent", "Bob": "failed"}
    failed = flow.entries(dispatch).get(status="failed")
    assert failed.detail == "MissingValue: unit"
    assert failed.history.get().status == "failed"


def test_a_name_that_would_break_the_subject_fails_alone(riverside, sink):
    make_person(riverside, "Ann\nBcc: x@example.org", email="ann@example.org")
    make_person(riverside, "Bob", email="bob@example.org")
    dispatch = flow.fanned_out(riverside)
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 1, "failed": 1}
    assert flow.entries(dispatch).get(status="failed").detail.startswith("UnsafeHeader")


def test_a_broken_channel_loses_nothing(riverside, settings):
    make_people(riverside, 3)
    settings.TOCSIN_CHANNELS = {"email": "tests.delivery.broken.Broken"}
    dispatch = flow.fanned_out(riverside)
    flow.deliver()
    # The one in its hands may have gone out; the others were not asked for.
    counts = flow.statuses(dispatch)
    assert counts["unknown"] >= 1
    assert sum(counts.values()) == 3
    assert dispatching.sheet(dispatch).balanced


def test_a_channel_that_is_not_set_up_keeps_its_messages_waiting(
    riverside, settings, sink
):
    make_people(riverside, 2)
    set_up, settings.TOCSIN_CHANNELS = settings.TOCSIN_CHANNELS, {}
    dispatch = flow.fanned_out(riverside)
    flow.deliver()
    assert flow.statuses(dispatch) == {"planned": 2}
    settings.TOCSIN_CHANNELS = set_up
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 2}
