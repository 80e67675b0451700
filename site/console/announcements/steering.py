"""The hand on a message under way: pause, resume, cancel, try the failed again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.components import Fact
from notifications.actions import dispatches
from notifications.dispatching import sheet
from notifications.errors import TocsinError
from notifications.lifecycle import EntryStatus
from notifications.models import Dispatch

from . import assets, places
from .steps import ReasonForm
from .wording import people


def pause(request: Any, uid: Any) -> HttpResponse:
    """At once, without a question: it can be resumed."""

    def act(dispatch: Dispatch) -> str:
        dispatches.pause(dispatch, by=request.user)
        return _("Paused. Those in hand are finished, nobody else is written to.")

    return _at_once(request, uid, act)


def resume(request: Any, uid: Any) -> HttpResponse:
    """At once, without a question: it can be paused."""

    def act(dispatch: Dispatch) -> str:
        dispatches.resume(dispatch, by=request.user)
        return _("Resumed: it goes on where it was.")

    return _at_once(request, uid, act)


def _at_once(request: Any, uid: Any, act: Callable[[Dispatch], str]) -> HttpResponse:
    dispatch = get_object_or_404(Dispatch, uid=uid)
    if request.method == "POST":
        try:
            messages.success(request, act(dispatch))
        except TocsinError as refused:
            messages.warning(request, str(refused))
    return redirect("announcements:live", uid)


def stop(request: Any, uid: Any) -> HttpResponse:
    """Cancel what has not gone, after a question."""
    dispatch = get_object_or_404(Dispatch, uid=uid)
    counted = sheet(dispatch)
    waiting = counted.total - counted.settled
    form = ReasonForm(request.POST or None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            count = dispatches.cancel(dispatch, by=request.user, reason=reason)
        except TocsinError as refused:
            problem = str(refused)
        else:
            stopped = _("Cancelled: %(people)s will not get it.")
            messages.success(request, stopped % {"people": people(count)})
            return redirect("announcements:live", uid)
    gone = counted.count(EntryStatus.SENT, EntryStatus.DELIVERED)
    context = {
        "page_title": _("Cancel what has not gone?"),
        "question": _(
            "Nobody who still waits will get it. What has gone cannot be called back. "
            "This cannot be undone."
        ),
        "facts": [
            Fact(_("Message"), dispatch.title),
            Fact(_("Still wait"), people(waiting)),
            Fact(_("Have it already"), people(gone)),
        ],
        "submit_label": _("Cancel what has not gone"),
        "form": form,
        "danger": True,
        "problem": problem,
    }
    return _ask(request, dispatch, context)


def retry(request: Any, uid: Any) -> HttpResponse:
    """The same words to those for whom it failed, after a question."""
    dispatch = get_object_or_404(Dispatch, uid=uid)
    problem = ""
    if request.method == "POST":
        try:
            made = dispatches.retry_failed(dispatch, by=request.user)
        except TocsinError as refused:
            problem = str(refused)
        else:
            messages.success(request, _("The failed ones are being tried again."))
            return redirect("announcements:live", made.uid)
    failed = dispatches.to_retry(dispatch)
    context = {
        "page_title": _("Try the failed ones again?"),
        "question": _(
            "The same words go once more to those for whom it failed, and to nobody "
            "else. It gets a page of its own."
        ),
        "facts": [
            Fact(_("Message"), dispatch.title),
            Fact(_("Failed"), people(failed)),
        ],
        "submit_label": _("Try %(people)s again") % {"people": people(failed)},
        "problem": problem,
    }
    return _ask(request, dispatch, context)


def _ask(request: Any, dispatch: Dispatch, context: dict[str, Any]) -> HttpResponse:
    back = places.to(request, "announcements:live", dispatch.uid)
    crumbs = [
        {
            "url": places.to(request, "announcements:index"),
            "label": _("Announcements"),
        },
        {"url": back, "label": dispatch.title},
    ]
    shared = {
        "header_icon": "paper-plane",
        "breadcrumbs_items": crumbs,
        "back_url": back,
        "media": assets.plain,
    }
    return render(
        request,
        "console/announcements/ask.html",
        shared | context,
        status=409 if context["problem"] else 200,
    )
