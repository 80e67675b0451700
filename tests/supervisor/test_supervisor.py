"""The set of programs is started, restarted and stopped as one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]


class Set:
    """A supervised set in a process of its own, read line by line."""

    def __init__(self, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(HERE / "a_set.py"), *arguments],
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'site'}"},
        )
        self.lines: list[str] = []

    def until(self, text: str) -> str:
        """Read on to the first line that holds the text."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if text in line:
                return self.lines[-1]
        raise AssertionError(f"{text!r} was never said:\n" + "\n".join(self.lines))

    def until_all_run(self, *names: str) -> None:
        while not all(f"{name} runs as " in "\n".join(self.lines) for name in names):
            self.until(" runs as ")

    def rest(self) -> str:
        """Everything up to the end, when all that could still print has ended."""
        assert self.process.stdout is not None
        self.lines += self.process.stdout.read().splitlines()
        return "\n".join(self.lines)

    def pid_of(self, name: str) -> int:
        return int(self.until(f"{name} runs as ").rsplit(" ", 1)[1])


@pytest.fixture
def start() -> Iterator[type[Set]]:
    started: list[Set] = []

    class Started(Set):
        def __init__(self, *arguments: str) -> None:
            super().__init__(*arguments)
            started.append(self)

    yield Started
    for one in started:
        # Told, not killed: so it takes its programs with it.
        with one.process as process:
            process.terminate()


def test_each_line_is_printed_at_once_under_the_name_of_its_program(start):
    line = start("talker").until("hello")

    assert line.startswith("talker")
    assert line.endswith("| hello")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_one_signal_stops_everything_and_the_task_in_hand_is_finished(start, number):
    both = start("careful", "careful")
    both.pid_of("careful")
    both.pid_of("careful")

    both.process.send_signal(number)

    said = both.rest()
    assert said.count("told to stop") == 2
    assert said.count("finished what was in hand") == 2
    assert both.process.wait() == 0


def test_a_signal_that_comes_twice_is_passed_on_once(start):
    one = start("slow")
    pid = one.pid_of("slow")

    one.process.send_signal(signal.SIGINT)
    one.until("told to stop")
    one.process.send_signal(signal.SIGINT)
    one.until("Already stopping")
    os.kill(pid, signal.SIGUSR1)

    said = one.rest()
    assert said.count("told to stop") == 1
    assert "finished what was in hand" in said
    assert one.process.wait() == 0


def test_ctrl_c_on_the_terminal_reaches_the_programs_only_through_the_supervisor(start):
    one = start("careful")
    pid = one.pid_of("careful")

    assert os.getpgid(pid) == pid != os.getpgid(one.process.pid)
    os.killpg(one.process.pid, signal.SIGINT)

    assert one.rest().count("told to stop") == 1


def test_what_others_lean_on_is_stopped_after_they_have_finished(start):
    both = start("careful", "pillar")
    both.until_all_run("careful", "pillar")

    both.process.send_signal(signal.SIGTERM)

    said = both.rest()
    assert said.index("finished what was in hand") < said.index("pillar was told")


def test_a_program_that_is_killed_is_started_again(start):
    one = start("careful")
    first = one.pid_of("careful")

    os.kill(first, signal.SIGKILL)

    assert "SIGKILL" in one.until("ended by itself")
    assert one.pid_of("careful") != first


def test_a_program_that_keeps_failing_stops_the_set_with_a_sentence(start):
    both = start("failing", "careful")

    said = both.rest()

    assert "failing ended 3 times in a row" in said
    assert "finished what was in hand" in said
    assert both.process.wait() == 1


def test_a_program_that_will_not_stop_is_killed_with_all_that_it_started(start):
    one = start("stubborn")
    child = one.pid_of("child of stubborn")

    one.process.send_signal(signal.SIGTERM)

    assert "did not finish in time and was killed" in one.rest()
    assert one.process.wait() == 1
    until_gone(child)


def test_the_programs_go_when_the_supervisor_is_killed(start):
    both = start("tied", "tied")
    pids = [both.pid_of("tied"), both.pid_of("tied")]

    both.process.kill()

    # Their output ends only when both of them have.
    both.rest()
    both.process.wait()
    for pid in pids:
        until_gone(pid)


def test_the_address_is_said_once_when_the_web_answers_and_not_again(start):
    one = start("web")
    first = one.pid_of("web")
    one.until("ready when you are")

    os.kill(first, signal.SIGKILL)
    one.until("web answers on ")
    one.process.send_signal(signal.SIGTERM)

    assert one.rest().count("ready when you are") == 1


def until_gone(pid: int) -> None:
    """Wait for the process to be no more than something to be collected."""
    while state_of(pid)[:1] not in ("", "Z"):
        threading.Event().wait(0.02)


def state_of(pid: int) -> str:
    ps = ["ps", "-o", "stat=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, text=True).stdout.strip()
