"""The list of the log, and its export."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console import pages
from console.delivery.forms import LogFilterForm
from console.delivery.listing import chips, page_of, title_of
from notifications.actions.exports import request_export
from notifications.models import ExportKind

#: Filters that mean the same in every cluster.
EVERYWHERE = ("person", "status", "reason", "channel", "event", "since", "until")


def log(request: Any) -> HttpResponse:
    """Entries of this cluster, newest first; a POST asks for them as a file."""
    elsewhere = _other_cluster(request)
    if elsewhere:
        return HttpResponseRedirect(elsewhere)
    form = LogFilterForm(request.cluster, request.GET)
    if request.method == "POST":
        return _export(request, form)
    found = chips(form, request.GET)
    before = _key(request.GET.get("before"))
    return render(
        request,
        "console/delivery/log.html",
        {
            "page_title": _("Log"),
            "header_icon": "list-ul",
            "form": form,
            "chips": found,
            "page": page_of(form.filter(), request.cluster, before),
            "export_url": f"{request.path}?{_kept(request)}",
            "export_name": title_of(found),
        },
    )


def _export(request: Any, form: LogFilterForm) -> HttpResponse:
    request_export(
        request.cluster,
        ExportKind.LOG,
        request.POST.get("format", ""),
        form.filter().stored(),
        title_of(chips(form, request.GET)),
        by=request.user,
    )
    messages.success(request, _("The file is being made. You may leave this page."))
    return redirect("exports:index")


def _other_cluster(request: Any) -> str:
    """The same list in another of my clusters, when that was chosen; else ""."""
    wanted = request.GET.get("cluster")
    if not wanted or wanted == request.cluster.slug or request.method != "GET":
        return ""
    mine = {membership.cluster.slug for membership in request.memberships}
    if wanted not in mine:
        return ""
    kept = request.GET.copy()
    for name in set(kept) - set(EVERYWHERE):
        del kept[name]
    rest = f"admin/delivery/log/?{kept.urlencode()}"
    return pages.cluster_url(request, wanted, rest)


def _kept(request: Any) -> str:
    kept = request.GET.copy()
    kept.pop("before", None)
    return str(kept.urlencode())


def _key(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
