"""What a report is made of: the same parts for the screen, a file and paper."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from . import words

Cell = str | datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """One heading of a report and what stands under it.

    With a ``head`` the rows are a table of short cells; without one they are labels
    and what they say, however long that is.
    """

    heading: str
    rows: tuple[tuple[Cell, ...], ...]
    head: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A report to be printed. ``logo`` is a picture's bytes, ``colour`` #rrggbb.

    ``facts`` stand under the title; ``foot`` at the bottom of every page.
    """

    title: str
    kind: str
    owner: str
    colour: str
    logo: bytes | None
    language: str
    foot: str
    facts: tuple[tuple[str, str], ...]
    parts: tuple[Part, ...]


def flat(parts: tuple[Part, ...]) -> Iterator[tuple[str, ...]]:
    """The parts as the rows of one sheet."""
    for part in parts:
        yield ("",)
        yield (part.heading,)
        if part.head:
            yield part.head
        for row in part.rows:
            yield tuple(_text(cell) for cell in row)
        if part.note:
            yield (part.note,)


def _text(cell: Cell) -> str:
    return words.moment(cell) if isinstance(cell, datetime) else cell or ""
