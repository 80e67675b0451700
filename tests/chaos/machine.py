"""Where workers run: a data folder, a database, a doorbell, and real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.chaos.databases import Database

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 200.0
#: What a shell may hold for a real installation, and no fault may touch.
PRIVATE = ("ANYMAIL", "CHAOS_", "DATABASE_", "EMAIL_", "REDIS_", "PORT", "SANDBOX_")

Process = subprocess.Popen[str]


class Machine:
    """Starts, kills, stops and freezes workers, and asks the database.

    Every process hangs on a lifeline: it ends when this program ends.
    """

    def __init__(
        self, folder: Path, database: Database, environment: Mapping[str, str]
    ) -> None:
        self.folder, self.database = folder, database
        self.processes: list[Process] = []
        self.log = folder / "workers.log"
        self.log.touch()
        shell = {k: v for k, v in os.environ.items() if not k.startswith(PRIVATE)}
        self.environment = {
            **shell,
            "BASE_URL": "http://127.0.0.1:8000",
            "DATA_DIR": str(folder),
            "DATABASE_URL": database.url,
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings",
            "PYTHONPATH": str(ROOT / "site"),
            "SECRET_KEY": "for tests only, known to everybody",
            **environment,
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.communicate()

    def worker(self, lane: str = "all", **environment: str) -> Process:
        """A worker, from its first line."""
        return self.program("console.lifeline", "worker", "--lane", lane, **environment)

    def program(self, module: str, *arguments: str, **environment: str) -> Process:
        """A Python program that one can talk to; what it complains of is logged."""
        with self.log.open("a") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT,
                env=self.environment | environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        self.processes.append(process)
        return process

    def run(self, module: str, *arguments: str) -> str:
        """What a program says, once it has ended well."""
        process = self.program(module, *arguments)
        said, _nothing = process.communicate()
        assert process.returncode == 0, f"{module} {arguments}: {said}\n{self.tail()}"
        return said

    def manage(self, *arguments: str) -> tuple[int, str]:
        """A management command, to its end: exit code and what it said."""
        process = self.program("console.lifeline", *arguments)
        assert process.stdout is not None
        said = process.stdout.read()
        return process.wait(), said

    def kill(self, process: Process) -> bool:
        """As the kernel does when memory runs out; whether it was still running."""
        alive = process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait()
        return alive

    def stop(self, process: Process) -> int:
        """As the supervisor does; the exit code."""
        process.send_signal(signal.SIGTERM)
        return process.wait(timeout=PATIENCE)

    def statuses(self) -> dict[str, int]:
        """How many entries of the first dispatch stand at each status."""
        return dict(
            self.database.ask(
                "SELECT status, COUNT(*) FROM notifications_notificationlog "
                "WHERE dispatch_id = (SELECT MIN(id) FROM notifications_dispatch) "
                "GROUP BY status"
            )
        )

    def sending(self) -> set[tuple[int, int]]:
        """The entries that somebody has in their hands, with the number of attempt."""
        return set(
            self.database.ask(
                "SELECT id, attempts FROM notifications_notificationlog "
                "WHERE status = 'sending'"
            )
        )

    def over(self) -> bool:
        """Whether there is a dispatch, and nothing more happens to any."""
        rows = self.database.ask("SELECT status FROM notifications_dispatch")
        return bool(rows) and all(row[0] in OVER for row in rows)

    def settle(self) -> None:
        """Wait until every dispatch is over and nothing is in anybody's hands."""
        self.wait_until(lambda: self.over() and not self.sending())

    def wait_until(
        self,
        true: Callable[[], bool],
        *,
        pause: float = 0.1,
        patience: float = PATIENCE,
    ) -> None:
        """Until something is so, or fail with what the workers had to say."""
        end = time.monotonic() + patience
        while not true():
            assert time.monotonic() < end, f"{self.statuses()}\n{self.tail()}"
            time.sleep(pause)

    def tail(self) -> str:
        return self.log.read_text()[-3000:]


OVER = ("done", "cancelled", "expired")
