"""XLSX and ODS: values as a person sees them, sheets, merged and repeated cells."""

from __future__ import annotations

import datetime as dt
import io

import pytest
import tablib
from openpyxl import Workbook

from notifications.importing.limits import ImportRefused
from notifications.importing.reading import inspect, read

from .files import cell, line, ods, repacked, saved, xlsx

HEAD = ("Name", "Email", "Mobile", "Flat")


def test_numbers_come_out_as_they_were_typed() -> None:
    data = xlsx(HEAD, ("Ann", None, 7700900123.0, 44.0), ("Bo", None, 7700900124, 4.5))
    table = read(data, "people.xlsx")
    assert table.rows[0].cells == ("Ann", "", "7700900123", "44")
    assert table.rows[1].cells == ("Bo", "", "7700900124", "4.5")


def test_dates_times_and_truth_come_out_as_text() -> None:
    data = xlsx(
        ("Name", "Email", "A", "B", "C", "D"),
        (
            "Ann",
            "a@example.org",
            dt.datetime(2026, 5, 4),
            dt.datetime(2026, 5, 4, 9, 30),
            dt.time(9, 30),
            True,
        ),
    )
    cells = read(data, "people.xlsx").rows[0].cells
    assert cells[2:] == ("2026-05-04", "2026-05-04T09:30:00", "09:30:00", "TRUE")


def test_a_formula_gives_its_kept_value_and_is_blank_without_one() -> None:
    plain = xlsx(HEAD, ("Ann", "a@example.org", None, "=1+1"))
    assert read(plain, "people.xlsx").rows[0].cells[3:] in ((), ("",))
    kept = repacked(
        plain,
        {
            "xl/worksheets/sheet1.xml": lambda content: content.replace(
                b"<v></v>", b"<v>2</v>"
            ).replace(b"<v />", b"<v>2</v>")
        },
    )
    assert read(kept, "people.xlsx").rows[0].cells[3] == "2"


def test_what_excel_could_not_work_out_is_not_known() -> None:
    table = read(xlsx(HEAD, ("Ann", "#N/A", "#REF!", "2")), "people.xlsx")
    assert table.rows[0].cells == ("Ann", "", "", "2")


def test_blank_rows_keep_their_numbers() -> None:
    workbook = Workbook()
    sheet = workbook.active
    for place, text in ((1, "Name"), (2, "Email")):
        sheet.cell(4, place, text)
    sheet.cell(5, 1, "Ann")
    sheet.cell(9, 1, "Bo")
    sheet.cell(1000, 1, " ")
    table = read(saved(workbook), "people.xlsx")
    assert [row.number for row in table.rows] == [5, 9]
    assert table.blank == 3


def test_a_building_merged_down_its_rows_belongs_to_each_of_them() -> None:
    workbook = Workbook()
    sheet = workbook.active
    sheet.append(("Building", "Name", "Email"))
    for name in ("Ann", "Bo", "Cy"):
        sheet.append(("Heron" if name == "Ann" else None, name, f"{name}@example.org"))
    sheet.append((None, "Di", "di@example.org"))
    sheet.merge_cells("A2:A4")
    table = read(saved(workbook), "people.xlsx")
    assert [row.cells[0] for row in table.rows] == ["Heron", "Heron", "Heron", ""]


def test_the_sheet_with_people_is_guessed_and_a_hidden_one_is_not_offered() -> None:
    workbook = Workbook()
    workbook.active.title = "Read me"
    workbook.active.append(("About this list",))
    hidden = workbook.create_sheet("Left")
    hidden.append(HEAD)
    hidden.append(("Old", "old@example.org"))
    hidden.sheet_state = "hidden"
    shown = workbook.create_sheet("People")
    shown.append(HEAD)
    shown.append(("Ann", "a@example.org"))
    data = saved(workbook)

    guess = inspect(data, "people.xlsx")
    assert guess.sheets == ("Read me", "People")
    assert guess.sheet == "People"
    assert read(data, "p.xlsx", sheet="Left").rows[0].cells[0] == "Old"
    with pytest.raises(ImportRefused, match="no sheet “Nowhere”"):
        read(data, "p.xlsx", sheet="Nowhere")


def test_a_sheet_that_lies_about_its_size_is_read_to_its_end() -> None:
    data = repacked(
        xlsx(HEAD, ("Ann",), ("Bo",)),
        {
            "xl/worksheets/sheet1.xml": lambda content: content.replace(
                b'ref="A1:D3"', b'ref="A1"'
            )
        },
    )
    assert len(read(data, "people.xlsx").rows) == 2


def test_a_row_far_down_costs_nothing() -> None:
    data = repacked(
        xlsx(HEAD, ("Ann",)),
        {
            "xl/worksheets/sheet1.xml": lambda content: content.replace(
                b'<row r="2">', b'<row r="2000000000">'
            )
        },
    )
    assert read(data, "people.xlsx").rows[0].number == 2_000_000_000


def test_what_libreoffice_repeats_is_repeated_and_its_endless_tail_is_not() -> None:
    data = ods(
        '<table:table table:name="People">'
        + line(cell("Name"), cell("Email"), cell("A"), cell("B"))
        + line(
            cell("Ann"),
            '<table:table-cell table:number-columns-repeated="1"/>',
            cell("x", 'table:number-columns-repeated="2"'),
            '<table:table-cell table:number-columns-repeated="16380"/>',
        )
        + line(
            '<table:table-cell table:number-columns-repeated="16384"/>',
            attributes='table:number-rows-repeated="2"',
        )
        + line(cell("Bo"), attributes='table:number-rows-repeated="2"')
        + line("<table:table-cell/>", attributes='table:number-rows-repeated="1048570"')
        + "</table:table>"
    )
    table = read(data, "people.ods")
    assert [(row.number, row.cells) for row in table.rows] == [
        (2, ("Ann", "", "x", "x")),
        (5, ("Bo", "", "", "")),
        (6, ("Bo", "", "", "")),
    ]
    assert table.blank == 2


def test_values_of_an_opendocument_sheet_come_out_as_text() -> None:
    number = '<table:table-cell office:value-type="float" office:value="{}"/>'
    data = ods(
        '<table:table table:name="People">'
        + line(cell("Name"), cell("Mobile"), cell("Flat"), cell("Since"))
        + line(
            cell("Ann<text:s/>Lee<text:line-break/>Jr"),
            number.format("7700900123"),
            number.format("44"),
            '<table:table-cell office:value-type="date" '
            'office:date-value="2026-05-04T00:00:00"/>',
        )
        + "</table:table>"
    )
    cells = read(data, "people.ods").rows[0].cells
    assert cells == ("Ann Lee\nJr", "7700900123", "44", "2026-05-04")


def test_hidden_and_merged_work_in_opendocument_as_well() -> None:
    data = ods(
        '<table:table table:name="Old" table:style-name="gone">'
        + line(cell("Name"), cell("Email"))
        + '</table:table><table:table table:name="People">'
        + line(cell("Building"), cell("Name"))
        + line(cell("Heron", 'table:number-rows-spanned="2"'), cell("Ann"))
        + line("<table:covered-table-cell/>", cell("Bo"))
        + "</table:table>",
        styles='<style:style style:name="gone" style:family="table">'
        '<style:table-properties table:display="false"/></style:style>',
    )
    table = read(data, "people.ods")
    assert table.guess.sheets == ("People",)
    assert [row.cells for row in table.rows] == [("Heron", "Ann"), ("Heron", "Bo")]


def test_a_file_made_by_another_program_is_read() -> None:
    made = tablib.Dataset(
        ("Ann", "a@example.org", 7), headers=("Name", "Email", "Flat")
    )
    for kind in ("ods", "xlsx"):
        data = io.BytesIO(made.export(kind)).getvalue()
        table = read(data, f"people.{kind}")
        assert table.guess.kind == kind
        assert table.rows[0].cells == ("Ann", "a@example.org", "7")


def test_the_content_decides_and_the_name_does_not() -> None:
    assert inspect(xlsx(HEAD, ("Ann",)), "people.csv").kind == "xlsx"
    assert inspect(b"Name,Email\nAnn,a@example.org\n", "people.xlsx").kind == "csv"
