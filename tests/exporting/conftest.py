"""Exports that were asked for, and what came out of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from notifications import exporting
from notifications.actions.exports import request_export
from notifications.models import Cluster, Export, ExportFile

Made = Callable[..., Export]


@pytest.fixture
def made(riverside: Cluster, otto: Any) -> Made:
    """Ask for an export as otto and let the worker make it."""

    def make(kind: str = "log", format: str = "csv", **filters: Any) -> Export:
        export = request_export(riverside, kind, format, filters, "Log", by=otto)
        exporting.run(export.pk)
        export.refresh_from_db()
        return export

    return make


def data_of(export: Export) -> bytes:
    return bytes(ExportFile.objects.get(job=export).data)


def rows_of(export: Export) -> list[list[str]]:
    """All rows of a CSV export, headings first."""
    return list(csv.reader(io.StringIO(data_of(export).decode("utf-8-sig"))))


def table_of(export: Export) -> list[dict[str, str]]:
    """The rows under the headings of a CSV export."""
    head, *rows = rows_of(export)
    return [dict(zip(head, row, strict=True)) for row in rows]


def workbook_of(export: Export) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data_of(export)))
