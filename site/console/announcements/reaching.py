"""Who will get it: the card beside the composer, and the list behind each number."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from notifications import audience
from notifications.actions import previews
from notifications.audience import Criteria, Gap, Reach
from notifications.events import ANNOUNCEMENT_POSTED as PLAIN
from notifications.events import REGISTRY, ChannelKind, Event
from notifications.lifecycle import SkipReason
from notifications.models import Recipient

from . import assets, lacks, places
from .audience import Excluded, criteria_from, place_of, query_of
from .screen import Screen
from .wording import WHY, intent, reach_card

PER_PAGE = 50


def reach(request: Any) -> HttpResponse:
    """The reach of what stands in the composer; nothing is stored."""
    data = request.POST.copy()
    data.setdefault("version", "1")
    data.setdefault("uid", "0" * 32)
    screen = Screen.posted(request.cluster, data, None)
    looked_at = screen.as_announcement()
    card = reach_card(looked_at)
    when = screen.when
    will = intent(looked_at, card, when.in_words, at_a_time=when.at_a_time)
    context = {"card": card, "intent": will, "at_a_time": when.at_a_time}
    return render(request, "console/announcements/reach.html", context)


def reach_list(request: Any) -> HttpResponse:
    """Exactly the people behind one number of the reach."""
    criteria = criteria_from(request.GET)
    event = REGISTRY.get(request.GET.get("event", ""), PLAIN)
    identical = request.GET.get("identical") == "1"
    verdict = request.GET.get("verdict", "")
    if verdict not in SkipReason.values:
        verdict = ""
    found = audience.reach_list(
        request.cluster,
        criteria,
        event,
        ChannelKind.EMAIL,
        verdict,
        identical=identical,
    )
    reached = _reached(request, criteria, event, identical)
    gap = lacks.gap_in(request.GET)
    if gap is not None:
        found = found.filter(gap.condition)
    paginator = Paginator(found, PER_PAGE)
    if gap is None:
        # Counted with all the others already.
        paginator.count = reached.number(verdict)
    page = paginator.get_page(request.GET.get("page"))
    for person in page:
        person.url = places.to(request, "people:show", person.pk)
        person.place = place_of(person)
    query = query_of(criteria) | {"event": event.name}
    query |= {"identical": "1" if identical else ""}
    return render(
        request,
        "console/announcements/reach_list.html",
        {
            "page_title": _title(verdict, page.paginator.count, gap),
            "header_icon": "group",
            "media": assets.plain,
            "breadcrumbs_items": [
                {"url": reverse("announcements:index"), "label": _("Announcements")}
            ],
            "page": page,
            "verdict": verdict,
            "why": lacks.advice(gap.name) if gap else WHY.get(verdict, ""),
            "tabs": _tabs(request, reached, query, None if gap else verdict),
            "audience": audience.describe(request.cluster, criteria),
        },
    )


def people(request: Any) -> HttpResponse:
    """Some people by name or unit, to leave out one by one."""
    sought = request.GET.get("q", "").strip()
    found = previews.people_called(request.cluster, sought) if sought else []
    return render(
        request,
        "console/announcements/people_found.html",
        {"sought": sought, "found": [_line(person) for person in found]},
    )


def _line(person: Recipient) -> Excluded:
    return Excluded(person.pk, person.name, place_of(person))


def _reached(request: Any, criteria: Criteria, event: Event, identical: bool) -> Reach:
    return audience.reach(
        request.cluster, criteria, event, ChannelKind.EMAIL, identical=identical
    )


def _title(verdict: str, count: int, gap: Gap | None) -> str:
    if gap is not None:
        return lacks.who(gap.name, count)
    if not verdict:
        return _("%(n)d people will get it") % {"n": count}
    reason = SkipReason(verdict).label
    return _("%(n)d will not get it: %(why)s") % {"n": count, "why": reason.lower()}


def _tabs(
    request: Any, reached: Reach, query: dict[str, Any], verdict: str | None
) -> list[dict[str, Any]]:
    numbers: dict[str, tuple[Any, int]] = {"": (_("Will get it"), reached.will)}
    numbers |= {why: (why.label, n) for why, n in reached.reasons.items()}
    return [
        {
            "label": label,
            "count": count,
            "current": name == verdict,
            "url": places.to(
                request, "announcements:reach_list", **query, verdict=str(name)
            ),
        }
        for name, (label, count) in numbers.items()
    ]
