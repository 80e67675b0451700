"""Walks a table page by page, however long it is: never OFFSET, never all at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet

PAGE = 1_000


def pages(
    rows: QuerySet[Any], *, by: Sequence[str] = ("-id",), size: int = PAGE
) -> Iterator[list[Any]]:
    """The rows in this order, ``size`` at a time; ``by`` must end with a unique field.

    A field with a minus sign goes down. Prefetches run once per page.
    """
    ordered = rows.order_by(*by)
    page = list(ordered[:size])
    while page:
        yield page
        if len(page) < size:
            return
        page = list(ordered.filter(after(page[-1], by))[:size])


def after(row: Any, by: Sequence[str]) -> Q:
    """What comes behind this row in that order."""
    found, equal = Q(), Q()
    for field in by:
        name, sign = (field[1:], "lt") if field[0] == "-" else (field, "gt")
        value = getattr(row, name)
        found |= equal & Q(**{f"{name}__{sign}": value})
        equal &= Q(**{name: value})
    return found
