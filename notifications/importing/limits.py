"""What a file may be before anybody reads it: each limit answers in one sentence."""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from typing import Final

from django.utils.translation import gettext as _

from notifications.errors import TocsinError

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 64
# Headings, and what people write over them, are not rows of people.
LINES_ABOVE: Final = 100
# 100 000 rows of ten columns are about 60 MB of XML.
MAX_EXPANDED: Final = 100 * 1024 * 1024
MAX_RATIO: Final = 200
MAX_MEMBERS: Final = 1_000
MAX_SHEETS: Final = 100
# A small part that squeezes well is no danger, however well it squeezes.
RATIO_MATTERS_FROM: Final = 1024 * 1024

# All that `zipfile` raises when an archive is not what it says.
BROKEN_ARCHIVE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    EOFError,
    OSError,
    IndexError,
    struct.error,
)


class ImportRefused(TocsinError):
    """The file cannot be imported; the sentence says why and what to do next."""


def check_size(size: int) -> None:
    """Refuse a file of no bytes, or of more than we take."""
    if size == 0:
        raise ImportRefused(_("The file is empty. Choose the file with the people."))
    if size > MAX_BYTES:
        raise ImportRefused(
            _(
                "The file is %(size)s MB and the limit is %(limit)s MB. Remove "
                "pictures and other sheets, or split it into several files."
            )
            % {"size": _tenths(size), "limit": MAX_BYTES // 1024**2}
        )


def check_rows(count: int) -> None:
    """Refuse more rows than one import takes."""
    if count > MAX_ROWS:
        raise ImportRefused(
            _(
                "The file has more than %(limit)s rows. Split it into several "
                "files and import them one after the other."
            )
            % {"limit": f"{MAX_ROWS:,}".replace(",", " ")}
        )


def check_columns(count: int, row: int) -> None:
    """Refuse a row that is wider than any list of people."""
    if count > MAX_COLUMNS:
        raise ImportRefused(
            _(
                "Row %(row)s has more than %(limit)s columns. Remove the columns "
                "that are not about people, or check how columns are separated."
            )
            % {"row": row, "limit": MAX_COLUMNS}
        )


def check_sheets(count: int) -> None:
    """Refuse a workbook of more sheets than anybody could choose from."""
    if count > MAX_SHEETS:
        raise ImportRefused(
            _(
                "The workbook has more than %(limit)s sheets. Save the sheet with "
                "the people as a file of its own."
            )
            % {"limit": MAX_SHEETS}
        )


def check_archive(data: bytes) -> None:
    """Look at the zip directory of an XLSX or ODS file before opening anything in it.

    A directory that lies does no harm: `zipfile` never hands out more of a member
    than its directory says, so what is counted here is what can be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members)
            _check_sheet_count(archive)
    except BROKEN_ARCHIVE as error:
        raise ImportRefused(damaged()) from error


def damaged() -> str:
    """What to say of a workbook that cannot be read."""
    return _(
        "The file is damaged or not a complete spreadsheet. Open it in your "
        "spreadsheet program, save it again as .xlsx, and try once more."
    )


def locked() -> str:
    """What to say of a workbook behind a password."""
    return _(
        "The file is protected by a password. Open it, remove the password, save "
        "it, and try once more."
    )


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    if any(member.flag_bits & 0x1 for member in members):
        raise ImportRefused(locked())
    total = sum(member.file_size for member in members)
    swollen = any(
        member.file_size > RATIO_MATTERS_FROM
        and member.file_size > MAX_RATIO * max(member.compress_size, 1)
        for member in members
    )
    if total > MAX_EXPANDED or swollen or len(members) > MAX_MEMBERS:
        raise ImportRefused(
            _(
                "The file unpacks to far more than a list of people can be. Copy "
                "the people into a new workbook, save it, and try once more."
            )
        )


def _check_sheet_count(archive: zipfile.ZipFile) -> None:
    for member in archive.infolist():
        if member.filename.endswith("workbook.xml"):
            content = archive.read(member)
            check_sheets(len(re.findall(rb"<(?:\w+:)?sheet[\s/>]", content)))


def _tenths(size: int) -> str:
    return f"{size / 1024**2:.1f}"
