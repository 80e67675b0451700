"""A place for the small runs: the database that pytest made, or a copy of it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.db import connection

from tests.chaos.databases import Database, PostgresDatabase, SqliteFile
from tests.chaos.findings import Finding
from tests.chaos.machine import Machine


class TestPlace:
    """Machines on the test's database; on SQLite that is in memory, so on a copy."""

    __test__ = False

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.kind = "sqlite" if connection.vendor == "sqlite" else "postgres"

    def machine(self, **environment: str) -> Machine:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        if self.kind == "sqlite":
            return Machine(folder, self._copied(folder / "tocsin.sqlite3"), environment)
        redis = {
            "REDIS_URL": os.environ["REDIS_URL"],
            "REDIS_PREFIX": f"{os.environ['REDIS_PREFIX']}_{uuid4().hex}",
        }
        return Machine(folder, self._database(), redis | environment)

    def _copied(self, path: Path) -> Database:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(path)])
        return SqliteFile(path)

    def _database(self) -> Database:
        name = connection.settings_dict["NAME"]
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")
        return PostgresDatabase(url.geturl())


@pytest.fixture
def place(request, transactional_db, tmp_path):
    """Where workers run; they need the tables as the migrations make them."""
    if request.config.getoption("nomigrations"):
        pytest.skip("workers refuse a database that was made without migrations")
    return TestPlace(tmp_path)


@pytest.fixture
def finding(place):
    return Finding("small", place.kind)


@pytest.fixture(autouse=True)
def verdict(finding):
    """Each of these tests asks for the same: what the run came to."""
    yield
    assert finding.verdict == "pass", f"{finding.injected}: {finding.found}"
    assert finding.injected
