"""Many new rows in one go, past the ORM's work on every single value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

from django.db import connections, models, router

#: What a database takes as it is.
_AS_IT_IS: Final = (models.CharField, models.BooleanField, models.ForeignKey)


def insert(model: type[models.Model], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of two attributes or more; what they do not name has its default.

    No signal is sent, and no history written: that is the caller's to do.
    """
    if not rows:
        return
    connection = connections[router.db_for_write(model)]
    plain, converted, constant = _sorted_out(model, rows[0])
    fields = [*plain, *converted, *constant]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    # Names come from the models, values go as parameters.
    sql = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    as_it_is = itemgetter(*(field.attname for field in plain))
    same = tuple(_default(field, connection) for field in constant)
    values = [
        as_it_is(row)
        + tuple(f.get_db_prep_save(row[f.attname], connection) for f in converted)
        + same
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)


def _sorted_out(
    model: type[models.Model], row: Mapping[str, Any]
) -> tuple[list[Any], list[Any], list[Any]]:
    """Fields whose values go as they are, that are converted, that are all the same."""
    plain, converted, constant = [], [], []
    for field in model._meta.concrete_fields:
        if field.primary_key:
            continue
        if _is_moment_of_writing(field) or field.attname not in row:
            constant.append(field)
        elif isinstance(field, _AS_IT_IS):
            plain.append(field)
        else:
            converted.append(field)
    return plain, converted, constant


def _default(field: Any, connection: Any) -> Any:
    # One moment for all: they are new together.
    value = (
        field.pre_save(field.model(), True)
        if _is_moment_of_writing(field)
        else field.get_default()
    )
    return field.get_db_prep_save(value, connection)


def _is_moment_of_writing(field: Any) -> bool:
    return getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)
