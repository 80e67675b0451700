"""Which kind of file it is: its content decides, its name only helps."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
from typing import Final, Literal

from django.utils.translation import gettext as _

from notifications.importing import limits
from notifications.importing.limits import ImportRefused

Kind = Literal["csv", "tsv", "xlsx", "ods"]

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED: Final = "EncryptedPackage".encode("utf-16-le")
_WIDE_BOMS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_OTHER_FORMATS: Final = (
    b"%PDF",
    b"{\\rtf",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"7z\xbc\xaf",
    b"Rar!",
    b"SQLite format 3",
)
_CONTROLS: Final = bytes(set(range(32)) - {9, 10, 11, 12, 13, 26, 27})


def kind_of(data: bytes, filename: str) -> Kind:
    """Say what the file is, or refuse it with what to do instead."""
    suffix = filename.rpartition(".")[2].lower() if "." in filename else ""
    if data.startswith(b"PK\x03\x04") or data.startswith(b"PK\x05\x06"):
        return _kind_of_archive(data)
    if data.startswith(_OLE):
        raise ImportRefused(limits.locked() if _ENCRYPTED in data else _old_excel())
    if data.startswith(_OTHER_FORMATS):
        raise ImportRefused(_unknown())
    if suffix in {"xlsx", "xlsm", "ods"} and _is_binary(data):
        raise ImportRefused(limits.damaged())
    _check_text(data)
    return "tsv" if suffix in {"tsv", "tab"} else "csv"


def _kind_of_archive(data: bytes) -> Kind:
    limits.check_archive(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = set(archive.namelist())
        if "xl/workbook.bin" in names:
            raise ImportRefused(_old_excel())
        if any(name.startswith("xl/") for name in names):
            return "xlsx"
        if "encrypted-package" in names or _is_locked(archive, names):
            raise ImportRefused(limits.locked())
        if "content.xml" in names and _is_spreadsheet(archive, names):
            return "ods"
    raise ImportRefused(_unknown())


def _is_locked(archive: zipfile.ZipFile, names: set[str]) -> bool:
    return b"encryption-data" in _member(archive, names, "META-INF/manifest.xml")


def _is_spreadsheet(archive: zipfile.ZipFile, names: set[str]) -> bool:
    return b"spreadsheet" in _member(archive, names, "mimetype", b"spreadsheet")


def _member(
    archive: zipfile.ZipFile, names: set[str], name: str, default: bytes = b""
) -> bytes:
    if name not in names:
        return default
    try:
        return archive.read(name)
    except limits.BROKEN_ARCHIVE as error:
        raise ImportRefused(limits.damaged()) from error


def _check_text(data: bytes) -> None:
    if data.startswith(_WIDE_BOMS):
        return
    if re.match(rb"\s*<(!doctype|html|\?xml|table)", data[:200], re.IGNORECASE):
        raise ImportRefused(
            _(
                "The file is a web page, not a list. Open it in your spreadsheet "
                "program, save it as .xlsx, and try once more."
            )
        )
    if b"\x00" in data or _is_binary(data):
        raise ImportRefused(_unknown())


def _is_binary(data: bytes) -> bool:
    """One control character in a hundred is more than any list holds."""
    head = data[:65536]
    if head.startswith(_WIDE_BOMS):
        return False
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return b"\x00" in head or controls * 100 > len(head)


def _old_excel() -> str:
    return _(
        "This is an older or binary kind of Excel file. Open it, choose Save as, "
        "take “Excel workbook (.xlsx)”, and try once more."
    )


def _unknown() -> str:
    return _(
        "This is not a file that can be imported. Save the list as CSV, TSV, XLSX "
        "or ODS and choose that file."
    )
