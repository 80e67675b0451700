"""The list of people, and taking it away as a file."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.people.actions import offered
from console.people.filters import PeopleFilterForm
from console.people.listing import page_of
from console.people.selection import Selection
from notifications.actions.exports import request_export
from notifications.models import ExportKind, Recipient


def index(request: Any) -> HttpResponse:
    """People of this cluster: searched, filtered, sorted, and picked."""
    form = PeopleFilterForm(request.cluster, request.GET)
    page = page_of(form, request.cluster, request.GET.get("page"))
    paginator: Any = page.paginator
    return render(
        request,
        "console/people/index.html",
        {
            "page_title": _("People"),
            "header_icon": "group",
            "form": form,
            "page": page,
            "count": paginator.count,
            "more": paginator.more,
            "anybody": bool(paginator.count) or _anybody(),
            "query": request.GET.urlencode(),
            "actions": offered(request, archived=form.filter().archived),
        },
    )


def export(request: Any) -> HttpResponse:
    """Ask for the picked people as a file; the file waits among the exports."""
    if request.method != "POST":
        return redirect("people:index")
    selection = Selection.of(request.cluster, request.POST)
    if not selection.people().exists():
        messages.warning(request, _("Nobody was picked. Tick people, or take all."))
        return back_to_list(selection)
    export = request_export(
        request.cluster,
        ExportKind.PEOPLE,
        request.POST.get("format", "csv"),
        selection.filter.stored(),
        _("People"),
        request.user,
    )
    messages.success(request, _("“%s” is being written; it will wait here.") % export)
    return redirect("exports:index")


def back_to_list(selection: Selection) -> HttpResponse:
    """The list as it was when people were picked."""
    query = f"?{selection.query}" if selection.query else ""
    return HttpResponseRedirect(reverse("people:index") + query)


def _anybody() -> bool:
    return bool(Recipient.objects.exists())
