"""8: everybody writes at once into one SQLite file."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

from tests.chaos.balance import Balance
from tests.chaos.faults.stopped import ready_to
from tests.chaos.findings import Finding, told
from tests.chaos.hall import Place, mail_stage
from tests.chaos.machine import Process
from tests.chaos.ports import free_port
from tests.chaos.web import Browser, Writer, p99

PAGES = [
    "/admin/login/",
    "/c/riverside/admin/",
    "/c/riverside/admin/people/",
    "/c/riverside/admin/delivery/log/",
    "/c/riverside/admin/imports/",
]
IDLE_PAGES = 400
TIMES = 3.0


def crowd(
    finding: Finding,
    place: Place,
    *,
    people: int = 30_000,
    rows: int = 40_000,
    seconds: int = 30,
) -> None:
    """Two workers, an import and a web writer: nobody is locked out, pages answer."""
    port = free_port()
    stage = mail_stage(place, people, rate=500, PORT=str(port))
    with stage as (machine, sink):
        session, person = machine.run("tests.chaos.scene", "sign-in").split()
        machine.program("console.lifeline", "web")
        url = f"http://127.0.0.1:{port}"
        machine.wait_until(lambda: _answers(url))
        idle = Browser(url, session)
        idle.read(PAGES, lambda: len(idle.seconds) < IDLE_PAGES)
        importing = ready_to(machine, f"import-{rows}")
        machine.worker()
        machine.worker()
        sink.record.wait_for(people // 100)
        machine.wait_until(lambda: sum(machine.statuses().values()) == people)
        before = sink.record.there
        busy, writer = Browser(url, session), Browser(url, session)
        writing = Writer(writer, int(person))
        writing.start()
        took = _import_beside(busy, importing, seconds)
        writing.stop()
        sent = sink.record.there - before
        finding.require(not machine.over(), "all was sent before the import was done")
        machine.settle()
        balance = Balance.of(machine, sink.record)
        locked = machine.log.read_text().count("database is locked")
        ratio = p99(busy.seconds) / p99(idle.seconds)
        finding.injected = (
            f"2 workers, an import of {rows} rows in {took:.0f} s, {writing.writes} "
            f"writes by the web; {sent} messages meanwhile"
        )
        finding.found = (
            f'{locked} "database is locked"; p99 of {len(busy.seconds)} pages '
            f"{p99(busy.seconds):.3f} s, idle {p99(idle.seconds):.3f} s: "
            f"{ratio:.2f} ×; {told(balance)}"
        )
        problems = idle.problems + busy.problems + writer.problems
        finding.require(sent, "nothing was sent meanwhile")
        finding.expect(not locked, f'{locked} "database is locked"')
        finding.expect(not problems, f"{len(problems)} pages failed: {problems[:2]}")
        finding.expect(ratio <= TIMES, f"p99 of pages {ratio:.2f} × idle")
        finding.short += balance.lost(people) + balance.mislabelled()
        finding.expect(not balance.doubles, f"{len(balance.doubles)} doubles")
        finding.expect(not balance.unknown, f"{len(balance.unknown)} unknown")
        finding.close(machine)


def _import_beside(browser: Browser, importing: Process, seconds: int) -> float:
    """Read pages until the import is done, and for so long at least; gives its time."""
    began = time.monotonic()
    assert importing.stdin is not None
    importing.stdin.write("now\n")
    importing.stdin.flush()
    done_at = 0.0

    def go_on() -> bool:
        nonlocal done_at
        if not done_at and importing.poll() is not None:
            done_at = time.monotonic()
        return not done_at or time.monotonic() - began < seconds

    browser.read(PAGES, go_on)
    assert importing.returncode == 0, "the import broke off"
    return done_at - began


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/admin/login/", timeout=60) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except urllib.error.URLError:
        return False
