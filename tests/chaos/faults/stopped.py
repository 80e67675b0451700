"""5, 6: workers told to stop, messages cancelled, people who want no more."""

from __future__ import annotations

from tests.chaos.balance import Balance
from tests.chaos.findings import Finding, told
from tests.chaos.hall import Place, mail_stage
from tests.chaos.killing import stop_along
from tests.chaos.machine import Machine, Process


def deploys(
    finding: Finding, place: Place, *, people: int = 5000, stops: int = 10
) -> None:
    """A worker told to stop finishes what it holds, and nothing is in doubt."""
    with mail_stage(place, people, rate=400) as (machine, sink):
        ends, _worker = stop_along(machine, sink.record, stops, people)
        machine.settle()
        balance = Balance.of(machine, sink.record)
        marks = ends.at or [0]
        finding.injected = (
            f"{ends.number} SIGTERMs after {marks[0]} to {marks[-1]} of {people}"
        )
        finding.found = told(balance)
        finding.invalid += ends.why_invalid(stops)
        finding.short += balance.lost(people) + balance.mislabelled()
        finding.expect(not any(ends.codes), f"exit codes {ends.codes}")
        finding.expect(not any(ends.in_hand), f"left in hand: {ends.in_hand}")
        (beats,) = machine.database.ask("SELECT COUNT(*) FROM notifications_workerbeat")
        finding.expect(beats[0] <= 1, f"{beats[0]} workers seem alive, of one")
        finding.expect(not balance.doubles, f"{len(balance.doubles)} doubles")
        finding.expect(not balance.unknown, f"{len(balance.unknown)} unknown")
        finding.close(machine)


def cancelled(finding: Finding, place: Place, *, people: int = 4000) -> None:
    """Who waits when it is cancelled never gets it."""
    _stop_in_the_middle(finding, place, people, deed="cancel", becomes="cancelled")


def opted_out(finding: Finding, place: Place, *, people: int = 4000) -> None:
    """Everybody opts out at once; who waits then never gets it."""
    _stop_in_the_middle(finding, place, people, deed="opt-out", becomes="skipped")


def _stop_in_the_middle(
    finding: Finding, place: Place, people: int, *, deed: str, becomes: str
) -> None:
    with mail_stage(place, people, rate=400) as (machine, sink):
        hand = ready_to(machine, deed)
        machine.worker()
        machine.worker()
        sink.record.wait_for(people * 2 // 5)
        before = sink.record.there
        do(hand)
        # In this order: what comes later can only be of what was in hand.
        in_hand = len(machine.sending())
        committed = sink.record.there
        machine.wait_until(lambda: not machine.statuses().keys() & {*WAITING})
        balance = Balance.of(machine, sink.record)
        stopped = balance.at(becomes)
        finding.injected = (
            f"{deed} after {before} of {people} messages, on record after {committed}, "
            f"{in_hand} in hand then"
        )
        finding.found = told(balance)
        finding.require(before, "nothing was sent")
        finding.require(stopped, "nothing was left to stop")
        late = sink.record.there - committed
        finding.expect(late <= in_hand, f"{late} arrived of {in_hand} in hand")
        finding.short += balance.lost(people) + balance.mislabelled()
        finding.expect(not balance.doubles, f"{len(balance.doubles)} doubles")
        finding.expect(not balance.unknown, f"{len(balance.unknown)} unknown")
        finding.close(machine)


WAITING = ("planned", "sending", "retrying")


def ready_to(machine: Machine, deed: str) -> Process:
    """A hand that waits for the moment."""
    hand = machine.program("tests.chaos.scene", "wait", deed)
    assert hand.stdout is not None
    assert hand.stdout.readline() == "ready\n", machine.tail()
    return hand


def do(hand: Process) -> None:
    """Now; back when it is committed."""
    said, _nothing = hand.communicate("now\n")
    assert said == "done\n", said
