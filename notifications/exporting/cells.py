"""Cells that no spreadsheet takes for a formula (OWASP: CSV injection).

In CSV nothing says "this is text", so a cell that could start a formula gets an
apostrophe in front. That holds for phone numbers too: ``'+447700900123`` stays
readable, where ``+447700900123`` would be shown as 4.477E+11. In XLSX each cell is
typed as text, so the words stay as they are.
"""

from __future__ import annotations

import re

#: What starts a formula, with the full-width forms that spreadsheets also take.
STARTERS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
#: Where a spreadsheet with another separator or line end would begin a new cell.
_INNER = re.compile(rf"(?<=.)([;\t\r\n]\s*\"?)(?=[{STARTERS}])", re.DOTALL)
_RISKY = re.compile(rf"\s*[{STARTERS}]|[\t\r\n]")
#: What XML cannot hold.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
LONGEST = 32_767


def is_risky(text: str) -> bool:
    """Whether a spreadsheet might calculate this cell instead of showing it."""
    return bool(_RISKY.match(text))


def for_csv(text: str) -> str:
    """The text with an apostrophe wherever a formula could begin."""
    guarded = _INNER.sub(r"\1'", text)
    return f"'{guarded}" if is_risky(text) else guarded


def for_xlsx(text: str) -> str:
    """The text as a worksheet can hold it: no control characters, not too long."""
    return writable(text)[:LONGEST]


def writable(text: str) -> str:
    """The text with plain line ends, and a sign in the place of what is none."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNWRITABLE.sub("\ufffd", lines)
