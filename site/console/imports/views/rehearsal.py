"""The rehearsal: what the file would do, and the button that does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.imports.steps import page, the_import
from notifications.actions import imports
from notifications.errors import Refused
from notifications.importing.columns import FIELDS
from notifications.importing.sheets import head_of, mapping_of
from notifications.lifecycle import ImportStatus
from notifications.models import ImportRow, RecipientImport, RowVerdict

PAGE = 50


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell as it was read, with what is wrong with it."""

    heading: str
    text: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file as a page shows it."""

    number: int
    cells: tuple[Cell, ...]
    problems: tuple[str, ...]
    changes: tuple[tuple[str, str, str], ...]


def rehearsal(request: Any, uid: Any) -> HttpResponse:
    """Four numbers, each opening its rows; a POST rehearses anew.

    The rows can still be looked at when everything is in.
    """
    job = the_import(request, uid)
    if request.method == "POST":
        return _again(request, job)
    is_done = job.status == ImportStatus.DONE
    if job.status != ImportStatus.REHEARSED and not is_done:
        return redirect("imports:show", job.uid)
    counts, bad = job.counts, sum(job.counts["bad"].values())
    shown = request.GET.get("show")
    if shown not in RowVerdict.values:
        shown = "bad" if bad else "new" if counts["new"] else "changed"
    rows = ImportRow.objects.filter(job=job, verdict=shown).order_by("number")
    found = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    fields, headings = mapping_of(job), head_of(job).headings
    context = page(
        request,
        "done" if is_done else "rehearsal",
        job,
        is_done=is_done,
        counts=counts,
        bad=bad,
        to_write=counts["new"] + counts["changed"],
        shown=shown,
        page=found,
        headings=[headings[column] for column in fields],
        lines=[line_of(row, fields, headings) for row in found],
        sampled=found.paginator.count < _all_of(shown, counts, bad),
    )
    return render(request, "console/imports/rehearsal.html", context)


def commit(request: Any, uid: Any) -> HttpResponse:
    """Begin the import; what speaks against it is said on the rehearsal."""
    job = the_import(request, uid)
    if request.method == "POST":
        try:
            imports.commit(job, by=request.user, skip_bad="skip_bad" in request.POST)
        except Refused as problem:
            messages.error(request, str(problem))
    return redirect("imports:show", job.uid)


def line_of(row: ImportRow, fields: dict[int, str], headings: tuple[str, ...]) -> Line:
    """A kept row: its mapped cells, and what is said of it."""
    wrong: dict[int | None, str] = {}
    for problem in row.problems:
        wrong.setdefault(problem["column"], problem["sentence"])
    cells = tuple(
        Cell(
            headings[column],
            row.cells[column] if column < len(row.cells) else "",
            wrong.get(column, ""),
        )
        for column in fields
    )
    return Line(
        row.number,
        cells,
        tuple(problem["sentence"] for problem in row.problems),
        tuple((_word(c["field"]), c["old"], c["new"]) for c in row.changes),
    )


def _again(request: Any, job: RecipientImport) -> HttpResponse:
    try:
        imports.rehearse(job, by=request.user)
    except Refused as problem:
        messages.error(request, str(problem))
    return redirect("imports:show", job.uid)


def _all_of(shown: str, counts: dict[str, Any], bad: int) -> int:
    return bad if shown == RowVerdict.BAD else int(counts[shown])


def _word(field: str) -> str:
    if field == "archived":
        return _("Had left")
    return str(FIELDS[field].label) if field in FIELDS else field
