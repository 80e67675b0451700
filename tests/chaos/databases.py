"""Databases of the chaos runs' own: a file, or a database on a server of ours.

The server is one that this program made and may stop, kill and starve; the machine's
own is never touched.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import psycopg

from tests.chaos.ports import free_port

Row = tuple[Any, ...]
PATIENCE = 60.0
NOTHING: Mapping[str, str] = MappingProxyType({})


class Database(Protocol):
    """Where a machine keeps what it knows."""

    kind: str

    @property
    def url(self) -> str: ...

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """The rows of a query; placeholders are ``%s``."""
        ...

    def writable(self) -> bool:
        """Whether nobody stands in the way of a writer at this moment."""
        ...

    def drop(self) -> None: ...


class SqliteFile:
    """A file, as ``make run`` has it."""

    kind = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.url = f"sqlite:///{path}"

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        with closing(sqlite3.connect(self.path, timeout=30)) as link, link:
            return link.execute(sql.replace("%s", "?"), values).fetchall()

    def writable(self) -> bool:
        link = sqlite3.connect(self.path, timeout=0.1, isolation_level=None)
        with closing(link):
            try:
                link.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            link.execute("ROLLBACK")
        return True

    def copy_to(self, path: Path) -> SqliteFile:
        """A copy of it as it is, that nobody else has open."""
        with closing(sqlite3.connect(self.path)) as link:
            link.execute("VACUUM INTO ?", [str(path)])
        return SqliteFile(path)

    def drop(self) -> None:
        """Goes with its folder."""


class PostgresDatabase:
    """A database by its URL."""

    kind = "postgres"

    def __init__(self, url: str, server: PostgresServer | None = None) -> None:
        self.url, self._server = url, server

    def ask(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        with psycopg.connect(self.url, autocommit=True, connect_timeout=10) as link:
            found = link.execute(sql.encode(), values or None)
            return found.fetchall() if found.description else []

    def writable(self) -> bool:
        return not self.ask(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid <> pg_backend_pid() AND xact_start IS NOT NULL"
        )

    def drop(self) -> None:
        if self._server is not None:
            self._server.drop(self.url.rpartition("/")[2])


class PostgresServer:
    """A PostgreSQL server of our own on a port of its own."""

    def __init__(self, folder: Path, environment: Mapping[str, str] = NOTHING) -> None:
        self.folder = folder
        self._environment = {**os.environ, **environment}
        self.port = free_port()
        self._data = folder / "data"
        self._made = 0
        folder.mkdir(parents=True)
        self._as: list[str] = []
        if os.getuid() == 0:
            # PostgreSQL refuses to run as root.
            shutil.chown(folder, "postgres", "postgres")
            self._as = ["runuser", "-u", "postgres", "--"]
        self._run(
            ["initdb", "-D", str(self._data), "-U", "postgres", "-A", "trust"],
            "--no-sync",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
        )
        with suppress(PermissionError):
            self._data.chmod(0o700)

    def start(self) -> None:
        """Until it takes connections."""
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} "
            "-c max_wal_size=64MB -c min_wal_size=32MB"
        )
        self._control("start", "-w", "-l", str(self.folder / "log"), "-o", options)

    def stop(self, mode: str = "fast") -> None:
        self._control("stop", "-w", "-m", mode)

    def running(self) -> bool:
        return self._control("status", check=False) == 0

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def url(self, name: str) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/{name}"

    def create(self, name: str, template: str = "template1") -> PostgresDatabase:
        self._ask(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return PostgresDatabase(self.url(name), self)

    def drop(self, name: str) -> None:
        self._ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def wait_until_ready(self) -> None:
        """Until a query is answered."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self._ask("SELECT 1")
                return
            except psycopg.Error:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def _ask(self, sql: str) -> None:
        PostgresDatabase(self.url("postgres")).ask(sql)

    def _control(self, verb: str, *arguments: str, check: bool = True) -> int:
        command = ["pg_ctl", verb, "-D", str(self._data)]
        return self._run(command, *arguments, check=check)

    def _run(self, command: list[str], *arguments: str, check: bool = True) -> int:
        # Its log would keep a pipe open for as long as the server runs.
        program = str(programs() / command[0])
        done = subprocess.run(
            [*self._as, program, *command[1:], *arguments],
            cwd="/",
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=check,
        )
        return done.returncode


def programs() -> Path:
    """Where PostgreSQL's programs are; raises LookupError."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).resolve().parent
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=str)
    if not debian:
        raise LookupError("PostgreSQL's programs (pg_ctl, initdb) are not installed")
    return debian[-1].parent
