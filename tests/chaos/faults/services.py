"""3: the services that everything stands on, restarted, emptied and stopped."""

from __future__ import annotations

import time

from tests.chaos.balance import Balance, begun
from tests.chaos.findings import Finding, told
from tests.chaos.hall import HallPlace, mail_stage
from tests.chaos.machine import Machine
from tests.chaos.record import Record

#: Seconds from a service that answers again to the next message that was begun since.
SOON = 2.0
#: So long nothing arrives before Redis, stopped, is started again.
SILENT = 3.0


def postgres_restarted(
    finding: Finding, place: HallPlace, *, people: int = 4000, restarts: int = 5
) -> None:
    """What was sent while the database was away is written down afterwards."""
    server = place.hall.postgres
    with mail_stage(place, people, rate=200) as (machine, sink):
        machine.worker()
        machine.worker()
        ready: list[float] = []
        marks = []
        for number in range(restarts):
            sink.record.wait_for(people * (number + 1) // (restarts + 2))
            server.stop("immediate")
            marks.append(sink.record.there)
            server.start()
            server.wait_until_ready()
            ready.append(time.time())
        machine.settle()
        finding.injected = (
            f"{restarts} restarts (-m immediate) after {marks[0]} to {marks[-1]} of "
            f"{people} messages"
        )
        _judge(finding, machine, sink.record, people, ready)


def redis_stopped(finding: Finding, place: HallPlace, *, people: int = 4000) -> None:
    """A doorbell without a memory, and then none at all."""
    redis = place.hall.redis
    doorbell = {"REDIS_URL": redis.url, "REDIS_PREFIX": place.hall.new_folder().name}
    with mail_stage(place, people, rate=200, **doorbell) as (machine, sink):
        record = sink.record
        machine.worker()
        machine.worker()
        record.wait_for(people // 4)
        redis.flush()
        flushed_at = (time.time(), record.there)
        record.wait_for(people // 2)
        redis.stop()
        stopped = record.there
        # A worker finishes what it was woken for; some need no waking at all.
        enough = stopped + people // 4
        machine.wait_until(lambda: _silent(record) or record.there > enough)
        without = record.there - stopped
        redis.start()
        ready = time.time()
        machine.settle()
        finding.injected = (
            f"Redis flushed after {flushed_at[1]} of {people} messages and stopped "
            f"after {stopped}; {without} more came without it"
        )
        _judge(finding, machine, record, people, [flushed_at[0], ready])


def _silent(record: Record) -> bool:
    return time.time() - record.lines[-1].at > SILENT


def _judge(
    finding: Finding,
    machine: Machine,
    record: Record,
    people: int,
    ready: list[float],
) -> None:
    balance = Balance.of(machine, record)
    pauses = [_pause(machine, record, moment) for moment in ready]
    shown = ", ".join("never" if each is None else f"{each:.1f}" for each in pauses)
    finding.found = f"{told(balance)}; next message after {shown} s"
    finding.require(balance.arrived, "nothing was sent")
    for pause in pauses:
        if pause is None:
            finding.require(False, "nothing was begun after a service came back")
        else:
            finding.expect(pause <= SOON, f"{pause:.1f} s to the next message")
    finding.short += balance.lost(people) + balance.mislabelled()
    finding.expect(not balance.doubles, f"{len(balance.doubles)} doubles")
    # No worker died: it knows what became of everything that it sent.
    finding.expect(not balance.unknown, f"{len(balance.unknown)} unknown")
    finding.close(machine)


def _pause(machine: Machine, record: Record, moment: float) -> float | None:
    """Seconds to the arrival of the first that was begun after a moment."""
    since = {address for address, at in begun(machine).items() if at > moment}
    return record.first_after(moment, since)
