"""Where a measurement happens: a data folder, two databases and a queue of its own."""

from __future__ import annotations

import os
import shutil
import socket
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

ROOT = Path(__file__).resolve().parents[2]
SQLITE, POSTGRESQL = "sqlite", "postgresql"
LABELS = {SQLITE: "SQLite", POSTGRESQL: "PostgreSQL"}
#: What a shell may hold for a real installation.
PRIVATE = ("ANYMAIL", "BASE_URL", "DATABASE_URL", "EMAIL_URL", "REDIS_URL", "PORT")


@dataclass(frozen=True)
class Place:
    """``ours`` and ``theirs`` are URLs of databases: Tocsin's, and the peers'."""

    vendor: str
    folder: Path
    ours: str
    theirs: str
    redis_url: str
    prefix: str

    @classmethod
    def from_environment(cls, found: Mapping[str, str]) -> Place:
        """The place that a process was started in."""
        return cls(
            SQLITE if found["DATABASE_URL"].startswith("sqlite") else POSTGRESQL,
            Path(found["BENCH_FOLDER"]),
            found["DATABASE_URL"],
            found["PEER_DATABASE_URL"],
            found["BENCH_REDIS_URL"],
            found["REDIS_PREFIX"],
        )

    @property
    def environment(self) -> dict[str, str]:
        """For every process that works here, ours and the peers'."""
        found = {k: v for k, v in os.environ.items() if k not in PRIVATE}
        found |= {
            "BENCH_FOLDER": str(self.folder),
            "BENCH_REDIS_URL": self.redis_url,
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": self.ours,
            "DJANGO_SETTINGS_MODULE": "tests.benchmarks.settings",
            "PEER_DATABASE_URL": self.theirs,
            "PORT": str(free_port()),
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "site")]),
            "REDIS_PREFIX": self.prefix,
            "SECRET_KEY": "for benchmarks only, known to everybody",
        }
        if self.vendor == POSTGRESQL:
            # As it is scaled: Redis rings, where SQLite has a queue in a file.
            found["REDIS_URL"] = self.redis_url
        return found

    def remember(self, name: str) -> None:
        """Keep our database as it is now. Nobody may be connected to it."""
        if self.vendor == SQLITE:
            self._fold()
            shutil.copyfile(self._file, self.folder / f"kept-{name}.sqlite3")
        else:
            with self._server() as server:
                copy_database(server, self._name, f"{self._name}_{name}")

    def restore(self, name: str) -> None:
        """Make our database what it was; nobody may be connected to it."""
        self._empty_queues()
        if self.vendor == SQLITE:
            for end in ("-wal", "-shm"):
                Path(f"{self._file}{end}").unlink(missing_ok=True)
            shutil.copyfile(self.folder / f"kept-{name}.sqlite3", self._file)
        else:
            with self._server() as server:
                copy_database(server, f"{self._name}_{name}", self._name)

    def _empty_queues(self) -> None:
        """What was rung for is gone with the rows that it was about."""
        if self.vendor == SQLITE:
            # Never removed: whoever rings has them open.
            for path in self.folder.glob("queue-*.sqlite3"):
                with closing(sqlite3.connect(path, timeout=20)) as link, link:
                    for table in ("task", "schedule", "kv"):
                        link.execute(f"DELETE FROM {table}")  # noqa: S608
        else:
            self._forget_keys()

    def _forget_keys(self) -> None:
        with redis.Redis.from_url(self.redis_url) as client:
            for key in client.scan_iter(f"*{self.prefix}*"):
                client.delete(key)

    def _fold(self) -> None:
        with closing(sqlite3.connect(self._file, timeout=20)) as link:
            link.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def _file(self) -> Path:
        return self.folder / "tocsin.sqlite3"

    @property
    def _name(self) -> str:
        return urlsplit(self.ours).path.lstrip("/")

    def _server(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(with_database(self.ours, "postgres"), autocommit=True)


@contextmanager
def place(vendor: str) -> Iterator[Place]:
    """A place that nobody else uses, and that is gone afterwards."""
    name = f"tocsin_bench_{uuid.uuid4().hex[:8]}"
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder:
        here = Path(folder)
        if vendor == SQLITE:
            found = Place(
                vendor,
                here,
                f"sqlite:///{here / 'tocsin.sqlite3'}",
                f"sqlite:///{here / 'peer.sqlite3'}",
                redis_url(),
                name,
            )
            try:
                yield found
            finally:
                # Celery rings through Redis here too, where there is one.
                with suppress(redis.RedisError):
                    found._forget_keys()
            return
        server = postgres_url()
        ours, theirs = (with_database(server, f"{name}{end}") for end in ("", "_peer"))
        found = Place(vendor, here, ours, theirs, redis_url(), name)
        with psycopg.connect(
            with_database(server, "postgres"), autocommit=True
        ) as link:
            link.execute(f'CREATE DATABASE "{name}"')
            link.execute(f'CREATE DATABASE "{name}_peer"')
        try:
            yield found
        finally:
            found._forget_keys()
            with found._server() as link:
                made = link.execute(
                    "SELECT datname FROM pg_database WHERE starts_with(datname, %s)",
                    [name],
                )
                for (each,) in made.fetchall():
                    drop(link, str(each))


def copy_database(
    server: psycopg.Connection[tuple[object, ...]], source: str, target: str
) -> None:
    drop(server, target)
    # Copied as files: through the log, the next run would begin with a checkpoint.
    server.execute(
        f'CREATE DATABASE "{target}" TEMPLATE "{source}" STRATEGY = FILE_COPY'
    )


def drop(server: psycopg.Connection[tuple[object, ...]], name: str) -> None:
    server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def postgres_url() -> str:
    url = os.environ.get("DATABASE_URL", "")
    local = "postgres://postgres@127.0.0.1:5432/postgres"
    return url if url.startswith("postgres") else local


def postgres_version() -> str:
    """As its server calls itself, or nothing."""
    if missing(POSTGRESQL):
        return ""
    with psycopg.connect(with_database(postgres_url(), "postgres")) as link:
        number = link.info.server_version
    return f"PostgreSQL {number // 10_000}.{number % 10_000}"


def redis_url() -> str:
    return os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"


def with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def missing(vendor: str) -> str:
    """Why nothing can be measured there, or nothing."""
    if vendor == SQLITE:
        return ""
    try:
        psycopg.connect(
            with_database(postgres_url(), "postgres"), connect_timeout=3
        ).close()
        with redis.Redis.from_url(redis_url(), socket_connect_timeout=3) as client:
            client.ping()
    except (psycopg.OperationalError, redis.RedisError) as problem:
        return f"PostgreSQL or Redis does not answer: {type(problem).__name__}"
    return ""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
