"""Real workers in processes of their own, killed, stopped and run side by side."""

from __future__ import annotations

import pytest

from notifications.delivery.pace import MOST
from tests import flow
from tests.channels.sink import Sink
from tests.delivery.machine import Machine, end, kill
from tests.personas import make_people

pytestmark = pytest.mark.services

PEOPLE = 230


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink


@pytest.fixture
def machine(request, transactional_db, quiet_bell, world, sink, tmp_path):
    """Workers' own place, with one announcement that nobody has rung for."""
    if request.config.getoption("nomigrations"):
        pytest.skip("workers refuse a database that was made without migrations")
    make_people(world.riverside, PEOPLE)
    flow.prepared(world.riverside)
    machine = Machine(tmp_path, sink.port)
    yield machine
    machine.close()


def all_settled(machine):
    found = machine.ask("SELECT status FROM notifications_dispatch")
    return found == [("done",)]


def test_killed_in_the_middle_and_started_again_nobody_gets_it_twice(machine, sink):
    sink.hold_after = 80
    first = machine.start()
    machine.wait_until(lambda: len(sink.arrived) > 80)
    kill(first)
    assert machine.statuses()["sending"] <= 2 * MOST
    sink.release()
    machine.let_leases_run_out()
    second = machine.start()
    machine.wait_until(lambda: all_settled(machine))
    assert end(second) == 0
    counts = machine.statuses()
    assert set(counts) == {"sent", "unknown"}
    assert sum(counts.values()) == PEOPLE
    assert 1 <= counts["unknown"] <= 2 * MOST
    assert len(set(sink.keys())) == len(sink.keys())
    # The one that was in its hands had arrived; nobody could know.
    assert counts["sent"] <= len(sink.arrived) <= PEOPLE
    checked = machine.run("check_invariants")
    assert checked.returncode == 0, checked.stdout


def test_told_to_stop_it_finishes_what_it_has_and_loses_nothing(machine, sink):
    sink.hold_after = 60
    first = machine.start()
    machine.wait_until(lambda: len(sink.arrived) > 60)
    first.terminate()
    sink.release()
    assert first.wait(timeout=120) == 0
    counts = machine.statuses()
    assert "sending" not in counts
    assert "unknown" not in counts
    assert machine.ask("SELECT name FROM notifications_workerbeat") == []
    second = machine.start()
    machine.wait_until(lambda: all_settled(machine))
    assert end(second) == 0
    assert machine.statuses() == {"sent": PEOPLE}
    assert len(set(sink.keys())) == len(sink.keys()) == PEOPLE


def test_two_workers_at_once_make_no_doubles(machine, sink):
    kept = machine.start("--lane", "emergency")
    workers = [machine.start(), machine.start()]
    machine.wait_until(lambda: all_settled(machine))
    assert [end(worker) for worker in (*workers, kept)] == [0, 0, 0]
    assert machine.statuses() == {"sent": PEOPLE}
    assert len(set(sink.keys())) == len(sink.keys()) == PEOPLE
