"""Rows made from rows, in the database: what per-row saving is too slow for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import Value
from django.db.models.expressions import Combinable
from django.utils import timezone

from notifications.actors import current_actor

#: Seconds in which somebody else who waits to write comes to it.
TURN = 0.002


def insert_select(
    model: type[models.Model],
    rows: models.QuerySet[Any],
    values: Mapping[str, Any],
    *,
    ignore_conflicts: bool = False,
) -> int:
    """``INSERT … SELECT``: one new row per row; the number inserted.

    ``values`` maps attribute names of ``model`` to expressions over ``rows``, or to
    plain values. Signals, defaults and history are the caller's to see to.
    """
    fields = [_field(model, name) for name in values]
    given = {
        f"new_{name}": _expression(value, field)
        for field, (name, value) in zip(fields, values.items(), strict=True)
    }
    chosen = rows.annotate(**given).values_list(*given)
    try:
        select, params = chosen.query.sql_with_params()
    except EmptyResultSet:
        return 0
    connection = connections[rows.db]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    end = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    table = quote(model._meta.db_table)
    # Names come from the models, values go as parameters.
    sql = f"INSERT INTO {table} ({columns}) {select}{end}"
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def insert_rows(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    common: Mapping[str, Any],
) -> None:
    """``INSERT … VALUES`` of what is new, without the cost of an object for each row.

    ``rows`` hold plain values for ``names``, ``common`` those that are one for all.
    Rows that are there already are left alone.
    """
    if not rows:
        return
    connection = connections["default"]
    quote = connection.ops.quote_name
    fields = [_field(model, name) for name in (*common, *names)]
    columns = ", ".join(quote(field.column) for field in fields)
    same = [
        field.get_db_prep_save(value, connection)
        for field, value in zip(fields, common.values(), strict=False)
    ]
    table, given = _table_of(fields[len(same) :], rows, connection)
    values = ", ".join(["%s"] * len(same) + [f"v.c{n}" for n in range(len(names))])
    # Names come from the models, values go as parameters.
    sql = (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) "  # noqa: S608
        f"SELECT {values} FROM {table} WHERE 1 = 1 ON CONFLICT DO NOTHING"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*same, given])


def record_history(
    rows: models.QuerySet[Any], *, reason: str | Combinable = "", type: str = "~"
) -> int:
    """Write one history row for each row as it stands, without fetching any.

    For moves that are one UPDATE over many; in the transaction of that UPDATE.
    """
    actor = current_actor()
    history = rows.model.history.model
    tracked = [field.attname for field in history.tracked_fields]
    values: dict[str, Any] = {name: models.F(name) for name in tracked}
    values |= {
        "history_date": timezone.now(),
        "history_type": type,
        "history_change_reason": reason,
        "actor_kind": str(actor.kind),
        "actor_label": actor.label[:150],
    }
    if actor.id is not None:
        values["history_user_id"] = actor.id
    return insert_select(history, rows.order_by(), values)


def update_each(
    model: type[models.Model],
    keys: Sequence[int],
    own: Mapping[str, Sequence[Any]],
    common: Mapping[str, Any],
    *,
    where: Mapping[str, Any],
) -> list[int]:
    """``UPDATE … FROM``: values of its own for each row, in one statement.

    ``own`` holds one value per key for each field, ``common`` one for all; ``where``
    says how a row must still be. Gives the keys of the rows that were.
    """
    connection = connections["default"]
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)

    def column(name: str) -> str:
        return quote(_field(model, name).column)

    def prepared(name: str, values: Iterable[Any]) -> list[Any]:
        prepare = _field(model, name).get_db_prep_save
        return [prepare(value, connection) for value in values]

    fields = [_field(model, name) for name in ("id", *own)]
    columns = [prepared(name, values_of) for name, values_of in own.items()]
    new, given = _table_of(fields, zip(keys, *columns, strict=True), connection)
    sets = [f"{column(name)} = %s" for name in common]
    sets += [f"{column(name)} = v.c{n}" for n, name in enumerate(own, start=1)]
    # As one truth: else PostgreSQL goes through all of this status, for each key.
    still = " AND ".join(f"{table}.{column(name)} = %s" for name in where)
    # Names come from the models, values go as parameters.
    sql = (
        f"UPDATE {table} SET {', '.join(sets)} FROM {new} "  # noqa: S608
        f"WHERE {table}.id = v.c0 AND ({still}) IS TRUE RETURNING {table}.id"
    )
    params = [each for name in common for each in prepared(name, [common[name]])]
    params.append(given)
    params += [each for name in where for each in prepared(name, [where[name]])]
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [key for (key,) in cursor.fetchall()]


def look_up_by_index() -> None:
    """Until this transaction ends PostgreSQL finds rows by an index wherever it can.

    It plans the check of a foreign key once in a session. A table that is nearly empty
    then is read from end to end for every row that is ever written afterwards. And it
    would rather find and sort everybody than read the next thousand in order.
    """
    if connections["default"].vendor == "postgresql":
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"
            )


def let_others_write() -> None:
    """Between transactions that follow each other: SQLite has no queue of writers."""
    if connections["default"].vendor == "sqlite":
        time.sleep(TURN)


def lock_shared(rows: models.QuerySet[Any], *, lightly: bool = False) -> None:
    """Hold these rows against change until the transaction ends; others may too.

    ``lightly`` holds them only against those who lock them for themselves first, as
    every move of a lifecycle does; a fan-out may move its cursor meanwhile. SQLite
    needs nothing: its write transactions are alone as they are.
    """
    connection = connections[rows.db]
    if connection.vendor != "postgresql":
        return
    try:
        sql, params = rows.order_by("pk").values_list("pk").query.sql_with_params()
    except EmptyResultSet:
        return
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} FOR {'KEY SHARE' if lightly else 'SHARE'}", params)


def _table_of(
    fields: Sequence[Any], rows: Iterable[Iterable[Any]], connection: Any
) -> tuple[str, str]:
    """Rows as a table ``v`` with columns ``c0``, ``c1``, …, and its one parameter.

    Thousands of values go as one: as parameters, each would cost as much as its row.
    """
    names = [f"c{number}" for number in range(len(fields))]
    given = json.dumps(
        [dict(zip(names, row, strict=True)) for row in rows], default=str
    )
    if connection.vendor == "postgresql":
        types = [
            f"{name} {field.cast_db_type(connection)}"
            for name, field in zip(names, fields, strict=True)
        ]
        return f"json_to_recordset(%s::json) AS v ({', '.join(types)})", given
    chosen = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in names)
    return f"(SELECT {chosen} FROM json_each(%s)) AS v", given  # noqa: S608


def _field(model: type[models.Model], name: str) -> Any:
    for field in model._meta.concrete_fields:
        if name in (field.name, field.attname):
            return field
    raise LookupError(f"{model.__name__} has no field {name}")


def _expression(value: Any, field: Any) -> Any:
    if hasattr(value, "resolve_expression"):
        return value
    # A foreign key's value is a plain key.
    kind = getattr(field, "target_field", field)
    return Value(value, output_field=kind)
