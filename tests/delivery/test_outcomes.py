"""Outcomes are written once, however often a worker has to say them."""

from __future__ import annotations

import logging

import pytest
from django.db import OperationalError

from notifications import delivery, invariants
from notifications.channels import Outcome, Receipt
from notifications.delivery import looking, outcomes, verdicts, working
from notifications.delivery.policy import ORDINARY
from notifications.models import Batch, NotificationLog
from tests import flow
from tests.delivery.scripted import accepted, answering
from tests.personas import make_people

pytestmark = pytest.mark.services


def test_said_twice_they_are_written_once_and_nobody_complains(riverside, caplog):
    make_people(riverside, 4)
    dispatch = flow.fanned_out(riverside)
    taken = delivery.lease(flow.LANES, "one")
    marked = looking.take_window(taken, 10).entries
    told = [
        verdicts.judge(
            entry,
            Receipt("", outcome, "smtp", reason="451 later"),
            ORDINARY,
            deduplicates=False,
        )
        for entry, outcome in zip(
            marked, [Outcome.ACCEPTED, Outcome.TEMPORARY] * 2, strict=True
        )
    ]
    say = (taken, told, lambda pk: ORDINARY, "office@example.org")
    assert outcomes.record(*say) == 4
    with caplog.at_level(logging.WARNING):
        assert outcomes.record(*say) == 0
    assert caplog.records == []
    assert flow.statuses(dispatch) == {"sent": 2, "retrying": 2}
    assert NotificationLog.history.count() == 4
    assert Batch.objects.filter(leased_until=None).count() == 1
    looking.take_window(taken, 10)
    looking.put_down(taken)
    assert invariants.check() == []


def test_somebody_else_has_judged_them_and_that_is_said(riverside, caplog):
    make_people(riverside, 1)
    dispatch = flow.fanned_out(riverside)
    taken = delivery.lease(flow.LANES, "slow")
    [entry] = looking.take_window(taken, 10).entries
    flow.let_leases_run_out()
    delivery.recover(flow.LANES)
    late = [verdicts.unwritable(entry, "too late")]
    with caplog.at_level(logging.WARNING):
        outcomes.record(taken, late, lambda pk: ORDINARY, "office@example.org")
    assert "judged by somebody else" in caplog.text
    assert flow.statuses(dispatch) == {"unknown": 1}


def test_while_the_database_is_away_outcomes_wait_and_none_is_lost(
    riverside, monkeypatch
):
    make_people(riverside, 3)
    dispatch = flow.fanned_out(riverside)
    real, calls = outcomes.record, []

    def away_at_first(*args):
        calls.append(1)
        if len(calls) <= 3:
            raise OperationalError("the server closed the connection")
        return real(*args)

    monkeypatch.setattr(working, "record", away_at_first)
    monkeypatch.setattr(working, "PAUSES", (0.0,))
    monkeypatch.setattr(working, "LONGEST_PAUSE", 0.0)
    monkeypatch.setattr(working, "connection", NoTransaction())
    answering(monkeypatch, accepted)
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 3}
    assert len(calls) >= 4


def test_marks_whose_commit_was_not_heard_of_are_given_back(
    riverside, monkeypatch, sink
):
    make_people(riverside, 3)
    dispatch = flow.fanned_out(riverside)
    real = working.take_window

    def unheard(lease, limit):
        real(lease, limit)
        monkeypatch.setattr(working, "take_window", real)
        raise OperationalError("the connection was lost while committing")

    monkeypatch.setattr(working, "take_window", unheard)
    flow.deliver()
    assert flow.statuses(dispatch) == {"sent": 3}
    assert len(sink.arrived) == 3
    assert {entry.attempts for entry in flow.entries(dispatch)} == {1}
    assert invariants.check() == []


class NoTransaction:
    """A connection outside any transaction, as a worker's is."""

    in_atomic_block = False

    def close(self) -> None:
        pass
