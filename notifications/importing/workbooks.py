"""Rows out of an Excel workbook."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from defusedxml.ElementTree import iterparse
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.worksheet._reader import WorkSheetParser

from notifications.importing import limits
from notifications.importing.grid import Merged, Row, as_text, fill_down, make_row
from notifications.importing.limits import ImportRefused

_NS: Final = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ROW: Final = f"{_NS}row"
_DATA: Final = f"{_NS}sheetData"
_MERGE: Final = f"{_NS}mergeCell"


class Workbook:
    """An XLSX file: values as they were last calculated, never formulas."""

    def __init__(self, data: bytes) -> None:
        limits.check_archive(data)
        with _damage_refused():
            # openpyxl's own types do not show what its read-only sheets offer.
            self._book: Any = load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False
            )
            sheets = [s for s in self._book.worksheets if hasattr(s, "_get_source")]
        if not sheets:
            raise ImportRefused(limits.damaged())
        self._sheets: dict[str, Any] = {sheet.title: sheet for sheet in sheets}

    @property
    def names(self) -> tuple[str, ...]:
        """Every sheet of cells, in the order of the tabs."""
        return tuple(self._sheets)

    @property
    def visible(self) -> tuple[str, ...]:
        """The sheets that a person sees in Excel."""
        return tuple(
            name
            for name, sheet in self._sheets.items()
            if sheet.sheet_state == "visible"
        )

    def rows(self, sheet: str, most: int | None = None) -> list[Row]:
        """The rows with something in them; only the first, if `most` is given.

        openpyxl's own row iterator believes the size that the sheet claims and
        invents every row up to it; its parser below does neither.
        """
        found: list[Row] = []
        merged: list[Merged] = []
        with _damage_refused(), self._sheets[sheet]._get_source() as source:
            for number, cells in self._parsed(self._sheets[sheet], source, merged):
                row = make_row(number, _in_place(cells, number))
                if row is None:
                    continue
                found.append(row)
                limits.check_rows(len(found) - limits.LINES_ABOVE)
                if most is not None and len(found) >= most:
                    break
        found.sort(key=lambda row: row.number)
        return fill_down(found, merged)

    def _parsed(
        self, sheet: Any, source: Any, merged: list[Merged]
    ) -> Iterator[tuple[int, list[dict[str, Any]]]]:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=self._book.epoch,
            date_formats=self._book._date_formats,
            timedelta_formats=self._book._timedelta_formats,
        )
        data = None
        for event, element in iterparse(source, events=("start", "end")):
            if event == "start":
                data = element if element.tag == _DATA else data
            elif element.tag == _ROW:
                yield parser.parse_row(element)
                if data is not None:
                    data.clear()
            elif element.tag == _MERGE:
                merged.extend(_merged(element.get("ref", "")))


def _in_place(cells: Iterable[dict[str, Any]], row: int) -> list[str]:
    placed: list[str] = []
    for cell in cells:
        text = as_text(cell["value"])
        if not text:
            continue
        column = cell["column"]
        limits.check_columns(column, row)
        placed.extend([""] * (column - len(placed)))
        placed[column - 1] = text
    return placed


def _merged(reference: str) -> Iterator[Merged]:
    column, first, _last_column, last = range_boundaries(reference)
    if column and first and last and last > first:
        yield Merged(column - 1, first, last)


@contextmanager
def _damage_refused() -> Iterator[None]:
    """Whatever openpyxl stumbles over is one thing to a person: a damaged file."""
    try:
        with warnings.catch_warnings():
            # It warns of every feature that it will not write back.
            warnings.simplefilter("ignore")
            yield
    except (ImportRefused, MemoryError):
        raise
    except Exception as error:
        raise ImportRefused(limits.damaged()) from error
