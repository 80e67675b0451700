"""9: the first of two providers goes away, and comes back."""

from __future__ import annotations

import re
import tempfile
import time
from datetime import datetime
from math import inf
from pathlib import Path

from tests.chaos.balance import Balance, begun
from tests.chaos.findings import Finding, told
from tests.chaos.hall import Place, mail_stage
from tests.chaos.machine import Machine
from tests.chaos.record import THERE, Came, Record
from tests.chaos.sink import Sink

#: Messages a second through either of them.
RATE = 100
#: Within so many errors, and seconds, it must be left alone and made up for.
ERRORS, SOON = 50, 10
SHARE = 0.95
#: Seconds over which a rate is measured.
SPAN = 5
LOGGED = re.compile(
    r"^(\S+ \S+),(\d+) \S+ tocsin\.channels provider \S+ (left|is well)"
)


def first_away(
    finding: Finding, place: Place, *, people: int = 13_000, seconds: float = 60
) -> None:
    """The second takes over, and gives back when the first is well again."""
    with (
        tempfile.TemporaryDirectory(prefix="tocsin-sink-") as folder,
        Sink(Path(folder) / "record.tsv", rate=RATE) as second,
        mail_stage(
            place,
            people,
            rate=RATE,
            EMAIL_FALLBACK_URL=f"smtp://127.0.0.1:{second.port}",
        ) as (machine, first),
    ):
        machine.worker()
        first.record.wait_for(people // 10)
        went = time.time()
        first.down = True
        machine.wait_until(lambda: time.time() > went + seconds or machine.over())
        first.down = False
        came = time.time()
        over = machine.over()
        machine.settle()
        balance = Balance.of(machine, first.record, second.record)
        finding.injected = f"the first of two providers down for {came - went:.0f} s"
        finding.found = told(balance)
        finding.require(not over, "all was sent before it came back")
        finding.short += balance.lost(people) + balance.mislabelled()
        finding.expect(not balance.doubles, f"{len(balance.doubles)} doubles")
        _left_alone(finding, machine, first.record, went)
        _made_up_for(finding, machine, (first.record, second.record), went, came)
        _given_back(finding, first.record, came)
        finding.close(machine)


def _left_alone(
    finding: Finding, machine: Machine, record: Record, went: float
) -> None:
    """How many it had turned away when its breaker opened, by the worker's log."""
    opened = next((at for at, what in _logged(machine) if what == "left"), None)
    if opened is None:
        finding.expect(False, "its breaker never opened")
        return
    away = [line.at for line in record.lines if line.what is Came.AWAY]
    errors = sum(1 for at in away if at <= opened)
    finding.found += (
        f"; breaker open after {errors} errors and {opened - went:.1f} s, "
        f"{len(away) - errors} more asked in vain"
    )
    finding.require(away, "nothing was tried with it while it was down")
    finding.expect(errors <= ERRORS, f"{errors} errors until the breaker opened")


def _made_up_for(
    finding: Finding,
    machine: Machine,
    records: tuple[Record, Record],
    went: float,
    came: float,
) -> None:
    """From when on the second gets what is sent, and how soon after it was begun."""
    first, second = records
    away = [line.at - went for line in first.lines if line.what is Came.AWAY]
    there = [line.at - went for line in second.lines if line.what in THERE]
    poor = [
        at
        for at in range(int(came - went) - SPAN)
        if _within(there, at) < SHARE * (_within(there, at) + _within(away, at))
        or not _within(there, at)
    ]
    since = poor[-1] + 1 if poor else 0
    marked = {a: at for a, at in begun(machine).items() if went < at < came}
    arrived = {line.address: line.at for line in second.lines if line.what in THERE}
    late = [a for a, at in marked.items() if arrived.get(a, inf) - at > SOON]
    share = 1 - len(late) / max(len(marked), 1)
    finding.found += (
        f"; {SHARE:.0%} through the second from second {since} on, {share:.1%} of "
        f"{len(marked)} within {SOON} s of being begun"
    )
    finding.expect(since <= SOON, f"through the second from second {since} on only")
    finding.expect(share >= SHARE, f"only {share:.1%} through the second in {SOON} s")


def _within(moments: list[float], at: int) -> int:
    return sum(at <= each < at + SPAN for each in moments)


def _given_back(finding: Finding, record: Record, came: float) -> None:
    back = [line.at - came for line in record.lines if line.at > came]
    if not back:
        finding.expect(False, "the first got nothing more")
        return
    finding.found += f"; the first in use again {back[0]:.0f} s after it came back"
    share = len(back) / RATE
    finding.require(share > 1, "too little was left for the first")


def _logged(machine: Machine) -> list[tuple[float, str]]:
    """When a worker said that a provider is left alone, or well again."""
    found = []
    for line in machine.log.read_text().splitlines():
        if match := LOGGED.match(line):
            day, millis, what = match.groups()
            moment = datetime.fromisoformat(f"{day}.{millis}+00:00")
            found.append((moment.timestamp(), what))
    return found
