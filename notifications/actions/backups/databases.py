"""The two kinds of database: how each is copied out whole, and put back whole."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, transaction
from django.utils.translation import gettext as _

from notifications.errors import Refused

from .archive import BrokenBackup

Counts = dict[str, int]


class Database(ABC):
    """Where the rows are; ``name`` is its file in the archive."""

    name: str
    #: Programs that have to be there.
    programs: tuple[str, ...] = ()

    @abstractmethod
    def dump(self, target: Path) -> Counts:
        """Copy everything as of one moment; how many rows each table had then."""

    @abstractmethod
    def check(self, source: Path) -> None:
        """Raise BrokenBackup unless it can be put back; touches nothing."""

    @abstractmethod
    def load(self, source: Path, afterwards: str) -> None:
        """Put it in the place of what is there, and run this SQL, or change nothing."""

    def require_programs(self) -> None:
        """Raise Refused with what to install."""
        missing = [name for name in self.programs if not shutil.which(name)]
        if missing:
            raise Refused(
                _(
                    "%(programs)s is missing. Install PostgreSQL's client programs "
                    "(postgresql-client), of the server's version or later."
                )
                % {"programs": ", ".join(missing)}
            )


def database() -> Database:
    """The kind that this installation runs on."""
    return Postgres() if connection.vendor == "postgresql" else Sqlite()


def count_rows() -> Counts:
    """Rows per table of ours that there is, as the running transaction sees them."""
    with connection.cursor() as cursor:
        there = connection.introspection.table_names(cursor)
        return _counted(cursor, set(there))


def _counted(cursor: Any, there: set[str]) -> Counts:
    ours = (apps.get_app_config(label) for label in ("notifications", "console"))
    tables = {model._meta.db_table for app in ours for model in app.get_models()}
    counts = {}
    for table in sorted(tables & there):
        # A name of ours, and of nobody else's making.
        cursor.execute(f"SELECT COUNT(*) FROM {table}")  # noqa: S608
        (counts[table],) = cursor.fetchone()
    return counts


class Sqlite(Database):
    """A copy of the file, without what was deleted; the file itself goes on."""

    name = "database.sqlite3"

    def dump(self, target: Path) -> Counts:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(target)])
        link = sqlite3.connect(target)
        try:
            names = link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return _counted(link.cursor(), {name for (name,) in names})
        finally:
            link.close()

    def check(self, source: Path) -> None:
        try:
            link = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
            try:
                (answer,) = link.execute("PRAGMA integrity_check").fetchone()
            finally:
                link.close()
        except sqlite3.DatabaseError as problem:
            raise BrokenBackup(
                _("The database in this backup is damaged.")
            ) from problem
        if answer != "ok":
            raise BrokenBackup(_("The database in this backup is damaged."))

    def load(self, source: Path, afterwards: str) -> None:
        link = sqlite3.connect(source)
        try:
            with link:
                link.executescript(afterwards)
            connection.ensure_connection()
            # One transaction over the whole file: others see all of it, or nothing.
            link.backup(connection.connection)
        finally:
            link.close()
            connection.close()


class Postgres(Database):
    """PostgreSQL's own dump, by its own programs."""

    name = "database.pgdump"
    programs = ("pg_dump", "pg_restore", "psql")

    def dump(self, target: Path) -> Counts:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                cursor.execute("SELECT pg_export_snapshot()")
                (snapshot,) = cursor.fetchone()
            # Counted in the very snapshot that is dumped.
            counts = count_rows()
            self._run(
                "pg_dump",
                "--format=custom",
                "--no-owner",
                "--no-privileges",
                f"--snapshot={snapshot}",
                f"--file={target}",
            )
        return counts

    def check(self, source: Path) -> None:
        try:
            self._run("pg_restore", "--list", str(source))
        except Refused as problem:
            raise BrokenBackup(problem.sentence) from problem

    def load(self, source: Path, afterwards: str) -> None:
        before, after = source.with_suffix(".before"), source.with_suffix(".after")
        before.write_text(self._drop_ours())
        # The dump has taken the search path away.
        after.write_text(f"RESET search_path;\n{afterwards}")
        script = source.with_suffix(".sql")
        self._run(
            "pg_restore",
            "--no-owner",
            "--no-privileges",
            f"--file={script}",
            str(source),
        )
        connection.close()
        self._run(
            "psql",
            "--no-psqlrc",
            "--quiet",
            "--single-transaction",
            "--set=ON_ERROR_STOP=1",
            "--output=/dev/null",
            f"--file={before}",
            f"--file={script}",
            f"--file={after}",
        )

    def _drop_ours(self) -> str:
        """What makes room; tables that are none of ours are left alone."""
        names = connection.introspection.django_table_names(only_existing=True)
        quote = connection.ops.quote_name
        drops = [
            f"DROP TABLE IF EXISTS {quote(name)} CASCADE;"
            for name in sorted({*names, "django_migrations"})
        ]
        drops.append("DROP FUNCTION IF EXISTS tocsin_refuse_change() CASCADE;")
        return "\n".join(["SET client_min_messages = warning;", *drops])

    def _run(self, *command: str) -> None:
        self.require_programs()
        # The commands are ours; names and passwords go by the environment.
        done = subprocess.run(  # noqa: S603
            command,
            env=os.environ | self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip().partition("\n")[0].rpartition("ERROR:  ")[2]
            raise Refused(
                _("%(program)s refused: %(why)s. Nothing was changed.")
                % {"program": command[0], "why": said.rstrip(".")}
            )

    def _environment(self) -> Mapping[str, str]:
        names = {
            "HOST": "PGHOST",
            "PORT": "PGPORT",
            "USER": "PGUSER",
            "PASSWORD": "PGPASSWORD",
            "NAME": "PGDATABASE",
        }
        given = connection.settings_dict
        return {there: str(given[here]) for here, there in names.items() if given[here]}
