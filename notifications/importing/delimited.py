"""Rows out of text: CSV, TSV and their cousins."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.importing import limits
from notifications.importing.grid import Row, make_row
from notifications.importing.limits import ImportRefused

DELIMITERS: Final = {
    ",": gettext_lazy("Comma"),
    ";": gettext_lazy("Semicolon"),
    "\t": gettext_lazy("Tab"),
    "|": gettext_lazy("Bar"),
}
_SAMPLE_CHARACTERS: Final = 65_536
_SAMPLE_RECORDS: Final = 100
_END: Final = "\ue000end"
# What exports put before a cell that a spreadsheet would calculate, ours too.
_GUARDED: Final = tuple(f"'{sign}" for sign in "=+-@\uff1d\uff0b\uff0d\uff20")
# Excel hides this first line and obeys it.
_SEP_LINE = re.compile(r"\ufeff?sep=([,;\t|])\n", re.IGNORECASE)


def prepare(text: str, delimiter: str | None, *, tabs: bool) -> tuple[str, str]:
    """The text with one kind of line end, and the delimiter that it uses."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    told = _SEP_LINE.match(plain)
    if told:
        plain = plain[told.end() :]
    if delimiter is None:
        delimiter = told[1] if told else guess_delimiter(plain, tabs=tabs)
    if delimiter not in DELIMITERS:
        raise ImportRefused(
            _("Columns cannot be separated by that. Choose one from the list.")
        )
    return plain, delimiter


def guess_delimiter(text: str, *, tabs: bool = False) -> str:
    """The delimiter under which most records have the same number of columns."""
    order = sorted(DELIMITERS, key=lambda delimiter: tabs and delimiter != "\t")
    sample = text[:_SAMPLE_CHARACTERS]
    return max(order, key=lambda delimiter: _evenness(sample, delimiter))


def rows(text: str, delimiter: str, most: int | None = None) -> list[Row]:
    """The records with something in them, numbered as a spreadsheet numbers them."""
    found: list[Row] = []
    for number, cells in enumerate(_records(text, delimiter), start=1):
        row = make_row(number, (_unguarded(cell) for cell in cells))
        if row is not None:
            found.append(row)
            limits.check_rows(len(found) - limits.LINES_ABOVE)
        if most is not None and len(found) >= most:
            break
    return found


def _unguarded(cell: str) -> str:
    return cell[1:] if cell.startswith(_GUARDED) else cell


def _records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Every record; one that never closes its quotation mark is refused.

    The sentinel at the end shows it: inside open quotation marks it is not alone.
    """
    source = io.StringIO(f"{text}\n{_END}", newline="\n")
    reader = csv.reader(source, delimiter=delimiter)
    number = 0
    try:
        for cells in reader:
            number += 1
            if cells and cells[-1].endswith(_END):
                if cells != [_END]:
                    raise ImportRefused(_unclosed(number))
                return
            yield cells
    except csv.Error as error:
        raise ImportRefused(_unclosed(number + 1)) from error


def _unclosed(number: int) -> str:
    return _(
        "In row %(row)s a quotation mark is opened and not closed, so the rest of "
        "the file cannot be told apart. Correct that row and try once more."
    ) % {"row": number}


def _evenness(sample: str, delimiter: str) -> int:
    reader = csv.reader(io.StringIO(sample, newline="\n"), delimiter=delimiter)
    try:
        widths = [len(cells) for cells in islice(reader, _SAMPLE_RECORDS) if cells]
    except csv.Error:
        return -1
    usual = Counter(width for width in widths if width > 1).most_common(1)
    return sum((width - 1) * count for width, count in usual)
