"""What is refused, each with a sentence that says what to do."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from notifications.importing import limits
from notifications.importing.limits import ImportRefused
from notifications.importing.reading import inspect, read

from .files import archive, cell, line, ods, repacked, xlsx

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("data", "filename", "sentence"),
    [
        (b"", "people.csv", "The file is empty"),
        (b"\n\n , ,\n", "people.csv", "There is nothing in the file"),
        (OLE, "people.xls", "Save as"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "p.xlsx", "a password"),
        (b"PK\x03\x04 and then nothing", "people.xlsx", "damaged"),
        (bytes(range(256)) * 8, "people.xlsx", "damaged"),
        (bytes(range(256)) * 8, "people.csv", "not a file that can be imported"),
        (b"Name,Email\nAnn\x00,a@example.org\n", "people.csv", "not a file that"),
        (b"%PDF-1.7\n%", "people.pdf", "not a file that can be imported"),
        (b"\x89PNG\r\n\x1a\n", "people.png", "not a file that can be imported"),
        (b"<html><table></table></html>", "people.xls", "a web page"),
        (archive({"letter.docx": "hello"}), "people.zip", "not a file that can be"),
        (archive({"word/document.xml": "<a/>"}), "p.docx", "not a file that can be"),
        (archive({"xl/workbook.bin": "x"}), "people.xlsb", "Save as"),
        (archive({"xl/workbook.xml": "<a/>"}), "people.xlsx", "damaged"),
        (archive({"encrypted-package": "x"}), "people.ods", "a password"),
    ],
)
def test_each_kind_of_wrong_file_has_its_sentence(
    data: bytes, filename: str, sentence: str
) -> None:
    for look in (inspect, read):
        with pytest.raises(ImportRefused, match=sentence):
            look(data, filename)


def test_ten_megabytes_are_the_most(tmp_path: Path) -> None:
    with pytest.raises(ImportRefused, match="10.0 MB and the limit is 10 MB"):
        read(b"x" * (limits.MAX_BYTES + 1), "people.csv")
    big = tmp_path / "people.csv"
    big.write_bytes(b"x" * (limits.MAX_BYTES + 1))
    with pytest.raises(ImportRefused, match="limit is 10 MB"):
        read(big, "people.csv")


def test_a_hundred_thousand_rows_are_the_most() -> None:
    heading = b"Name,Email\n"
    assert len(read(heading + b"A,b\n" * limits.MAX_ROWS, "p.csv").rows) == 100_000
    with pytest.raises(ImportRefused, match="more than 100 000 rows"):
        read(heading + b"A,b\n" * (limits.MAX_ROWS + 1), "p.csv")
    repeated = line(cell("Ann"), attributes='table:number-rows-repeated="900000000"')
    with pytest.raises(ImportRefused, match="more than 100 000 rows"):
        read(ods(f'<table:table table:name="a">{repeated}</table:table>'), "p.ods")


def test_sixty_four_columns_are_the_most() -> None:
    assert len(read(b"h," * 63 + b"h\nx,y\n", "p.csv").headings) == 64
    with pytest.raises(ImportRefused, match="Row 1 has more than 64 columns"):
        read(b"h," * 64 + b"h\nx,y\n", "p.csv")
    with pytest.raises(ImportRefused, match="Row 2 has more than 64 columns"):
        read(xlsx(("Name",), ["x"] * 65), "p.xlsx")
    wide = line(cell("x", 'table:number-columns-repeated="16384"'))
    with pytest.raises(ImportRefused, match="Row 1 has more than 64 columns"):
        read(ods(f'<table:table table:name="a">{wide}</table:table>'), "p.ods")


def test_an_empty_tail_of_columns_is_not_counted() -> None:
    assert len(read(b"Name,Email" + b"," * 500 + b"\nAnn\n", "p.csv").headings) == 2


def test_a_small_file_that_unpacks_to_a_huge_one_is_not_opened() -> None:
    data = repacked(xlsx(("Name",)), {"xl/media/a.xml": lambda _: b" " * 120 * 1024**2})
    assert len(data) < 1024**2
    with pytest.raises(ImportRefused, match="unpacks to far more"):
        read(data, "people.xlsx")


def test_one_member_that_swells_too_much_is_enough() -> None:
    data = repacked(xlsx(("Name",)), {SHEET: lambda _: b" " * 2 * 1024**2})
    with pytest.raises(ImportRefused, match="unpacks to far more"):
        read(data, "people.xlsx")


def test_a_thousand_members_are_the_most() -> None:
    data = archive({f"xl/{number}.xml": "x" for number in range(1001)})
    with pytest.raises(ImportRefused, match="unpacks to far more"):
        read(data, "people.xlsx")


def test_a_directory_that_lies_about_a_size_gets_no_more_than_it_says() -> None:
    data = bytearray(repacked(xlsx(("Name",)), {SHEET: lambda _: b" " * 50 * 1024**2}))
    start = data.find(b"PK\x01\x02")
    while data[start + 46 : start + 46 + len(SHEET)] != SHEET.encode():
        start = data.find(b"PK\x01\x02", start + 4)
    struct.pack_into("<I", data, start + 24, 100)
    with pytest.raises(ImportRefused, match="damaged"):
        read(bytes(data), "people.xlsx")


def test_a_member_behind_a_password_is_recognised() -> None:
    data = bytearray(xlsx(("Name",)))
    struct.pack_into("<H", data, data.find(b"PK\x01\x02") + 8, 1)
    with pytest.raises(ImportRefused, match="password"):
        read(bytes(data), "people.xlsx")


def test_an_opendocument_file_behind_a_password_is_recognised() -> None:
    manifest = "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"
    data = repacked(
        ods("<table:table/>"), {"META-INF/manifest.xml": lambda _: manifest.encode()}
    )
    with pytest.raises(ImportRefused, match="password"):
        read(data, "people.ods")


def test_entities_that_grow_are_never_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    spoilt_xlsx = repacked(xlsx(("Name",)), {SHEET: lambda _: bomb})
    spoilt_ods = repacked(ods(""), {"content.xml": lambda _: bomb})
    for data in (spoilt_xlsx, spoilt_ods):
        with pytest.raises(ImportRefused, match="damaged"):
            read(data, "people")


def test_more_sheets_than_anybody_could_choose_from_are_refused() -> None:
    data = repacked(
        xlsx(("Name",)), {"xl/workbook.xml": lambda text: text + b"<sheet />" * 101}
    )
    with pytest.raises(ImportRefused, match="more than 100 sheets"):
        read(data, "people.xlsx")


def test_a_file_cut_short_is_refused() -> None:
    data = xlsx(("Name", "Email"), ("Ann", "a@example.org"))
    with pytest.raises(ImportRefused, match="damaged"):
        read(data[: len(data) // 2], "people.xlsx")
