"""CSV and XLSX, written row by row to a file on the disk."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from .cells import for_csv, for_xlsx, is_risky

Row = Sequence[str]
#: A worksheet ends at 1 048 576 rows.
ROWS_OF_A_SHEET = 1_000_000
WIDEST = 60


class Writer(Protocol):
    """Facts about the whole first, then a table."""

    def facts(self, rows: Iterable[Row]) -> None: ...

    def head(self, headings: Row) -> None: ...

    def rows(self, rows: Iterable[Row]) -> None: ...

    def close(self) -> None: ...


class CsvWriter:
    """UTF-8 with a byte order mark, so that spreadsheets read names right."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", encoding="utf-8-sig", newline="", errors="replace")
        self._writer = csv.writer(self._file, quoting=csv.QUOTE_ALL)

    def facts(self, rows: Iterable[Row]) -> None:
        self.rows(rows)
        self._file.write("\r\n")

    def head(self, headings: Row) -> None:
        self.rows([headings])

    def rows(self, rows: Iterable[Row]) -> None:
        self._writer.writerows([for_csv(text) for text in row] for row in rows)

    def close(self) -> None:
        self._file.close()


class XlsxWriter:
    """A workbook of text cells; more sheets when one is full."""

    def __init__(self, path: Path, *, rows_of_a_sheet: int = ROWS_OF_A_SHEET) -> None:
        self._path = path
        self._book = Workbook(write_only=True)
        self._rows_of_a_sheet = rows_of_a_sheet
        self._sheet: Any = None
        self._headings: Row = ()
        self._used = 0

    def facts(self, rows: Iterable[Row]) -> None:
        sheet = self._book.create_sheet(_("Summary"))
        sheet.column_dimensions["A"].width = 28
        sheet.column_dimensions["B"].width = WIDEST
        for row in rows:
            label, *rest = row or ("",)
            sheet.append([_cell(sheet, label, bold=True), *_cells(sheet, rest)])

    def head(self, headings: Row) -> None:
        self._headings = headings
        sheet = self._book.create_sheet()
        sheet.title = _("Rows") if self._sheet is None else _("More rows")
        sheet.freeze_panes = "A2"
        for number, heading in enumerate(headings, start=1):
            column = sheet.column_dimensions[get_column_letter(number)]
            column.width = min(max(len(heading) + 4, 14), WIDEST)
        sheet.append([_cell(sheet, heading, bold=True) for heading in headings])
        self._sheet, self._used = sheet, 1

    def rows(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self._used >= self._rows_of_a_sheet:
                self.head(self._headings)
            self._sheet.append(_cells(self._sheet, row))
            self._used += 1

    def close(self) -> None:
        self._book.save(self._path)


def _cells(sheet: Any, row: Iterable[str]) -> list[Any]:
    return [_cell(sheet, text) for text in row]


def _cell(sheet: Any, text: str, *, bold: bool = False) -> Any:
    if not text:
        return None
    cell = WriteOnlyCell(sheet, for_xlsx(text))
    # Text, whatever it looks like; also after somebody edits the cell.
    cell.data_type = "s"
    if is_risky(text):
        cell.quotePrefix = True
    if bold:
        cell.font = Font(bold=True)
    return cell


def writer_of(format: str, path: Path) -> Writer:
    """The writer of a format; whoever opens it closes it."""
    return XlsxWriter(path) if format == "xlsx" else CsvWriter(path)
