"""Where the runs take place: empty databases of both kinds, and doorbells."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from tests.chaos.databases import Database, PostgresDatabase, PostgresServer, SqliteFile
from tests.chaos.machine import Machine
from tests.chaos.provider import KeyedProvider
from tests.chaos.queue_server import RedisServer
from tests.chaos.sink import Sink, Verdict, accept

ROUTINE, EMERGENCY = "announcement_posted", "gas_leak"


class Place(Protocol):
    """Gives each run a machine of its own, with an empty database of one kind."""

    kind: str

    def machine(self, **environment: str) -> Machine: ...


class Hall:
    """Servers of our own, for as long as the runs last."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="tocsin-chaos-"))
        # PostgreSQL runs as somebody else, who has to find the way to its folder.
        self.folder.chmod(0o755)
        self._stack = ExitStack()
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)

    def close(self) -> None:
        self._stack.close()

    @cached_property
    def postgres(self) -> PostgresServer:
        server = PostgresServer(self.folder / "postgres")
        server.start()
        self._stack.callback(server.stop, "immediate")
        return server

    @cached_property
    def redis(self) -> RedisServer:
        server = RedisServer(self.folder / "redis")
        server.start()
        self._stack.callback(server.stop)
        return server

    def place(self, kind: str) -> HallPlace:
        """Machines on databases of this kind."""
        return SqlitePlace(self) if kind == "sqlite" else PostgresPlace(self)

    def new_folder(self) -> Path:
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        folder.chmod(0o755)
        return folder

    @cached_property
    def sqlite_template(self) -> SqliteFile:
        found = SqliteFile(self.new_folder() / "template.sqlite3")
        self.migrate(found)
        return found

    @cached_property
    def postgres_template(self) -> str:
        self.migrate(self.postgres.create("tocsin_template"))
        return "tocsin_template"

    def migrate(self, database: Database) -> None:
        """Make the tables, as an installation does."""
        with Machine(self.new_folder(), database, {}) as machine:
            code, said = machine.manage("migrate", "-v0")
            assert code == 0, f"{said}\n{machine.tail()}"


class HallPlace:
    """Machines in a hall, whose servers a fault may stop."""

    kind: str

    def __init__(self, hall: Hall) -> None:
        self.hall = hall

    def machine(self, **environment: str) -> Machine:
        return self.machine_in(self.hall.new_folder(), **environment)

    def machine_in(self, folder: Path, **environment: str) -> Machine:
        """One with its data in a folder that is there."""
        raise NotImplementedError


class SqlitePlace(HallPlace):
    """One machine and one file: the embedded set-up, with its own doorbell."""

    kind = "sqlite"

    def machine_in(self, folder: Path, **environment: str) -> Machine:
        database = self.hall.sqlite_template.copy_to(folder / "tocsin.sqlite3")
        return Machine(folder, database, environment)


class PostgresPlace(HallPlace):
    """The scaled set-up: PostgreSQL and Redis."""

    kind = "postgres"

    def machine_in(self, folder: Path, **environment: str) -> Machine:
        hall = self.hall
        database = hall.postgres.create(folder.name, hall.postgres_template)
        redis = {"REDIS_URL": hall.redis.url, "REDIS_PREFIX": folder.name}
        return Machine(folder, database, redis | environment)


class Apart:
    """A place whose data lie in a folder of their own, with a server of their own.

    ``environment`` is also that server's.
    """

    def __init__(
        self, place: HallPlace, folder: Path, environment: Mapping[str, str]
    ) -> None:
        self.kind = place.kind
        self.server: PostgresServer | None = None
        self._hall, self._place, self._folder = place.hall, place, folder
        self._environment = dict(environment)

    def __enter__(self) -> Self:
        if self.kind == "postgres":
            self.server = PostgresServer(self._folder / "postgres", self._environment)
            self.server.start()
            self._hall.migrate(self.server.create("tocsin"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.server is not None and self.server.running():
            self.server.stop("immediate")

    def machine(self, **environment: str) -> Machine:
        given = self._environment | environment
        if self.server is None:
            data = self._folder / "data"
            data.mkdir()
            return self._place.machine_in(data, **given)
        folder = self._hall.new_folder()
        redis = {"REDIS_URL": self._hall.redis.url, "REDIS_PREFIX": folder.name}
        database = PostgresDatabase(self.server.url("tocsin"))
        return Machine(folder, database, redis | given)


@contextmanager
def mail_stage(
    place: Place,
    people: int,
    *,
    event: str = ROUTINE,
    rate: float,
    verdict: Verdict = accept,
    **environment: str,
) -> Iterator[tuple[Machine, Sink]]:
    """A message to so many people, and the mail server that it goes to."""
    with tempfile.TemporaryDirectory(prefix="tocsin-sink-") as folder:
        path = Path(folder) / "record.tsv"
        with Sink(path, rate=rate, verdict=verdict) as sink:
            mail = {"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"}
            with place.machine(**mail | environment) as machine:
                machine.run("tests.chaos.scene", "fill", str(people), event)
                yield machine, sink


@contextmanager
def keyed_stage(
    place: Place,
    people: int,
    *,
    rate: float,
    verdict: Verdict = accept,
    **environment: str,
) -> Iterator[tuple[Machine, KeyedProvider]]:
    """The same with a provider that knows keys."""
    with tempfile.TemporaryDirectory(prefix="tocsin-sink-") as folder:
        path = Path(folder) / "record.tsv"
        with KeyedProvider(path, rate=rate, verdict=verdict) as provider:
            keyed = {"CHAOS_KEYED_PROVIDER": str(provider.port)}
            with place.machine(**keyed | environment) as machine:
                machine.run("tests.chaos.scene", "fill", str(people), ROUTINE)
                yield machine, provider
