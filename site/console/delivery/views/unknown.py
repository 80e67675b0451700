"""Those of whom nobody can know whether they have it: settled by hand, in bulk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console import areas
from console.announcements import assets, places
from console.announcements.steps import ReasonForm
from console.announcements.wording import people
from console.typed import number_in
from notifications.actions import unknown
from notifications.errors import Refused
from notifications.exporting import words
from notifications.models import Dispatch, NotificationLog

PAGE = 50
#: Messages that are offered by name; the rest are among all.
MOST = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One entry: who, what, since when and why nobody knows."""

    entry: NotificationLog
    name: str
    why: str


def settle(request: Any) -> HttpResponse:
    """The list over the whole cluster or one message, and two ways out."""
    dispatch = _dispatch(request)
    posted = request.method == "POST"
    form = ReasonForm(request.POST if posted else None, required=True)
    problem = ""
    if posted and form.is_valid():
        try:
            _settle(request, dispatch, form.cleaned_data["reason"])
            return redirect(request.get_full_path())
        except Refused as refused:
            problem = str(refused)
    elif posted:
        problem = _("Say how you know, or why you decide so: it goes on record.")
    found = unknown.unknown_in(request.cluster, dispatch)
    entries = found.select_related("addressee", "dispatch")
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "console/delivery/unknown.html",
        {
            "page_title": _("Nobody can know"),
            "header_icon": "help",
            "media": assets.plain,
            "form": form,
            "problem": problem,
            "page": page,
            "count": page.paginator.count,
            "lines": [_line(entry) for entry in page.object_list],
            "dispatch": dispatch,
            "with_some": unknown.messages_with_unknown(request.cluster)[:MOST],
            "chosen": {*request.POST.getlist("entries")},
            "writes": areas.may(request, "delivery:unknown", "POST"),
            "log_url": places.to(request, "delivery:log"),
        },
        status=409 if problem and not form.errors else 200,
    )


def _dispatch(request: Any) -> Dispatch | None:
    """The message that the list is narrowed to; another cluster's is a 404."""
    wanted = request.GET.get("dispatch")
    if not wanted:
        return None
    key = number_in(wanted)
    found: Dispatch | None = None
    if key is not None:
        found = Dispatch.objects.filter(cluster=request.cluster, pk=key).first()
    if found is None:
        raise Http404
    return found


def _line(entry: NotificationLog) -> Line:
    return Line(entry, words.name_of(entry.addressee), words.why(entry))


def _settle(request: Any, dispatch: Dispatch | None, reason: str) -> None:
    """Do it, and say what was done and what could not be."""
    again = request.POST.get("do") == "resend"
    act = unknown.resend if again else unknown.close
    entries = _chosen(request)
    told = act(
        request.cluster,
        by=request.user,
        reason=reason,
        entries=entries,
        dispatch=dispatch,
    )
    if told.count:
        done = _("Sent again to %s.") if again else _("Closed as failed: %s.")
        messages.success(request, done % people(told.count))
    for refused, why in told.refused:
        messages.warning(request, f"“{refused}”: {why}")


def _chosen(request: Any) -> list[int] | None:
    """The keys that were ticked; None for all of them."""
    if request.POST.get("all"):
        return None
    keys = map(number_in, request.POST.getlist("entries"))
    ticked = sorted({key for key in keys if key is not None})
    if not ticked:
        raise Refused(_("Nobody is ticked. Tick some, or all of them."))
    return ticked
