"""What SQLite knows about its tables; without it, it plans for empty ones."""

from __future__ import annotations

from django.db import connection


def refresh() -> None:
    """Let SQLite look at a sample of every index; PostgreSQL does so by itself.

    Without statistics the filter by cluster, which every query has, looks better to
    its planner than any other index: it would read a whole cluster for one row.
    """
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA analysis_limit=1000")
        cursor.execute("ANALYZE")
