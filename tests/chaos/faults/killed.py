"""1, 2: workers killed while they send."""

from __future__ import annotations

from zlib import crc32

from tests.chaos.balance import Balance, doubles_beyond
from tests.chaos.findings import Finding, told
from tests.chaos.hall import EMERGENCY, ROUTINE, Place, keyed_stage, mail_stage
from tests.chaos.killing import Ends, kill_along
from tests.chaos.record import Came

HISTORY = """
    SELECT DISTINCT history.id
    FROM notifications_historicalnotificationlog history
    WHERE history.status = 'unknown'
"""


def routine(
    finding: Finding, place: Place, *, people: int = 10_000, kills: int = 50
) -> None:
    """An ordinary announcement: nobody twice, and every doubt is listed."""
    with mail_stage(place, people, rate=400) as (machine, sink):
        ends, _worker = kill_along(machine, sink.record, kills, people)
        machine.settle()
        balance = Balance.of(machine, sink.record)
        _tell(finding, ends, kills, people, balance)
        finding.expect(not balance.doubles, f"{len(balance.doubles)} doubles")
        beyond = balance.unknown - ends.held
        finding.expect(not beyond, f"{len(beyond)} unknown that nobody had in hand")
        listed = {row[0] for row in machine.database.ask(HISTORY)}
        finding.expect(balance.unknown <= listed, "unknown ones without a history")
        finding.close(machine)


def emergency(
    finding: Finding, place: Place, *, people: int = 10_000, kills: int = 50
) -> None:
    """A double beats a miss, but only for who was in hand."""
    stage = mail_stage(place, people, event=EMERGENCY, rate=400)
    with stage as (machine, sink):
        ends, _worker = kill_along(machine, sink.record, kills, people)
        machine.settle()
        balance = Balance.of(machine, sink.record)
        _tell(finding, ends, kills, people, balance)
        beyond = doubles_beyond(balance, ends.held)
        finding.expect(not beyond, f"{beyond} doubles of what nobody had in hand")
        doubles, in_hand = sum(balance.doubles.values()), sum(ends.in_hand)
        finding.expect(doubles <= in_hand, f"{doubles} doubles of {in_hand} in hand")
        beyond = len(balance.unknown - ends.held)
        finding.expect(not beyond, f"{beyond} unknown that nobody had in hand")
        missed = set(balance.statuses) - set(balance.arrived) - balance.at("unknown")
        finding.expect(not missed, f"{len(missed)} never got it")
        finding.close(machine)


def keyed(
    finding: Finding, place: Place, *, people: int = 10_000, kills: int = 50
) -> None:
    """A provider that knows keys: nobody twice, and nothing unknown."""
    with keyed_stage(place, people, rate=400) as (machine, provider):
        ends, _worker = kill_along(machine, provider.record, kills, people)
        machine.settle()
        balance = Balance.of(machine, provider.record)
        _tell(finding, ends, kills, people, balance)
        again = sum(1 for line in provider.record.lines if line.what is Came.REPEATED)
        finding.found += f"; {again} second ones dropped by their keys"
        finding.expect(not balance.doubles, f"{len(balance.doubles)} doubles")
        finding.expect(not balance.unknown, f"{len(balance.unknown)} unknown")
        finding.require(again, "no second message was dropped by its key")
        finding.close(machine)


def errors_in_an_emergency(
    finding: Finding, place: Place, *, people: int = 4000, kills: int = 20
) -> None:
    """The same in lane 0: who is in doubt gets it once more, whatever came before."""
    errors(finding, place, people=people, kills=kills, event=EMERGENCY)


def errors(
    finding: Finding,
    place: Place,
    *,
    people: int = 4000,
    kills: int = 20,
    event: str = ROUTINE,
) -> None:
    """A provider that errs, and a worker that dies."""
    stage = mail_stage(
        place, people, event=event, rate=200, verdict=erring, EMAIL_TIMEOUT="3"
    )
    with stage as (machine, sink):
        ends, _worker = kill_along(machine, sink.record, kills, people)
        machine.settle()
        balance = Balance.of(machine, sink.record)
        _tell(finding, ends, kills, people, balance)
        failed, refused = balance.at("failed"), set(balance.refused)
        in_doubt = refused & balance.at("unknown")
        finding.found += (
            f"; {len(refused)} refused for good, {len(in_doubt)} of them in hand "
            "at a kill"
        )
        finding.expect(failed <= refused, f"{len(failed - refused)} failed wrongly")
        held = {a for a, pk in balance.entries.items() if pk in ends.held}
        wrong = refused - failed - (in_doubt & held)
        finding.expect(not wrong, f"{len(wrong)} refused ones are not failed")
        hung = sink.record.addresses(Came.HUNG)
        finding.require(hung and refused, "nothing was refused, or nothing hung")
        tried = sink.record.addresses(Came.TEMPORARY)
        finding.require(tried & balance.at("sent"), "no temporary error was overcome")
        unknown = balance.at("unknown") - hung - held
        finding.expect(not unknown, f"{len(unknown)} unknown without a reason")
        risked = held | hung if event == EMERGENCY else set()
        doubles = set(balance.doubles) - risked
        finding.expect(not doubles, f"{len(doubles)} doubles")
        finding.close(machine)


def errors_with_keys(
    finding: Finding, place: Place, *, people: int = 4000, kills: int = 20
) -> None:
    """The same where a doubt is cleared by asking again: not one may be missing."""
    stage = keyed_stage(place, people, rate=200, verdict=erring, EMAIL_TIMEOUT="3")
    with stage as (machine, provider):
        ends, _worker = kill_along(machine, provider.record, kills, people)
        machine.settle()
        balance = Balance.of(machine, provider.record)
        _tell(finding, ends, kills, people, balance)
        failed, refused = balance.at("failed"), set(balance.refused)
        finding.found += f"; {len(refused)} refused for good"
        finding.expect(failed == refused, f"{len(failed ^ refused)} failed wrongly")
        hung = provider.record.addresses(Came.HUNG)
        finding.require(hung and refused, "nothing was refused, or nothing hung")
        tried = provider.record.addresses(Came.TEMPORARY)
        finding.require(tried & balance.at("sent"), "no temporary error was overcome")
        finding.expect(not balance.unknown, f"{len(balance.unknown)} unknown")
        finding.expect(not balance.doubles, f"{len(balance.doubles)} doubles")
        finding.close(machine)


def erring(address: str, attempt: int) -> Came:
    """Of a hundred people ten are put off, five refused, and one gets no answer.

    Who is asked again after a kill is put off no more, and answered.
    """
    lot = crc32(b"lot " + address.encode()) % 100
    if lot < 5:
        return Came.PERMANENT
    if attempt > 1 or lot > 15:
        return Came.ARRIVED
    return Came.TEMPORARY if lot < 15 else Came.HUNG


def _tell(
    finding: Finding, ends: Ends, wanted: int, people: int, balance: Balance
) -> None:
    marks = ends.at or [0]
    finding.injected = (
        f"{ends.number} kills after {marks[0]} to {marks[-1]} of {people} messages, "
        f"{sum(ends.in_hand)} in hand at them"
    )
    finding.found = told(balance)
    finding.invalid += ends.why_invalid(wanted)
    finding.require(balance.arrived, "nothing was sent")
    finding.short += balance.lost(people) + balance.mislabelled()
