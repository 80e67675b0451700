"""Every import of the cluster, and the sample file."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from console.paging import CappedPaginator
from notifications.models import RecipientImport

PAGE = 30
SAMPLE = settings.BASE_DIR / "fixtures" / "samples" / "people.csv"


def index(request: Any) -> HttpResponse:
    """The newest first."""
    found = RecipientImport.objects.filter(cluster=request.cluster)
    found = found.select_related("created_by").order_by("-id")
    page = CappedPaginator(found, PAGE).get_page(request.GET.get("page"))
    for job in page:
        job.left_out = sum(job.counts.get("bad", {}).values())
    context = {"page_title": _("Imports"), "header_icon": "upload", "page": page}
    return render(request, "console/imports/index.html", context)


def sample(request: Any) -> HttpResponse:
    """A small file that can be filled in and imported as it is."""
    response = HttpResponse(SAMPLE.read_bytes(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="people.csv"'
    return response
