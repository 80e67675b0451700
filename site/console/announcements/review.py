"""The last look before it goes: what, to whom, when; and then the button."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from notifications.actions import announcements
from notifications.errors import MoveRefused, TocsinError
from notifications.lifecycle import AnnouncementStatus
from notifications.models import Announcement

from . import assets, facts, places, said
from .forms import WhenForm, times_in, times_of
from .screen import whole_number
from .showing import words_of
from .wording import intent, reach_card

_S = AnnouncementStatus
SENDABLE = frozenset({_S.DRAFT, _S.APPROVED})


def review(request: Any, uid: Any) -> HttpResponse:
    """GET shows what would happen; POST lets it happen, once."""
    announcement = get_object_or_404(Announcement, uid=uid)
    if request.method == "POST":
        return _send(request, announcement)
    if announcement.status not in SENDABLE:
        return redirect("announcements:show", uid)
    given = {"when": "now"} | times_of(announcement) | times_in(request.GET)
    when = WhenForm(announcement.cluster, given)
    if problems := _wrong(when) or announcements.problems(announcement):
        messages.error(request, " ".join(problems))
        return HttpResponseRedirect(_edit_url(request, announcement, when))
    return _page(request, announcement, when)


def _send(request: Any, announcement: Announcement) -> HttpResponse:
    when = WhenForm(announcement.cluster, request.POST)
    if problem := " ".join(_wrong(when)):
        return _page(request, announcement, when, problem=problem, status=409)
    try:
        return _do(request, announcement, when)
    except BadRequest:
        raise
    except MoveRefused as refused:
        announcement.refresh_from_db()
        if announcement.status not in SENDABLE:
            messages.warning(request, str(refused))
            return _onward(request, announcement)
        return _page(request, announcement, when, problem=str(refused), status=409)
    except TocsinError as refused:
        announcement.refresh_from_db()
        return _page(request, announcement, when, problem=str(refused), status=409)


def _wrong(when: WhenForm) -> list[str]:
    return [str(each) for errors in when.errors.values() for each in errors]


def _do(request: Any, announcement: Announcement, when: WhenForm) -> HttpResponse:
    """The one action, with the number and the version that the person saw."""
    seen = {
        "by": request.user,
        "version": whole_number(request.POST, "version"),
        "expected_people": whole_number(request.POST, "expected_people"),
        "not_after_wall": when.cleaned_data["not_after"],
    }
    at = when.cleaned_data["send_at"]
    if at is None:
        announcements.send_now(announcement, **seen)
    else:
        announcements.schedule(announcement, send_at_wall=at, **seen)
    messages.success(request, _said(announcement))
    return _onward(request, announcement)


def _said(announcement: Announcement) -> str:
    if announcement.status == _S.SUBMITTED:
        return _("Submitted. It goes when somebody else has approved it.")
    if announcement.status == _S.SCHEDULED:
        return _("Scheduled. You can change or cancel it until then.")
    return _("It is on its way.")


def _onward(request: Any, announcement: Announcement) -> HttpResponse:
    """To the page of what it has become."""
    return redirect("announcements:show", announcement.uid)


def _page(
    request: Any,
    announcement: Announcement,
    when: WhenForm,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    card = reach_card(announcement)
    will = intent(
        announcement, card, when.in_words, at=when.moment, at_a_time=when.at_a_time
    )
    context = {
        "page_title": will.label,
        "header_icon": "paper-plane",
        "breadcrumbs_items": [
            {"url": reverse("announcements:index"), "label": _("Announcements")},
            {
                "url": _edit_url(request, announcement, when),
                "label": str(announcement),
            },
        ],
        "announcement": announcement,
        "card": card,
        "intent": will,
        "when": when,
        "facts": facts.of_intent(announcement, card, when),
        "panel": words_of(request, announcement),
        "said": said.of(announcement),
        "media": assets.reading,
        "problem": problem,
        "back_url": _edit_url(request, announcement, when),
    }
    return render(request, "console/announcements/review.html", context, status=status)


def _edit_url(request: Any, announcement: Announcement, when: WhenForm) -> str:
    draft = announcement.status == _S.DRAFT
    route = "announcements:edit" if draft else "announcements:show"
    return places.to(request, route, announcement.uid, **when.query)
