"""Files as people make them, built in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

DATA = Path(__file__).parent.parent / "data"

_NAMES = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"'
)


def saved(workbook: Workbook) -> bytes:
    """The bytes of a workbook."""
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def xlsx(*rows: Sequence[Any]) -> bytes:
    """A workbook of one sheet."""
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    return saved(workbook)


def ods(tables: str, styles: str = "") -> bytes:
    """An OpenDocument spreadsheet from the XML of its tables."""
    content = (
        f"<office:document-content {_NAMES}>"
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return archive(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
        }
    )


def cell(text: str, attributes: str = "") -> str:
    """A text cell of an OpenDocument table."""
    return (
        f'<table:table-cell office:value-type="string" {attributes}>'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def line(*cells: str, attributes: str = "") -> str:
    """A row of an OpenDocument table."""
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def archive(members: dict[str, str | bytes]) -> bytes:
    """A zip file of these members."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return target.getvalue()


def repacked(data: bytes, changes: dict[str, Any]) -> bytes:
    """A zip file with some members changed (by a function of their bytes)."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        members = {name: packed.read(name) for name in packed.namelist()}
    for name, change in changes.items():
        members[name] = change(members.get(name, b""))
    return archive(members)
