"""From the bytes of a file to a table of people, each guess shown and each replaceable.

`inspect` looks at the head of the file for the screen “What is in it”; `read` reads
it all. Both make the same guesses, and both raise only `ImportRefused`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from notifications.importing import delimited, encodings, kinds, limits
from notifications.importing.columns import looks_like_data
from notifications.importing.grid import Book, Row
from notifications.importing.headings import meaning
from notifications.importing.kinds import Kind
from notifications.importing.limits import ImportRefused
from notifications.importing.opendocument import OpenDocument
from notifications.importing.workbooks import Workbook

__all__ = ["Guess", "Kind", "Row", "Table", "head", "inspect", "read"]

_HEAD: Final = 40
_SHOWN: Final = 12
_SAMPLED: Final = 240


@dataclass(frozen=True)
class Guess:
    """How a file is understood; a header row of 0 means that it has no headings."""

    kind: Kind
    encoding: str | None
    delimiter: str | None
    sheets: tuple[str, ...]
    sheet: str | None
    header_row: int
    first_rows: tuple[Row, ...]


@dataclass(frozen=True)
class Table:
    """Headings and the rows below them, none blank; `blank` counts those left out."""

    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    blank: int
    guess: Guess


@dataclass(frozen=True)
class _Opened:
    kind: Kind
    encoding: str | None
    delimiter: str | None
    sheets: tuple[str, ...]
    sheet: str | None
    rows: Callable[[int | None], list[Row]]


def inspect(
    data: bytes | Path,
    filename: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
) -> Guess:
    """Say how the file would be read, from its first rows."""
    opened = _open(data, filename, encoding, delimiter, sheet)
    return _guess(opened, opened.rows(_HEAD), header_row)


def read(
    data: bytes | Path,
    filename: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
) -> Table:
    """Read the whole file; what is not given is guessed."""
    opened = _open(data, filename, encoding, delimiter, sheet)
    rows = opened.rows(None)
    return _table(rows, _guess(opened, rows, header_row))


def head(
    data: bytes | Path,
    filename: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    header_row: int | None = None,
) -> Table:
    """The headings and the first rows below them: enough to show and to guess by."""
    opened = _open(data, filename, encoding, delimiter, sheet)
    rows = opened.rows(_SAMPLED)
    return _table(rows, _guess(opened, rows[:_HEAD], header_row))


def guess_header_row(rows: Sequence[Row]) -> int:
    """The row that names most fields; else the first full one that is not data."""
    if not rows:
        return 0
    known = {row.number: len(_fields_named(row)) for row in rows[:_HEAD]}
    best = max(known, key=lambda number: known[number])
    if known[best]:
        return best
    usual = Counter(_filled(row) for row in rows).most_common(1)[0][0]
    for row in rows[:_HEAD]:
        if any(looks_like_data(cell.strip()) for cell in row.cells):
            return 0
        if _filled(row) >= max(1, 0.6 * usual):
            return row.number
    return rows[0].number


def _table(rows: list[Row], guess: Guess) -> Table:
    above = [row for row in rows if row.number == guess.header_row]
    below = [row for row in rows if row.number > guess.header_row]
    limits.check_rows(len(below))
    last = below[-1].number if below else guess.header_row
    width = max((len(row.cells) for row in above + below), default=0)
    return Table(
        headings=_headings(above[0] if above else None, width),
        rows=tuple(_padded(row, width) for row in below),
        blank=last - guess.header_row - len(below),
        guess=guess,
    )


def _open(
    data: bytes | Path,
    filename: str,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
) -> _Opened:
    if isinstance(data, Path):
        limits.check_size(data.stat().st_size)
        data = data.read_bytes()
    limits.check_size(len(data))
    kind = kinds.kind_of(data, filename)
    if kind in ("xlsx", "ods"):
        return _open_book(kind, data, sheet)
    text, encoding = encodings.decode(data, encoding)
    text, delimiter = delimited.prepare(text, delimiter, tabs=kind == "tsv")
    return _Opened(
        kind=kind,
        encoding=encoding,
        delimiter=delimiter,
        sheets=(),
        sheet=None,
        rows=lambda most: delimited.rows(text, delimiter, most),
    )


def _open_book(kind: Kind, data: bytes, sheet: str | None) -> _Opened:
    book: Book = Workbook(data) if kind == "xlsx" else OpenDocument(data)
    if sheet is not None and sheet not in book.names:
        raise ImportRefused(
            _("There is no sheet “%(sheet)s” in the file. Choose one from the list.")
            % {"sheet": sheet}
        )
    chosen = sheet if sheet is not None else _guess_sheet(book)
    return _Opened(
        kind=kind,
        encoding=None,
        delimiter=None,
        sheets=book.visible or book.names,
        sheet=chosen,
        rows=lambda most: book.rows(chosen, most),
    )


def _guess_sheet(book: Book) -> str:
    """Of the sheets that a person sees, the one whose headings we know best."""
    names = book.visible or book.names
    if len(names) == 1:
        return names[0]

    def promise(name: str) -> tuple[int, bool]:
        rows = book.rows(name, _HEAD)
        known = max((len(_fields_named(row)) for row in rows), default=0)
        return known, len(rows) > 1

    return max(names, key=promise)


def _guess(opened: _Opened, rows: Sequence[Row], header_row: int | None) -> Guess:
    if not rows:
        raise ImportRefused(
            _("There is nothing in the file or sheet. Choose the one with the people.")
        )
    if header_row is None:
        header_row = guess_header_row(rows)
    elif header_row and header_row not in {row.number for row in rows}:
        raise ImportRefused(
            _("Row %(row)s is blank, so it cannot hold the headings. Choose another.")
            % {"row": header_row}
        )
    return Guess(
        kind=opened.kind,
        encoding=opened.encoding,
        delimiter=opened.delimiter,
        sheets=opened.sheets,
        sheet=opened.sheet,
        header_row=header_row,
        first_rows=tuple(rows[:_SHOWN]),
    )


def _headings(row: Row | None, width: int) -> tuple[str, ...]:
    named = row.cells if row else ()
    return tuple(
        " ".join(named[place].split())
        if place < len(named) and named[place].strip()
        else _("Column %(letter)s") % {"letter": get_column_letter(place + 1)}
        for place in range(width)
    )


def _padded(row: Row, width: int) -> Row:
    return Row(row.number, row.cells + ("",) * (width - len(row.cells)))


def _fields_named(row: Row) -> set[str]:
    found = (meaning(cell) for cell in row.cells if cell.strip() and len(cell) < 60)
    return {field for field, clarity in filter(None, found) if clarity > 2}


def _filled(row: Row) -> int:
    return sum(1 for cell in row.cells if cell.strip())
