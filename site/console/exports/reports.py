"""The delivery report of a dispatch on the screen, and the way to the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.components import BALANCE_ORDER, Fact
from console.delivery.listing import day_and_time
from console.paging import CappedPaginator
from notifications.actions.exports import request_report
from notifications.exporting import words
from notifications.exporting.kinds import audience_words
from notifications.exporting.report import Line, Report, report_of
from notifications.lifecycle import REACHED, EntryStatus, SkipReason
from notifications.models import Dispatch, Export, ExportKind
from notifications.models.tallying import statuses

PAGE = 30
MISSED = (EntryStatus.FAILED, EntryStatus.BOUNCED, EntryStatus.UNKNOWN)


@dataclass(frozen=True, slots=True)
class Cell:
    """A number, and the entries behind it."""

    count: int
    url: str
    label: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table with its numbers in the order of the headings."""

    heading: str
    cells: tuple[Cell, ...]
    total: Cell


@dataclass(frozen=True, slots=True)
class Table:
    """Numbers per status; its lines are channels or zones."""

    heading: str
    statuses: tuple[EntryStatus, ...]
    rows: tuple[Row, ...]


def index(request: Any) -> HttpResponse:
    """Dispatches of this cluster, the newest first, with how far they reached."""
    found = (
        Dispatch.objects.filter(cluster=request.cluster)
        .select_related("created_by")
        .order_by("-id")
    )
    page = CappedPaginator(found, PAGE).get_page(request.GET.get("page"))
    numbers = _numbers(page)
    lines = [(dispatch, numbers[dispatch.pk]) for dispatch in page]
    return render(
        request,
        "console/exports/reports.html",
        {
            "page_title": _("Delivery reports"),
            "header_icon": "chart",
            "page": page,
            "lines": lines,
        },
    )


def report(request: Any, pk: int) -> HttpResponse:
    """The balance sheet of one dispatch; a POST asks for it as a file."""
    dispatch = get_object_or_404(
        Dispatch.objects.select_related("cluster", "created_by"), pk=pk
    )
    if request.method == "POST":
        request_report(dispatch, request.POST.get("format", ""), by=request.user)
        messages.success(request, _("The report is being made as a file."))
        return redirect("exports:index")
    counted = report_of(dispatch)
    log = f"{reverse('delivery:log')}?dispatch={dispatch.pk}"
    return render(
        request,
        "console/exports/report.html",
        {
            "page_title": dispatch.title,
            "header_icon": "chart",
            "breadcrumbs_items": [
                {"url": reverse("exports:reports"), "label": _("Delivery reports")},
            ],
            "dispatch": dispatch,
            "report": counted,
            "facts": list(_facts(dispatch, counted)),
            "log": log,
            "tables": [
                _table(_("Channel"), "channel", counted, counted.channels, log),
                _table(_("Zone"), "zone", counted, counted.zones, log),
            ],
            "reasons": list(_reasons(counted, log)),
            "files": Export.objects.filter(
                cluster=request.cluster,
                kind=ExportKind.DELIVERY,
                filters__dispatch=dispatch.pk,
            ).select_related("requested_by")[:5],
        },
    )


def _numbers(dispatches: Iterable[Dispatch]) -> dict[int, dict[str, int]]:
    """Entries of each dispatch: all, those that reached, those that did not."""
    counted = statuses(dispatches)
    found = {}
    for dispatch in dispatches:
        mine = counted.get(dispatch.pk, {})
        found[dispatch.pk] = {
            "planned": sum(mine.values()),
            "reached": sum(mine.get(status, 0) for status in REACHED),
            "missed": sum(mine.get(status, 0) for status in MISSED),
            "skipped": mine.get(EntryStatus.SKIPPED, 0),
        }
    return found


def _facts(dispatch: Dispatch, counted: Report) -> Iterator[Fact]:
    yield Fact(_("Kind"), words.event_words(dispatch.event))
    yield Fact(_("Sent by"), str(dispatch.created_by or _("Tocsin")))
    yield Fact(_("Audience"), "; ".join(audience_words(dispatch)))
    yield Fact(_("Made"), day_and_time(dispatch.created_at))
    if dispatch.started_at:
        yield Fact(_("First one sent"), day_and_time(dispatch.started_at))
    if dispatch.finished_at:
        yield Fact(_("Finished"), day_and_time(dispatch.finished_at))
    yield Fact(_("People"), counted.people)


def _table(
    heading: str, name: str, counted: Report, lines: tuple[Line, ...], log: str
) -> Table:
    statuses = tuple(one for one in BALANCE_ORDER if one in counted.statuses)
    return Table(
        heading, statuses, tuple(_row(name, line, statuses, log) for line in lines)
    )


def _row(name: str, line: Line, statuses: tuple[EntryStatus, ...], log: str) -> Row:
    here = f"{log}&{urlencode({name: line.key} if line.key else {'without_zone': 1})}"
    cells = tuple(
        Cell(line.counts.get(status, 0), f"{here}&status={status}", str(status.label))
        for status in statuses
    )
    return Row(
        line.heading or _("Without a zone"), cells, Cell(line.total, here, _("Total"))
    )


def _reasons(counted: Report, log: str) -> Iterator[Cell]:
    for reason, count in counted.reasons:
        known = reason in SkipReason.values
        url = f"{log}&reason={reason}" if known else log
        yield Cell(count, url, words.reason_words(reason))
