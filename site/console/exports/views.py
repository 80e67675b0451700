"""Exports: who asked for what, how far it is, and the file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.paging import CappedPaginator
from notifications.actions import exports
from notifications.errors import Refused
from notifications.lifecycle import JobStatus
from notifications.models import Export

PAGE = 30
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
UNDER_WAY = (JobStatus.WAITING, JobStatus.RUNNING)


def index(request: Any) -> HttpResponse:
    """Every export of this cluster, the newest first."""
    context = _context(request) | {
        "page_title": _("Exports"),
        "header_icon": "download",
    }
    return render(request, "console/exports/index.html", context)


def rows(request: Any) -> HttpResponse:
    """The table alone, for the page to put in place of the one it has."""
    return render(request, "console/exports/rows.html", _context(request))


def download(request: Any, pk: int) -> HttpResponse:
    """The file; each time it is taken goes on record."""
    export = get_object_or_404(Export, pk=pk)
    if request.method != "GET":
        return HttpResponse(content_type=TYPES[export.format])
    try:
        file = exports.download(export, by=request.user)
    except Refused as problem:
        messages.error(request, str(problem))
        return redirect("exports:index")
    # Not a FileResponse: served asynchronously, that would collect an iterator.
    response = HttpResponse(bytes(file.data), content_type=TYPES[export.format])
    disposition = content_disposition_header(True, export.filename)
    response["Content-Disposition"] = disposition or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def again(request: Any, pk: int) -> HttpResponse:
    """Ask for the same rows once more."""
    export = get_object_or_404(Export, pk=pk)
    if request.method == "POST":
        exports.request_again(export, by=request.user)
        messages.success(request, _("The file is being made anew."))
    return redirect("exports:index")


def _context(request: Any) -> dict[str, Any]:
    found = Export.objects.filter(cluster=request.cluster).order_by("-id")
    found = found.select_related("requested_by")
    page = CappedPaginator(found, PAGE).get_page(request.GET.get("page"))
    under_way = any(export.status in UNDER_WAY for export in page)
    return {"page": page, "under_way": under_way}
