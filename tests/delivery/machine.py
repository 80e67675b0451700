"""A real worker in a process of its own, on the database that the test filled."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0


class Machine:
    """Where workers run: a data folder, the database, and a mail server's port.

    On SQLite the test's database is in memory, so the workers get a copy in a file
    and the test asks that; on PostgreSQL both use the same.
    """

    def __init__(self, folder: Path, mail_port: int) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        self._file = folder / "tocsin.sqlite3"
        self._environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("EMAIL_")},
            "DATA_DIR": str(folder),
            "DATABASE_URL": self._database(),
            "DJANGO_SETTINGS_MODULE": "console.settings.dev",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "REDIS_PREFIX": f"{os.environ.get('REDIS_PREFIX', 'tocsin')}_{uuid4().hex}",
            "SECRET_KEY": "for tests only, known to everybody",
        }

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A worker, from its first line."""
        with (self.folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "manage.py", "worker", *arguments],
                cwd=ROOT,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stderr=log,
            )
        self.workers.append(worker)
        return worker

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A management command, to its end."""
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def close(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                worker.kill()
            worker.wait()

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """The rows of a query to the database that the workers use."""
        if connection.vendor != "sqlite":
            with connection.cursor() as cursor:
                cursor.execute(sql)
                return list(cursor.fetchall()) if cursor.description else []
        link = sqlite3.connect(self._file, timeout=20)
        try:
            with link:
                return link.execute(sql).fetchall()
        finally:
            link.close()

    def statuses(self) -> dict[str, int]:
        """How many entries stand at each status."""
        found = self.ask(
            "SELECT status, COUNT(*) FROM notifications_notificationlog GROUP BY status"
        )
        return {str(status): int(str(number)) for status, number in found}

    def let_leases_run_out(self) -> None:
        """A minute in which no worker said a word, without waiting for it."""
        self.ask(
            "UPDATE notifications_batch SET leased_until = '2020-01-01 00:00:00+00:00' "
            "WHERE leased_until IS NOT NULL"
        )

    def wait_until(self, true: Callable[[], bool]) -> None:
        """Until something is so, or fail with what the workers had to say."""
        end = time.monotonic() + PATIENCE
        while not true():
            said = (self.folder / "worker.log").read_text()
            assert time.monotonic() < end, f"{self.statuses()}\n{said[-3000:]}"
            time.sleep(0.05)

    def _database(self) -> str:
        if connection.vendor == "sqlite":
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(self._file)])
            return f"sqlite:///{self._file}"
        name = connection.settings_dict["NAME"]
        return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()


def kill(worker: subprocess.Popen[bytes]) -> None:
    """As the kernel does when memory runs out: no last word."""
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def end(worker: subprocess.Popen[bytes]) -> int:
    """As the supervisor does; the exit code."""
    worker.send_signal(signal.SIGTERM)
    return worker.wait(timeout=PATIENCE)
