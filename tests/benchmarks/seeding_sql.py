"""INSERT … SELECT in SQL that SQLite and PostgreSQL both take, for seeding alone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.utils import timezone

from notifications import fingerprints
from notifications.models import statistics


def fill(
    model: type[models.Model],
    source: str,
    columns: Mapping[str, str],
    params: Mapping[str, Any] | None = None,
    *,
    given: str = "",
) -> int:
    """One new row of ``model`` per row of ``source``; how many.

    ``columns`` maps attribute names to SQL over ``source``; every other column has
    its field's default. ``given`` is the text of a WITH clause, and ``params`` are
    for ``%(name)s``.
    """
    values, bound = dict(columns), dict(params or {})
    for field in model._meta.concrete_fields:
        if field.attname in columns or field.primary_key:
            continue
        default = field.get_default()
        if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False):
            default = timezone.now()
        if default is None and field.null:
            continue
        if isinstance(field, models.UUIDField):
            values[field.attname] = _fresh_uuid()
            continue
        name = f"default_{field.attname}"
        values[field.attname] = f"%({name})s"
        bound[name] = field.get_db_prep_save(default, connection)
    quote = connection.ops.quote_name
    attnames = {field.attname: field.column for field in model._meta.concrete_fields}
    names = ", ".join(quote(attnames[name]) for name in values)
    chosen = ", ".join(values.values())
    with_ = f"WITH RECURSIVE {given}" if given else ""
    sql = f"INSERT INTO {table(model)} ({names}) {with_} SELECT {chosen} FROM {source}"  # noqa: S608
    with connection.cursor() as cursor:
        _teach(cursor)
        cursor.execute(sql, bound)
        return int(cursor.rowcount)


def table(model: Any) -> str:
    """The name of its table."""
    return connection.ops.quote_name(model._meta.db_table)


def numbers(count: int, name: str = "numbers") -> str:
    """A WITH clause: ``name(n)`` from 1 to ``count``."""
    if connection.vendor == "postgresql":
        return f"{name}(n) AS (SELECT generate_series(1, {count}))"
    more = f"SELECT n + 1 FROM {name} WHERE n < {count}"  # noqa: S608
    return f"{name}(n) AS (SELECT 1 WHERE {count} > 0 UNION ALL {more})"


def words(name: str, each: Sequence[str], params: dict[str, Any]) -> str:
    """A WITH clause: ``name(n, word, key)``, n from 0; ``key`` is the folded word."""
    rows = []
    for n, word in enumerate(each):
        params |= {f"{name}_{n}": word, f"{name}_key_{n}": fingerprints.name_key(word)}
        cast = "::text" if connection.vendor == "postgresql" else ""
        rows.append(f"({n}, %({name}_{n})s{cast}, %({name}_key_{n})s{cast})")
    return f"{name}(n, word, key) AS (VALUES {', '.join(rows)})"


def draw(of: str, salt: int, below: int) -> str:
    """A number from 0 to below ``below``, the same whenever the same ``of`` asks."""
    whole = f"CAST({of} AS bigint) %% 2147483647"
    mixed = f"(({whole}) * 1103515245 + {salt} * 48271 + 12345) %% 2147483647"
    # Squared, because neighbours would be drawn alike by anything linear.
    return f"(({mixed}) * (({mixed}) + {salt}) %% 2147483647 / 11 %% {below})"


def keyed(text: str) -> str:
    """What ``fingerprints`` makes of a text, in the database."""
    if connection.vendor != "postgresql":
        return f"tocsin_keyed({text})"
    # HMAC by hand, since pgcrypto is not everywhere.
    key = settings.FINGERPRINT_KEY.encode()
    key = (hashlib.sha256(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in key).hex() for pad in (0x36, 0x5C))
    inside = f"sha256('\\x{inner}'::bytea || convert_to({text}, 'UTF8'))"
    hashed = f"encode(sha256('\\x{outer}'::bytea || {inside}), 'hex')"
    return f"left({hashed}, {fingerprints.LENGTH})"


def later(moment: str, seconds: str) -> str:
    """A moment some seconds after another, as this database keeps moments."""
    if connection.vendor == "postgresql":
        return f"({moment}::timestamptz + ({seconds}) * interval '1 second')"
    return f"strftime('%%Y-%%m-%%d %%H:%%M:%%f', {moment}, ({seconds}) || ' seconds')"


def stored(moment: datetime) -> Any:
    """A moment as a parameter."""
    return models.DateTimeField().get_db_prep_save(moment, connection)


def settle() -> None:
    """Give the planner the statistics that a database in service has gathered."""
    if connection.vendor == "sqlite":
        statistics.refresh()
        return
    with connection.cursor() as cursor:
        # Within a transaction, as in a test, nothing can be vacuumed.
        cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")


def _fresh_uuid() -> str:
    if connection.vendor == "postgresql":
        return "gen_random_uuid()"
    return "lower(hex(randomblob(16)))"


def _teach(cursor: Any) -> None:
    if connection.vendor == "sqlite":
        cursor.connection.create_function(
            "tocsin_keyed", 1, fingerprints._keyed, deterministic=True
        )
