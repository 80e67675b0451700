"""Those of whom nobody can know whether they have it: settled by hand."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console import areas
from notifications.actions import dispatches
from notifications.errors import TocsinError
from notifications.models import Dispatch

from . import assets, places
from .audience import keys_in
from .steps import ReasonForm
from .wording import people

#: Never more than a few windows; all the same nobody settles thousands by hand.
MOST = 200


def settle(request: Any, uid: Any) -> HttpResponse:
    """The list, and two ways out: send again, or close as failed."""
    dispatch = get_object_or_404(Dispatch, uid=uid)
    problem = ""
    posted = request.method == "POST"
    form = ReasonForm(request.POST if posted else None, required=True)
    if posted and form.is_valid():
        try:
            messages.success(request, _settle(request, dispatch, form))
            return redirect("announcements:live", uid)
        except TocsinError as refused:
            problem = str(refused)
    entries = dispatches.unknown_entries(dispatch)
    shown: list[Any] = list(entries.select_related("addressee", "recipient")[:MOST])
    for entry in shown:
        entry.url = places.to(request, "delivery:entry", entry.pk)
    live = places.to(request, "announcements:live", uid)
    return render(
        request,
        "console/announcements/unknown.html",
        {
            "page_title": _("Nobody can know"),
            "header_icon": "help",
            "breadcrumbs_items": [
                {
                    "url": places.to(request, "announcements:index"),
                    "label": _("Announcements"),
                },
                {"url": live, "label": dispatch.title},
            ],
            "media": assets.plain,
            "dispatch": dispatch,
            "entries": shown,
            "chosen": {*request.POST.getlist("entries")},
            "posted": posted,
            "count": entries.count(),
            "form": form,
            "problem": problem,
            "back_url": live,
            "writes": areas.may(request, "announcements:unknown", "POST"),
        },
        status=409 if problem else 200,
    )


def _settle(request: Any, dispatch: Dispatch, form: ReasonForm) -> str:
    keys = keys_in(request.POST.getlist("entries"))
    given = {
        "by": request.user,
        "reason": form.cleaned_data["reason"],
        "entries": keys,
    }
    if request.POST.get("do") == "resend":
        count = dispatches.resend_unknown(dispatch, **given)
        return _("Sent again to %(people)s.") % {"people": people(count)}
    count = dispatches.close_unknown(dispatch, **given)
    return _("Closed as failed: %(people)s.") % {"people": people(count)}
