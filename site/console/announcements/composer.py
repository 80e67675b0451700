"""The composer: what is said, who gets it and when, on one page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.messages.panel import panel_for
from notifications.actions import announcements
from notifications.actions.announcements import Draft
from notifications.errors import MoveRefused, TocsinError
from notifications.lifecycle import AnnouncementStatus
from notifications.models import Announcement

from . import assets, places, timelines
from .audience import choices, criteria_from
from .screen import Screen, uid_in, usable_templates, whole_number
from .wording import intent, reach_card, somebody_in

#: What an edit page looks at when somebody could not go on: ``?look=``.
AT_WORDS, AT_ALL = "words", "all"


def add(request: Any) -> HttpResponse:
    """A new announcement: from a template, for an audience, or from nothing."""
    if request.method == "POST":
        # The same page sent twice writes the same draft twice, not two drafts.
        earlier = Announcement.objects.filter(uid=uid_in(request.POST)).first()
        return _posted(request, earlier)
    criteria = criteria_from(request.GET)
    draft = Draft(criteria=criteria)
    if number := request.GET.get("template", ""):
        template = get_object_or_404(usable_templates(), pk=_key(number))
        words = announcements.draft_from_template(template, request.cluster.language)
        draft = replace(words, criteria=criteria)
    return page(request, Screen.fresh(request.cluster, draft, request.GET))


def edit(request: Any, uid: Any) -> HttpResponse:
    """A draft; anything else is shown as it is."""
    announcement = get_object_or_404(Announcement, uid=uid)
    if request.method == "POST":
        return _posted(request, announcement)
    if announcement.status != AnnouncementStatus.DRAFT:
        return redirect("announcements:show", uid)
    screen = Screen.of(announcement, request.GET)
    problems = _found(screen, request.GET.get("look", ""))
    return page(request, screen, problems=problems)


def page(
    request: Any,
    screen: Screen,
    *,
    problem: str = "",
    problems: list[str] | None = None,
    stale: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The composer with all that stands in it, and what is wrong with it."""
    looked_at = screen.as_announcement()
    card = reach_card(looked_at)
    saved, words = screen.announcement, screen.words
    context = {
        "page_title": str(saved) if saved else _("New announcement"),
        "header_icon": "megaphone",
        "breadcrumbs_items": [
            {"url": reverse("announcements:index"), "label": _("Announcements")}
        ],
        "screen": screen,
        "choices": choices(screen.cluster, screen.criteria),
        "templates": usable_templates(),
        "card": card,
        "intent": intent(
            looked_at,
            card,
            screen.when.in_words,
            at=screen.when.moment,
            at_a_time=screen.when.at_a_time,
        ),
        "problem": problem,
        "problems": problems or [],
        "stale": stale,
        "returned": timelines.return_of(saved) if saved else None,
        "panel": panel_for(
            request,
            words.wordings,
            screen.channels,
            first=somebody_in(looked_at),
            languages=tuple(words.forms),
        ),
        "personal": announcements.personal_in(looked_at),
        "media": words.media + assets.writing,
        "saved_url": reverse("announcements:show", args=[saved.uid]) if saved else "",
    }
    return render(
        request, "console/announcements/composer.html", context, status=status
    )


def _posted(request: Any, announcement: Announcement | None) -> HttpResponse:
    screen = Screen.posted(request.cluster, request.POST, announcement)
    do = request.POST.get("do", "save")
    if do == "template":
        template = get_object_or_404(
            usable_templates(), pk=whole_number(request.POST, "start_from")
        )
        screen.take_words_of(template)
        return page(request, screen)
    if not screen.is_valid:
        problem = _("Nothing was saved yet: put right what is marked below.")
        return page(request, screen, problem=problem, status=422)
    if do == "as_new":
        screen.announcement, screen.uid = None, uuid4()
    return _save(request, screen, do)


def _save(request: Any, screen: Screen, do: str) -> HttpResponse:
    try:
        saved = screen.save(by=request.user)
    except MoveRefused as refused:
        return page(request, screen, problem=str(refused), stale=True, status=409)
    except TocsinError as refused:
        return page(request, screen, problem=str(refused), status=409)
    if do == "review":
        if announcements.problems(saved):
            return _to("edit", screen, look=AT_ALL)
        return _to("review", screen)
    if do == "test":
        return _test(request, screen, saved)
    messages.success(request, _("Draft saved. Nobody has been written to."))
    return _to("edit", screen)


def _test(request: Any, screen: Screen, saved: Announcement) -> HttpResponse:
    """The real message by the real way, to whoever asks."""
    if screen.found:
        return _to("edit", screen, look=AT_WORDS)
    try:
        language = screen.words.tab
        dispatch = announcements.send_test(saved, by=request.user, language=language)
    except TocsinError as refused:
        messages.error(request, str(refused))
        return _to("edit", screen)
    live = places.to(request, "announcements:live", dispatch.uid)
    messages.success(
        request,
        _("A test is on its way to you, and to nobody else. The draft is saved."),
        buttons=[messages.button(live, _("Watch it"))],
    )
    return _to("edit", screen)


def _to(name: str, screen: Screen, **query: str) -> HttpResponseRedirect:
    """On to the saved one."""
    url = reverse(f"announcements:{name}", args=[screen.uid])
    if name == "edit" and screen.words.tab != screen.words.language:
        query["tab"] = screen.words.tab
    parameters = urlencode(query)
    return HttpResponseRedirect(f"{url}?{parameters}" if parameters else url)


def _found(screen: Screen, look: str) -> list[str]:
    """What has to be put right first, where somebody has just tried to go on."""
    if look == AT_WORDS:
        return [str(problem) for problem in screen.found]
    if look == AT_ALL and screen.announcement is not None:
        return announcements.problems(screen.announcement)
    return []


def _key(value: str) -> int:
    return int(value) if value.isdecimal() and len(value) < 19 else 0
