"""4: no room on the disk, a worker that stood still, a clock that is wrong."""

from __future__ import annotations

import os
import re
import signal
import time

from tests.chaos.balance import Balance
from tests.chaos.clock import Clock
from tests.chaos.findings import Finding, told
from tests.chaos.hall import ROUTINE, Apart, HallPlace, Place, mail_stage
from tests.chaos.machine import Machine, Process
from tests.chaos.record import Came
from tests.chaos.small_disk import SmallDisk

HOUR = 3600
#: Entries that history calls sent more than once.
TWICE = """
    SELECT id FROM notifications_historicalnotificationlog
    WHERE status = 'sent' GROUP BY id HAVING COUNT(*) > 1
"""
#: Messages a second while the disk has room.
RATE = 150
FULL = re.compile(r"disk is full|disk I/O error|No space left", re.IGNORECASE)


def disk_full(
    finding: Finding, place: HallPlace, *, people: int = 4000, seconds: float = 12
) -> None:
    """What was sent while nothing could be written is written down afterwards."""
    if os.getuid():
        finding.require(False, "a small disk can be mounted by root alone")
        return
    folder = place.hall.new_folder() / "disk"
    with SmallDisk(folder, 400) as disk, Apart(place, disk.folder, {}) as there:
        _fill_in_the_middle(finding, there, disk, people, seconds)


def _fill_in_the_middle(
    finding: Finding, place: Apart, disk: SmallDisk, people: int, seconds: float
) -> None:
    with mail_stage(place, people, rate=RATE) as (machine, sink):
        workers = [machine.worker(), machine.worker()]
        sink.record.wait_for(people // 4)
        before = sink.record.there
        disk.fill(seconds)
        meanwhile = sink.record.there - before
        again = _bring_back(place, machine, workers)
        machine.settle()
        balance = Balance.of(machine, sink.record)
        finding.injected = (
            f"no byte left for {seconds:.0f} s after {before} of {people} messages; "
            f"{meanwhile} more came meanwhile; {again}"
        )
        log = machine.log.read_text() + (place.server.log() if place.server else "")
        slower = meanwhile < RATE * seconds / 2
        finding.require(slower or FULL.search(log), "nobody felt it")
        _judge(finding, balance, people)
        finding.close(machine)


def _bring_back(place: Apart, machine: Machine, workers: list[Process]) -> str:
    """What a supervisor does with whoever did not survive it."""
    gone = ""
    if place.server is not None and not place.server.running():
        place.server.start()
        gone = "PostgreSQL and "
    dead = sum(worker.poll() is not None for worker in workers)
    for _each in range(dead):
        machine.worker()
    return f"{gone}{dead} workers had to be started again"


def frozen(
    finding: Finding, place: Place, *, people: int = 6000, event: str = ROUTINE
) -> None:
    """Who wakes up after his lease has run out changes nothing any more."""
    with mail_stage(place, people, event=event, rate=60) as (machine, sink):
        sleeper = machine.worker()
        sink.record.wait_for(people // 10)
        held = _freeze_in_the_middle(machine, sleeper)
        began, before = time.monotonic(), sink.record.there
        machine.worker()
        machine.wait_until(lambda: not held & machine.sending())
        asleep = time.monotonic() - began
        judged = _stand(machine, held)
        over = machine.over()
        sleeper.send_signal(signal.SIGCONT)
        machine.settle()
        balance = Balance.of(machine, sink.record)
        code = machine.stop(sleeper)
        finding.injected = (
            f"frozen for {asleep:.0f} s after {before} of {people} messages with "
            f"{len(held)} in hand"
        )
        finding.require(held, "nothing was in hand")
        finding.require(not over, "it woke up after the end")
        finding.expect(not code, f"it ended with {code}")
        _judge(finding, balance, people)
        if event == ROUTINE:
            changed = judged ^ _stand(machine, held)
            finding.expect(not changed, f"{len(changed)} were overwritten by it")
        twice = machine.database.ask(TWICE)
        finding.expect(not twice, f"{len(twice)} were sent twice, says history")
        ids = {pk for pk, _attempt in held}
        beyond = {a for a in balance.doubles if balance.entries[a] not in ids}
        finding.expect(not beyond, f"{len(beyond)} doubles that it had not in hand")
        finding.expect(balance.unknown <= ids, "unknown ones that it had not in hand")
        finding.close(machine)


def wrong_clock(finding: Finding, place: HallPlace, *, people: int = 4000) -> None:
    """An hour ahead, a worker killed there, and then three hours behind.

    The clock of the whole machine: of PostgreSQL too.
    """
    folder = place.hall.new_folder()
    clock = Clock(folder)
    with Apart(place, folder, clock.environment) as there:
        _put_the_clock_wrong(finding, there, clock, people)


def _put_the_clock_wrong(
    finding: Finding, place: Apart, clock: Clock, people: int
) -> None:
    stage = mail_stage(place, people, rate=100, verdict=busy_at_first)
    with stage as (machine, sink):
        first = machine.worker()
        machine.worker()
        marks, held = [], set()
        for part, ahead in ((0.25, HOUR), (0.6, -3 * HOUR)):
            sink.record.wait_for(int(people * part))
            marks.append(sink.record.there)
            if ahead < 0:
                # Its leases reach four hours into the time that begins now.
                machine.kill(first)
            # Any lease may seem to have run out for somebody at this moment.
            held |= machine.sending()
            clock.put(ahead)
            held |= machine.sending()
        machine.worker()
        machine.settle()
        balance = Balance.of(machine, sink.record)
        finding.injected = (
            f"clock +1 h after {marks[0]}, a worker killed and −3 h after {marks[1]} "
            f"of {people} messages"
        )
        _judge(finding, balance, people)
        finding.expect(not balance.doubles, f"{len(balance.doubles)} doubles")
        ids = {pk for pk, _attempt in held}
        finding.expect(balance.unknown <= ids, "unknown ones that nobody had in hand")
        put_off = sink.record.addresses(Came.TEMPORARY) & balance.at("sent")
        finding.require(put_off, "nobody was tried again")
        finding.close(machine)


def busy_at_first(address: str, attempt: int) -> Came:
    """One of fifty is put off once, so that something waits for a time of day."""
    off = attempt == 1 and number_of(address) % 50 == 0
    return Came.TEMPORARY if off else Came.ARRIVED


def number_of(address: str) -> int:
    return int(re.sub(r"\D", "", address))


def _freeze_in_the_middle(machine: Machine, worker: Process) -> set[tuple[int, int]]:
    """Stop it while it is with the provider, not in the middle of a transaction.

    A process that stands still inside one blocks every other writer of a SQLite file,
    which no program can change.
    """
    while True:
        worker.send_signal(signal.SIGSTOP)
        time.sleep(0.05)
        held = machine.sending()
        if held and machine.database.writable():
            return held
        worker.send_signal(signal.SIGCONT)
        time.sleep(0.05)


def _stand(machine: Machine, held: set[tuple[int, int]]) -> set[tuple[int, str, int]]:
    """How these entries stand now."""
    keys = {pk for pk, _attempt in held}
    rows = machine.database.ask(
        "SELECT id, status, attempts FROM notifications_notificationlog"
    )
    return {row for row in rows if row[0] in keys}


def _judge(finding: Finding, balance: Balance, people: int) -> None:
    finding.found = told(balance)
    finding.require(balance.arrived, "nothing was sent")
    finding.short += balance.lost(people) + balance.mislabelled()
