"""No spreadsheet calculates what somebody else typed."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from notifications.exporting.cells import for_csv, for_xlsx, is_risky
from notifications.exporting.writers import XlsxWriter

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1+1",
    "\r=1+1",
    "  =1+1",
    "\uff1d1+1",
    "\uff0b1+1",
    "\uff0d1+1",
    "\uff20SUM(A1)",
    '=HYPERLINK("https://evil.example","click")',
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_csv_cell_that_could_be_a_formula_gets_an_apostrophe(text: str) -> None:
    assert is_risky(text)
    assert for_csv(text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "Anna", "Flat 1-2", "a@example.org", "7 = 7", "o'Neil", "#N/A"]
)
def test_ordinary_words_stay_as_they_are(text: str) -> None:
    assert for_csv(text) == text


def test_a_phone_number_stays_readable_in_csv() -> None:
    assert for_csv("+447700900123") == "'+447700900123"


def test_a_formula_behind_another_separator_is_guarded_too() -> None:
    assert for_csv("Anna;=1+1") == "Anna;'=1+1"
    assert for_csv("Anna\n=1+1") == "Anna\n'=1+1"


@pytest.mark.parametrize("text", [*FORMULAS, "#N/A", "+447700900123", "007"])
def test_an_xlsx_cell_is_text_whatever_it_looks_like(text: str, tmp_path: Path) -> None:
    path = tmp_path / "cells.xlsx"
    writer = XlsxWriter(path)
    writer.head(["Heading"])
    writer.rows([[text]])
    writer.close()

    cell = openpyxl.load_workbook(path)["Rows"]["A2"]

    assert cell.data_type == "s"
    assert cell.value == text.replace("\r", "\n")
    assert cell.quotePrefix == is_risky(text)


def test_what_xml_cannot_hold_is_marked_and_not_lost_in_an_error() -> None:
    assert for_xlsx("a\x00b\x0bc\ud800") == "a\ufffdb\ufffdc\ufffd"


def test_a_full_sheet_goes_on_in_the_next(tmp_path: Path) -> None:
    path = tmp_path / "two.xlsx"
    writer = XlsxWriter(path, rows_of_a_sheet=3)
    writer.head(["Heading"])
    writer.rows([str(number)] for number in range(4))
    writer.close()

    first, second = openpyxl.load_workbook(path).worksheets

    assert [row[0].value for row in first] == ["Heading", "0", "1"]
    assert [row[0].value for row in second] == ["Heading", "2", "3"]
