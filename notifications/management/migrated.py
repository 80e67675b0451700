"""Whether the database is what this version of Tocsin expects."""

from __future__ import annotations

from django.core.management.base import CommandError
from django.db import connections
from django.db.migrations.executor import MigrationExecutor


def refuse_old_database() -> None:
    """Say so in a sentence before anything is started that could not work."""
    database = connections["default"]
    try:
        executor = MigrationExecutor(database)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    finally:
        database.close()
    if missing:
        raise CommandError(
            "The database is not up to date. Run: manage.py migrate (make run does it)."
        )
