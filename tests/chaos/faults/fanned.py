"""7: workers killed while they write down who gets it."""

from __future__ import annotations

import random
import time

from tests.chaos.balance import Balance
from tests.chaos.faults.stopped import do, ready_to
from tests.chaos.findings import Finding, told
from tests.chaos.hall import Place, mail_stage
from tests.chaos.machine import Machine

CURSOR = "SELECT fanned_out_to, fanned_out_at FROM notifications_dispatch"
COUNTS = """
    SELECT (SELECT COUNT(*) FROM notifications_recipient
            WHERE NOT for_staff),
        (SELECT COUNT(*) FROM notifications_notificationlog),
        (SELECT COUNT(DISTINCT recipient_id) FROM notifications_notificationlog),
        (SELECT COUNT(*) FROM notifications_notificationlog WHERE status = 'planned'),
        (SELECT COALESCE(SUM(size), 0) FROM notifications_batch WHERE done_at IS NULL)
"""


def fan_out(
    finding: Finding, place: Place, *, people: int = 50_000, kills: int = 20
) -> None:
    """Whoever goes on writes down exactly the people that nobody has yet."""
    with mail_stage(place, people, rate=5000) as (machine, sink):
        # Nothing is sent meanwhile, so that it is the writing that is hit.
        do(ready_to(machine, "pause"))
        marks = _kill_along(machine, kills)
        machine.worker()
        machine.wait_until(lambda: _cursor(machine)[1] is not None)
        expected, entries, persons, planned, carried = machine.database.ask(COUNTS)[0]
        finding.injected = (
            f"{len(marks)} kills with {marks[0]} to {marks[-1]} of {people} people "
            "written down"
            if marks
            else "nothing"
        )
        finding.require(len(marks) == kills, f"only {len(marks)} of {kills} fell in it")
        finding.require(any(marks), "nothing was written before any of them")
        finding.expect(
            entries == persons == planned == carried == expected == people,
            f"{entries} entries for {persons} of {expected} people, {planned} planned, "
            f"{carried} in batches",
        )
        do(ready_to(machine, "resume"))
        machine.settle()
        balance = Balance.of(machine, sink.record)
        finding.found = f"{entries} entries, one each; then {told(balance)}"
        finding.short += balance.lost(people) + balance.mislabelled()
        finding.expect(not balance.doubles, f"{len(balance.doubles)} doubles")
        finding.expect(not balance.unknown, f"{len(balance.unknown)} unknown")
        finding.close(machine)


def _kill_along(machine: Machine, kills: int) -> list[int]:
    """How many were written down at each kill that fell before the end."""
    marks: list[int] = []
    for _number in range(kills):
        before = _cursor(machine)
        worker = machine.worker()
        while _cursor(machine) == before and before[1] is None:
            time.sleep(0.001)
        # Somewhere in the next chunk, or between two.
        time.sleep(random.uniform(0, 0.03))  # noqa: S311 - no secret
        machine.kill(worker)
        if _cursor(machine)[1] is not None:
            break
        marks.append(sum(machine.statuses().values()))
    return marks


def _cursor(machine: Machine) -> tuple[int, object]:
    to, at = machine.database.ask(CURSOR)[0]
    return to, at
