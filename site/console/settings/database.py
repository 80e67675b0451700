"""The database from DATABASE_URL: SQLite under DATA_DIR unless told otherwise."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ


def database_from(env: environ.Env, data_dir: Path) -> dict[str, Any]:
    """Django's settings for the one database.

    SQLite runs in WAL with IMMEDIATE transactions, so that two writers wait for each
    other instead of failing; PostgreSQL uses psycopg's pool, because under ASGI each
    request has a thread of its own and persistent connections would be lost.
    """
    config: dict[str, Any] = env.db_url(
        "DATABASE_URL", default=f"sqlite:///{data_dir / 'tocsin.sqlite3'}"
    )
    if config["ENGINE"].endswith("sqlite3"):
        config["ENGINE"] = "console.sqlite3"
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": (
                "PRAGMA journal_mode=WAL;"
                "PRAGMA synchronous=FULL;"
                "PRAGMA foreign_keys=ON;"
                "PRAGMA temp_store=MEMORY;"
            ),
        }
    elif config["ENGINE"].endswith("postgresql"):
        size = env.int("DATABASE_POOL_SIZE", default=10)
        config["OPTIONS"] = {
            "pool": {"min_size": 1, "max_size": size, "timeout": 20},
            # Compiling a query takes seconds where running it takes a tenth of one.
            "options": "-c jit=off",
        }
    return config
