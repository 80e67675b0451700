"""CSV and its cousins: encodings, delimiters, quoting, row numbers."""

from __future__ import annotations

import pytest

from notifications.importing.limits import ImportRefused
from notifications.importing.reading import inspect, read

LINES = "Name,Email\nZoë Müller,zoe@example.org\nRené Lefèvre,rene@example.org\n"


@pytest.mark.parametrize(
    ("encoding", "guessed"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16"),
        ("windows-1252", "windows-1252"),
        ("mac-roman", "mac-roman"),
        ("cp850", "cp850"),
    ],
)
def test_western_letters_survive_in_every_encoding(encoding: str, guessed: str) -> None:
    table = read(LINES.encode(encoding), "people.csv")
    assert table.guess.encoding == guessed
    assert table.headings == ("Name", "Email")
    assert [row.cells[0] for row in table.rows] == ["Zoë Müller", "René Lefèvre"]


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_both_orders_of_utf16_are_read(mark: str) -> None:
    table = read(("\ufeff" + LINES).encode(mark), "people.csv")
    assert table.rows[0].cells == ("Zoë Müller", "zoe@example.org")


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("windows-1250", "Wołodźko Łukasz Ścibór Żółć Wąsik"),
        ("iso-8859-2", "Wołodźko Łukasz Ścibór Żółć Wąsik"),
        ("windows-1251", "Олена Шевченко"),
        ("iso-8859-15", "Œuvrard Françoise Šimek Žofie"),
    ],
)
def test_names_from_further_away_are_recognised(encoding: str, name: str) -> None:
    table = read(f"Name;Email\n{name};a@example.org\n".encode(encoding), "people.csv")
    assert table.rows[0].cells[0] == name


def test_a_few_spoilt_bytes_do_not_spoil_the_rest_of_utf8() -> None:
    data = (LINES * 10).encode() + b"Ren\xc3,cut@example.org\n"
    table = read(data, "people.csv")
    assert table.guess.encoding == "utf-8"
    assert table.rows[0].cells[0] == "Zoë Müller"
    assert table.rows[-1].cells[0] == "Ren\ufffd"


def test_a_chosen_encoding_wins_and_one_that_does_not_fit_is_refused() -> None:
    data = "Name,Email\nRené,r@example.org\n".encode("windows-1252")
    assert read(data, "p.csv", encoding="iso-8859-2").guess.encoding == "iso-8859-2"
    with pytest.raises(ImportRefused, match="cannot be read as UTF-8"):
        read(data, "p.csv", encoding="utf-8")
    with pytest.raises(ImportRefused, match="not an encoding we know"):
        read(data, "p.csv", encoding="rot13")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_guessed(delimiter: str) -> None:
    text = LINES.replace(",", delimiter)
    guess = inspect(text.encode(), "people.csv")
    assert guess.delimiter == delimiter
    assert guess.first_rows[1].cells == ("Zoë Müller", "zoe@example.org")


def test_commas_inside_cells_do_not_hide_the_semicolons() -> None:
    text = 'Name;Email;Note\n"Lee, Ann";a@example.org;x, y, z\nBo;b@example.org;\n'
    assert inspect(text.encode(), "people.csv").delimiter == ";"


def test_a_chosen_delimiter_wins_and_nonsense_is_refused() -> None:
    table = read(b"Name;Email\na;b\n", "p.csv", delimiter=",")
    assert table.headings == ("Name;Email",)
    with pytest.raises(ImportRefused, match="Choose one from the list"):
        read(b"Name;Email\na;b\n", "p.csv", delimiter="x")


def test_a_tsv_is_called_so() -> None:
    guess = inspect(b"Name\tEmail\nAnn\ta@example.org\n", "people.tsv")
    assert (guess.kind, guess.delimiter) == ("tsv", "\t")


def test_excels_first_line_about_the_separator_is_obeyed_and_not_counted() -> None:
    table = read(b"sep=;\r\nName;Email\r\nAnn, Lee;a@example.org\r\n", "p.csv")
    assert table.guess.delimiter == ";"
    assert table.guess.header_row == 1
    assert table.rows[0].cells[0] == "Ann, Lee"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_system_are_understood(end: str) -> None:
    table = read(LINES.replace("\n", end).encode(), "people.csv")
    assert [row.number for row in table.rows] == [2, 3]


def test_row_numbers_are_those_of_a_spreadsheet() -> None:
    text = 'Name,Email\n"Ann\nLee",a@example.org\n\n,,,\nBo,b@example.org\n,\n\n'
    table = read(text.encode(), "people.csv")
    assert [row.number for row in table.rows] == [2, 5]
    assert table.blank == 2


def test_lines_above_the_headings_are_passed_over() -> None:
    text = "Harbour Court\nExported today\n\nName,Email\nAnn,a@example.org\n"
    table = read(text.encode(), "people.csv")
    assert table.guess.header_row == 4
    assert [row.number for row in table.rows] == [5]


def test_unknown_headings_are_still_headings() -> None:
    table = read(b"Wer,Wohin\nAnn,a@example.org\n", "people.csv")
    assert table.headings == ("Wer", "Wohin")


def test_a_file_without_headings_gets_letters() -> None:
    table = read(b"Ann,a@example.org\nBo,b@example.org\n", "people.csv")
    assert table.guess.header_row == 0
    assert table.headings == ("Column A", "Column B")
    assert len(table.rows) == 2


def test_a_chosen_header_row_wins_and_a_blank_one_is_refused() -> None:
    data = b"Name,Email\nAnn,a@example.org\n\nBo,b@example.org\n"
    assert len(read(data, "p.csv", header_row=0).rows) == 3
    assert read(data, "p.csv", header_row=2).headings == ("Ann", "a@example.org")
    with pytest.raises(ImportRefused, match="Row 3 is blank"):
        read(data, "p.csv", header_row=3)


def test_a_column_without_a_heading_is_kept_under_its_letter() -> None:
    table = read(b"Name,Email,\nAnn,a@example.org,x,y\n", "people.csv")
    assert table.headings == ("Name", "Email", "Column C", "Column D")


def test_a_quotation_mark_that_never_closes_loses_nobody_in_silence() -> None:
    text = 'Name,Email\nAnn,a@example.org\n"Bo,b@example.org\nCy,c@example.org\n'
    with pytest.raises(ImportRefused, match="In row 3 a quotation mark"):
        read(text.encode(), "people.csv")
