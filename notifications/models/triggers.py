"""Triggers that make history append-only, on SQLite and PostgreSQL.

They are installed after every migrate, because altering a table on SQLite drops its
triggers without a word. The one way past them is an open RetentionDoor row.
"""

from __future__ import annotations

from django.apps import apps
from django.db import connections

DOOR = "notifications_retentiondoor"
FUNCTION = "tocsin_refuse_change"
_MESSAGE = "History is append-only: open a retention door to remove old rows."


def guarded_tables() -> list[str]:
    """Every history table of the domain, and the words that were sent or published."""
    app = apps.get_app_config("notifications")
    tables = [
        model._meta.db_table
        for model in app.get_models()
        if hasattr(model, "instance_type")
        or model.__name__ in ("Content", "PublishedAlert")
    ]
    return sorted(tables)


def _name(table: str, verb: str) -> str:
    return f"tocsin_{verb.lower()}_{table.removeprefix('notifications_')}"


def _verbs(vendor: str) -> tuple[str, ...]:
    # SQLite has no TRUNCATE statement.
    return (
        ("UPDATE", "DELETE", "TRUNCATE")
        if vendor == "postgresql"
        else ("UPDATE", "DELETE")
    )


def _sqlite_sql(table: str, verb: str) -> list[str]:
    door = f"EXISTS (SELECT 1 FROM {DOOR} WHERE closed_at IS NULL)"
    when = f"WHEN NOT {door}" if verb == "DELETE" else ""
    return [
        f"CREATE TRIGGER IF NOT EXISTS {_name(table, verb)} BEFORE {verb} ON {table} "
        f"{when} BEGIN SELECT RAISE(ABORT, '{_MESSAGE}'); END"
    ]


def _postgresql_function() -> str:
    return f"""
    CREATE OR REPLACE FUNCTION {FUNCTION}() RETURNS trigger AS $$
    BEGIN
        IF TG_OP = 'DELETE' AND EXISTS
            (SELECT 1 FROM {DOOR} WHERE closed_at IS NULL) THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION '{_MESSAGE}';
    END $$ LANGUAGE plpgsql
    """


def _postgresql_sql(table: str, verb: str) -> list[str]:
    level = "STATEMENT" if verb == "TRUNCATE" else "ROW"
    return [
        f"CREATE OR REPLACE TRIGGER {_name(table, verb)} BEFORE {verb} ON {table} "
        f"FOR EACH {level} EXECUTE FUNCTION {FUNCTION}()"
    ]


def install(using: str = "default") -> None:
    """Put the triggers on every guarded table that exists; harmless to repeat."""
    connection = connections[using]
    make = _postgresql_sql if connection.vendor == "postgresql" else _sqlite_sql
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        if DOOR not in there:
            return
        if connection.vendor == "postgresql":
            cursor.execute(_postgresql_function())
        for table in guarded_tables():
            if table not in there:
                continue
            for verb in _verbs(connection.vendor):
                for sql in make(table, verb):
                    cursor.execute(sql)


def remove(using: str = "default") -> None:
    """Take the triggers off: for emptying a test database, never in production."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for table, verb in _installed(using):
            on = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {_name(table, verb)}{on}")


def _installed(using: str) -> list[tuple[str, str]]:
    gone = set(missing(using))
    vendor = connections[using].vendor
    return [
        (table, verb)
        for table in guarded_tables()
        for verb in _verbs(vendor)
        if _name(table, verb) not in gone
    ]


def missing(using: str = "default") -> list[str]:
    """Names of the triggers that ought to be there and are not."""
    connection = connections[using]
    # On PostgreSQL a trigger can be there and be disabled, or on another table.
    sql = (
        "SELECT relname, tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
        " WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
        " AND pg_table_is_visible(tgrelid)"
        if connection.vendor == "postgresql"
        else "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql)
        there = {(row[0], row[1]) for row in cursor.fetchall()}
    wanted = [
        (table, _name(table, verb))
        for table in guarded_tables()
        for verb in _verbs(connection.vendor)
    ]
    # PostgreSQL cuts names at 63 characters.
    return [name for table, name in wanted if (table, name[:63]) not in there]
