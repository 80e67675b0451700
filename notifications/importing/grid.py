"""What every kind of file becomes: numbered rows of text."""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from notifications.importing import limits

# What no database and no screen can hold: controls, halves of characters.
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
# What a spreadsheet shows where it could not work something out: not known.
_ERRORS: Final = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"}
)
_MAX_FILLED: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One row with something in it; the number is the one a spreadsheet shows."""

    number: int
    cells: tuple[str, ...]


class Book(Protocol):
    """A file of several sheets."""

    @property
    def names(self) -> tuple[str, ...]:
        """Every sheet, in the order of the tabs."""

    @property
    def visible(self) -> tuple[str, ...]:
        """The sheets that a person sees."""

    def rows(self, sheet: str, most: int | None = None) -> list[Row]:
        """The rows with something in them; only the first, if `most` is given."""


def make_row(number: int, cells: Iterable[str]) -> Row | None:
    """A row without its empty tail, or nothing if there is nothing in it."""
    kept = [clean_text(cell) for cell in cells]
    while kept and not kept[-1].strip():
        kept.pop()
    if not kept:
        return None
    limits.check_columns(len(kept), number)
    return Row(number, tuple(kept))


def clean_text(text: str) -> str:
    """Text without the characters that nothing can store."""
    return text if text.isprintable() else _FORBIDDEN.sub("", text)


def as_text(value: object) -> str:
    """A spreadsheet's value the way the person who typed it means it."""
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return str(int(value)) if value.is_integer() else format(value, ".15g")
        case dt.datetime():
            midnight = value.time() == dt.time()
            return (value.date() if midnight else value).isoformat()
        case dt.date() | dt.time():
            return value.isoformat()
    text = str(value)
    return "" if text in _ERRORS else text


@dataclass(frozen=True)
class Merged:
    """One cell drawn over several rows of a column (columns count from nought)."""

    column: int
    first: int
    last: int


def fill_down(rows: Sequence[Row], merged: Iterable[Merged]) -> list[Row]:
    """Give what is merged down a column to each of the rows that it stands beside."""
    filled, budget = list(rows), _MAX_FILLED
    numbers = [row.number for row in rows]
    for area in merged:
        start = bisect_left(numbers, area.first)
        end = bisect_right(numbers, area.last)
        budget -= end - start
        if start == end or numbers[start] != area.first or budget < 0:
            continue
        if area.column < len(filled[start].cells):
            value = filled[start].cells[area.column]
            for place in range(start + 1, end):
                filled[place] = _with_cell(filled[place], area.column, value)
    return filled


def _with_cell(row: Row, column: int, value: str) -> Row:
    cells = list(row.cells) + [""] * (column + 1 - len(row.cells))
    cells[column] = cells[column] or value
    return replace(row, cells=tuple(cells))
