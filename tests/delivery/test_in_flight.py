"""While some are under way nothing is over; what is known stays, whatever happens."""

from __future__ import annotations

import threading
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from notifications import delivery, scope
from notifications.actions import dispatches
from notifications.channels import Outcome, Receipt
from notifications.channels.registry import Provider
from notifications.composing import InvalidTemplate, Problem
from notifications.delivery import looking, recovering, verdicts, working
from notifications.delivery.policy import ORDINARY
from notifications.lifecycle import EntryReason
from notifications.models import Batch, NotificationLog, OptOut
from notifications.models.moves import finish
from tests import flow
from tests.delivery.scripted import Scripted, accepted, answering, refused
from tests.delivery.test_locks import wait_until_it_waits
from tests.personas import make_people, make_person

pytestmark = pytest.mark.services


class Died(BaseException):
    """The worker was killed; nothing catches this."""


class Pipelined(Scripted):
    """Takes all that it can get before it answers the first, as a pool does."""

    def send(self, messages):
        taken = list(messages)
        for message in taken:
            self.asked.append(message.to)
            yield self.answer(message)


@pytest.fixture
def pipelined(monkeypatch):
    def begin(answer):
        channel = Pipelined(answer)
        monkeypatch.setattr(Provider, "create", lambda provider: channel)
        return channel

    return begin


def later(message):
    return Receipt(message.key, Outcome.TEMPORARY, "scripted", reason="451 later")


def test_a_dispatch_is_not_done_while_its_last_message_is_under_way(
    riverside, pipelined
):
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)

    def answer(message):
        finish([dispatch.pk])  # As the sweep does every second.
        return later(message)

    pipelined(answer)
    flow.deliver()
    dispatch.refresh_from_db()
    assert dispatch.status == "sending"
    pipelined(accepted)
    flow.make_due()
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 2}
    dispatch.refresh_from_db()
    assert dispatch.status == "done"


@pytest.mark.parametrize("stop", ["", "pause", "cancel"])
def test_killed_with_the_last_ones_under_way_they_are_judged(
    riverside, ada, pipelined, stop, monkeypatch
):
    make_people(riverside, 60)
    dispatch = flow.fanned_out(riverside)
    marked = []
    take = looking.take_window

    def stopped_after_the_first(*args):
        if marked and stop:
            dispatch.refresh_from_db()
            getattr(dispatches, stop)(dispatch, by=ada)
        marked.append(1)
        return take(*args)

    monkeypatch.setattr(working, "take_window", stopped_after_the_first)

    def answer(message):
        raise Died

    pipelined(answer)
    with pytest.raises(Died):
        flow.deliver()
    monkeypatch.setattr(working, "take_window", take)
    flow.let_leases_run_out()
    delivery.recover(flow.LANES)
    found = flow.statuses(dispatch)
    assert "sending" not in found
    assert found["unknown"] == (50 if stop else 60)


def test_words_that_can_no_longer_be_read_fail_and_say_so(riverside, monkeypatch):
    channel = answering(monkeypatch, accepted)
    make_people(riverside, 2)
    dispatch = flow.fanned_out(riverside)
    unreadable = InvalidTemplate([Problem("The message cannot be read.")])
    monkeypatch.setattr(working, "Letters", Mock(side_effect=unreadable))
    flow.deliver()
    assert flow.statuses(dispatch) == {"failed": 2}
    assert channel.asked == []
    dispatch.refresh_from_db()
    assert dispatch.status == "done"


def test_what_nobody_foresaw_makes_nothing_unknown_and_waits_a_little(
    riverside, monkeypatch
):
    channel = answering(monkeypatch, accepted)
    make_people(riverside, 3)
    dispatch = flow.fanned_out(riverside)
    write = working.Letters.write

    def write_two(letters, entry):
        if len(channel.asked) == 2:
            raise ZeroDivisionError
        return write(letters, entry)

    with monkeypatch.context() as patched:
        patched.setattr(working.Letters, "write", write_two)
        flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 2, "retrying": 1}
    waiting = Batch.objects.filter(done_at=None)
    assert not waiting.exclude(due_at=None).filter(leased_until__isnull=False).exists()
    flow.make_due()
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 3}


def test_an_event_that_is_no_more_is_no_endless_loop(riverside, monkeypatch):
    answering(monkeypatch, accepted)
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside)
    type(dispatch)._base_manager.update(event="gone_with_the_upgrade")
    flow.deliver()
    assert flow.statuses(dispatch) == {"planned": 1}
    batch = Batch.objects.get()
    assert batch.due_at > timezone.now() + timedelta(seconds=20)
    assert batch.leased_until is None


def test_what_no_database_takes_costs_nobody_the_outcome(riverside, monkeypatch):
    def answer(message):
        return Receipt(message.key, Outcome.ACCEPTED, "a\x00b", "id\x00\ud800")

    answering(monkeypatch, answer)
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside)
    flow.deliver()
    entry = flow.entries(dispatch).get()
    assert (entry.status, entry.provider) == ("sent", "a\ufffdb")
    assert entry.provider_id == "id\ufffd\ufffd"


@pytest.fixture
def doubted(riverside):
    """One entry that may have arrived, and is to be tried again."""
    make_person(riverside, "Ann", email="ann@example.org")
    dispatch = flow.fanned_out(riverside)
    flow.entries(dispatch).update(
        status="retrying", reason=EntryReason.DOUBT, provider="first", attempts=1
    )
    return dispatch


def test_in_doubt_a_refusal_leaves_it_unknown(doubted, monkeypatch):
    answering(monkeypatch, refused)
    flow.deliver()
    assert flow.statuses(doubted) == {"unknown": 1}


def test_who_drops_doubles_and_refuses_has_not_taken_it_before(doubted):
    taken = delivery.lease(flow.LANES, "one")
    [entry] = looking.take_window(taken, 5).entries
    receipt = Receipt("", Outcome.PERMANENT, "first", reason="550 nobody here")
    verdict = verdicts.judge(entry, receipt, ORDINARY, deduplicates=True)
    assert verdict.status == "failed"


def test_in_doubt_an_opt_out_leaves_it_unknown_and_nothing_is_sent(
    doubted, riverside, monkeypatch
):
    channel = answering(monkeypatch, accepted)
    ann = flow.entries(doubted).get().recipient
    OptOut.objects.create(cluster=riverside, recipient=ann, source="link")
    flow.deliver()
    assert flow.statuses(doubted) == {"unknown": 1}
    assert channel.asked == []


@pytest.mark.parametrize("answer", [later, None])
def test_in_doubt_it_is_remembered_who_may_have_it(doubted, monkeypatch, answer):
    taken = delivery.lease(flow.LANES, "one")
    [entry] = looking.take_window(taken, 5).entries
    if answer is None:
        verdict = verdicts.untried(entry)
    else:
        receipt = Receipt("", Outcome.TEMPORARY, "second", reason="451 later")
        verdict = verdicts.judge(entry, receipt, ORDINARY, deduplicates=False)
    assert (verdict.reason, verdict.provider) == ("doubt", "first")


def test_what_kills_its_worker_does_not_do_so_for_ever(riverside, monkeypatch):
    monkeypatch.setattr(recovering, "_deduplicates", lambda channel: True)
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside)
    seen = []
    for _death in range(recovering.MOST_TRIES):
        looking.take_window(delivery.lease(flow.LANES, "dead"), 5)
        flow.let_leases_run_out()
        delivery.recover(flow.LANES)
        seen += flow.statuses(dispatch)
    assert seen == ["retrying"] * (recovering.MOST_TRIES - 1) + ["unknown"]


def test_who_waits_for_a_provider_waits_no_longer_than_a_day_in_all(
    riverside, monkeypatch
):
    make_people(riverside, 3)
    dispatch = flow.fanned_out(riverside)
    long_ago = timezone.now() - timedelta(hours=23)
    dispatch.batches.update(troubled_since=long_ago)

    def answer(message):
        if channel.asked[1:]:
            raise AssertionError("asked for more than one")
        return Receipt(
            message.key, Outcome.TEMPORARY, "scripted", reason="away", asked=False
        )

    channel = answering(monkeypatch, answer)
    stopped = lambda: bool(channel.asked)  # noqa: E731
    flow.deliver(stopping=stopped)
    assert flow.statuses(dispatch) == {"retrying": 3}
    since = flow.entries(dispatch).values_list("batch__troubled_since", flat=True)
    assert set(since) == {long_ago}


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer at a time as it is"
)
def test_an_outcome_that_is_being_written_is_not_judged_over(
    transactional_db, quiet_bell, riverside
):
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside)
    looking.take_window(delivery.lease(flow.LANES, "slow"), 5)
    flow.let_leases_run_out()

    def recovers():
        try:
            with scope.every_cluster():
                delivery.recover(flow.LANES)
        finally:
            connections.close_all()

    other = threading.Thread(target=recovers)
    with transaction.atomic():
        NotificationLog._base_manager.update(status="sent", settled_at=timezone.now())
        other.start()
        wait_until_it_waits()
    other.join(20)
    assert flow.statuses(dispatch) == {"sent": 1}
