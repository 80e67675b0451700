"""What a row of a file turns out to be: a person, or something to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from notifications.importing.grid import Row


@dataclass(frozen=True, slots=True)
class Parsed:
    """A good row; nothing (None, no tags) means: leave what we have alone."""

    row: int
    name: str
    external_id: str | None = None
    first_name: str | None = None
    email: str | None = None
    phone: str | None = None
    zone_text: str | None = None
    unit: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell, or with the row when there is no column."""

    column: int | None
    field: str
    reason: str
    sentence: str
    value: str


@dataclass(frozen=True, slots=True)
class Bad:
    """A row to look at, with every problem it has; the first is the one counted."""

    row: int
    cells: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def reason(self) -> str:
        """The code under which the row is counted."""
        return self.problems[0].reason


def columns_by_field(mapping: Mapping[int, str]) -> dict[str, list[int]]:
    """The columns of each field, from left to right."""
    found: dict[str, list[int]] = {}
    for column, key in sorted(mapping.items()):
        found.setdefault(key, []).append(column)
    return found


def text_at(row: Row, column: int | None) -> str:
    """What stands in a column of a row, or nothing."""
    if column is None or column >= len(row.cells):
        return ""
    return row.cells[column].strip()
