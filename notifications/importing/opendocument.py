"""Rows out of an OpenDocument spreadsheet.

odfpy builds every cell of every sheet in memory and tablib drops repeated cells, so
that columns move; this reads the stream and keeps one row at a time.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import iterparse

from notifications.importing import limits
from notifications.importing.grid import Merged, Row, as_text, fill_down, make_row
from notifications.importing.limits import ImportRefused

_URN: Final = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _OFFICE, _TEXT, _STYLE = (
    _URN % name for name in ("table", "office", "text", "style")
)
_CELLS: Final = (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell")
_NUMBERS: Final = frozenset({"float", "currency", "percentage"})
_ERROR = re.compile(r"Err:\d+|#[A-Z/0]+[!?]?")
_PEEK: Final = 60


class OpenDocument:
    """An ODS file: one pass finds the sheets, another reads the one that is wanted."""

    def __init__(self, data: bytes) -> None:
        limits.check_archive(data)
        self._data = data
        self._hidden: set[str] = set()
        self._heads: dict[str, list[Row]] = {}
        self._merged: list[Merged] = []
        with _damage_refused():
            self._peek()
        if not self._heads:
            raise ImportRefused(limits.damaged())

    @property
    def names(self) -> tuple[str, ...]:
        """Every sheet, in the order of the tabs."""
        return tuple(self._heads)

    @property
    def visible(self) -> tuple[str, ...]:
        """The sheets that a person sees."""
        return tuple(name for name in self._heads if name not in self._hidden)

    def rows(self, sheet: str, most: int | None = None) -> list[Row]:
        """The rows with something in them; only the first, if `most` is given."""
        if most is not None and most <= _PEEK:
            return self._heads[sheet][:most]
        self._merged = []
        with _damage_refused():
            return fill_down(self._read(sheet, most), self._merged)

    def _peek(self) -> None:
        for name, hidden, row in _events(self._data):
            if row is None:
                limits.check_sheets(len(self._heads) + 1)
                self._heads[name] = []
                number = 0
                if hidden:
                    self._hidden.add(name)
            elif len(self._heads[name]) < _PEEK:
                number = self._take(row, number, self._heads[name], _PEEK)

    def _read(self, sheet: str, most: int | None) -> list[Row]:
        found: list[Row] = []
        number = 0
        for name, _hidden, row in _events(self._data):
            if name == sheet and row is not None:
                number = self._take(row, number, found, most)
                if most is not None and len(found) >= most:
                    break
        return found

    def _take(
        self, element: Element, before: int, found: list[Row], most: int | None
    ) -> int:
        """Add a row as often as it repeats; gives the number of its last copy."""
        last = before + _count(element, f"{_TABLE}number-rows-repeated")
        cells = self._cells(element, before + 1)
        if any(cells):
            for number in range(before + 1, last + 1):
                row = make_row(number, cells)
                if row is None or (most is not None and len(found) >= most):
                    break
                found.append(row)
                limits.check_rows(len(found) - limits.LINES_ABOVE)
        return last

    def _cells(self, element: Element, number: int) -> list[str]:
        placed: list[str] = []
        column = 0
        for cell in element:
            if cell.tag not in _CELLS:
                continue
            repeated = _count(cell, f"{_TABLE}number-columns-repeated")
            text = _cell_text(cell) if cell.tag == _CELLS[0] else ""
            if text:
                limits.check_columns(column + repeated, number)
                placed.extend([""] * (column - len(placed)))
                placed.extend([text] * repeated)
                span = _count(cell, f"{_TABLE}number-rows-spanned")
                if span > 1:
                    self._merged.append(Merged(column, number, number + span - 1))
            column += repeated
        return placed


def _cell_text(cell: Element) -> str:
    kind = cell.get(f"{_OFFICE}value-type")
    if kind in _NUMBERS:
        return as_text(float(cell.get(f"{_OFFICE}value", "")))
    if kind == "date":
        return cell.get(f"{_OFFICE}date-value", "").removesuffix("T00:00:00")
    if kind == "boolean":
        return cell.get(f"{_OFFICE}boolean-value", "").upper()
    lines = [_flat(part) for part in cell if part.tag == f"{_TEXT}p"]
    text = "\n".join(lines) or cell.get(f"{_OFFICE}string-value", "")
    return "" if _ERROR.fullmatch(text) else text


def _flat(element: Element) -> str:
    """A paragraph's words, with the spaces and breaks that are elements here."""
    pieces = [element.text or ""]
    for child in element:
        match child.tag.removeprefix(_TEXT):
            case "s":
                pieces.append(" " * min(_count(child, f"{_TEXT}c"), 100))
            case "tab":
                pieces.append("\t")
            case "line-break":
                pieces.append("\n")
            case _:
                pieces.append(_flat(child))
        pieces.append(child.tail or "")
    return "".join(pieces)


def _count(element: Element, attribute: str) -> int:
    return max(int(element.get(attribute, "1")), 1)


def _hides(style: Element) -> bool:
    return any(part.get(f"{_TABLE}display") == "false" for part in style)


def _events(data: bytes) -> Iterator[tuple[str, bool, Element | None]]:
    """Each sheet as it begins (name, hidden, nothing), then each of its rows."""
    hidden_styles: set[str] = set()
    name, hidden, depth = "", False, 0
    with (
        zipfile.ZipFile(io.BytesIO(data)) as archive,
        archive.open("content.xml") as source,
    ):
        for event, element in iterparse(source, events=("start", "end")):
            if element.tag == f"{_TABLE}table":
                depth += 1 if event == "start" else -1
                if event == "start" and depth == 1:
                    name = element.get(f"{_TABLE}name", "")
                    hidden = element.get(f"{_TABLE}style-name") in hidden_styles
                    yield name, hidden, None
            elif event == "end" and element.tag == f"{_STYLE}style":
                if _hides(element):
                    hidden_styles.add(element.get(f"{_STYLE}name", ""))
            elif event == "end" and element.tag == f"{_TABLE}table-row" and depth == 1:
                yield name, hidden, element
                element.clear()


@contextmanager
def _damage_refused() -> Iterator[None]:
    try:
        yield
    except (ImportRefused, MemoryError):
        raise
    except Exception as error:
        raise ImportRefused(limits.damaged()) from error
