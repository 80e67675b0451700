"""Who will get it: the card beside the composer, and the list behind each number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from notifications import audience
from notifications.actions import previews
from notifications.audience import Criteria, Gap, Ways
from notifications.events import ANNOUNCEMENT_POSTED as PLAIN
from notifications.events import REGISTRY, ChannelKind, Event
from notifications.lifecycle import SkipReason
from notifications.models import Cluster, Recipient

from . import asking, assets, lacks, places
from .audience import Excluded, criteria_from, place_of, query_of
from .screen import Screen
from .wording import intent, reach_card, why_of

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
    will = intent(
        looked_at, card, when.in_words, at=when.moment, at_a_time=when.at_a_time
    )
    context = {"card": card, "intent": will, "at_a_time": when.at_a_time}
    return render(request, "console/announcements/reach.html", context)


def reach_list(request: Any) -> HttpResponse:
    """Exactly the people behind one number of the reach."""
    asked = Asked.of(request)
    gap = lacks.gap_in(request.GET)
    found = asked.people()
    if gap is not None:
        found = asked.reading(found).filter(gap.condition)
    paginator = Paginator(found, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    for person in page:
        person.url = places.to(request, "people:show", person.pk)
        person.place = place_of(person)
    return render(
        request,
        "console/announcements/reach_list.html",
        {
            "page_title": _title(asked.verdict, page.paginator.count, gap),
            "header_icon": "group",
            "media": assets.plain,
            "breadcrumbs_items": [
                {"url": reverse("announcements:index"), "label": _("Announcements")}
            ],
            "page": page,
            "channel": asked.channel,
            "why": _why(asked, gap),
            "tabs": _tabs(request, asked, gap),
            "audience": audience.describe(request.cluster, asked.criteria),
        },
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose list an address asks for; ``channel`` is "" for those on any."""

    cluster: Cluster
    criteria: Criteria
    event: Event
    ways: Ways
    channel: str
    verdict: str
    languages: tuple[str, ...]

    @classmethod
    def of(cls, request: Any) -> Asked:
        data, cluster = request.GET, request.cluster
        ways = asking.ways_in(data, cluster)
        channel, verdict = data.get("channel", ""), data.get("verdict", "")
        if channel not in ways.channels:
            # Of one channel there is nothing else to ask; why not is asked of one.
            channel = ways.channels[0] if len(ways.channels) < 2 or verdict else ""
        return cls(
            cluster=cluster,
            criteria=criteria_from(data),
            event=REGISTRY.get(data.get("event", ""), PLAIN),
            ways=ways,
            channel=channel,
            verdict=verdict if verdict in SkipReason.values else "",
            languages=asking.languages_in(data.get("reading", "")),
        )

    @property
    def _place(self) -> tuple[Cluster, Criteria, Event, Ways]:
        return self.cluster, self.criteria, self.event, self.ways

    def people(self) -> Any:
        """The people behind the number, by name."""
        if not self.channel:
            return audience.covered(*self._place)
        return audience.covered_list(*self._place, self.channel, self.verdict)

    def reading(self, found: Any) -> Any:
        """Those of them who get it in the languages that were asked for."""
        if not self.channel or not self.languages:
            return found
        offered = self.ways.languages[self.channel]
        return audience.who_read(self.cluster, found, offered, self.languages)

    def cover(self) -> audience.Coverage:
        return audience.cover(*self._place)

    def query(self) -> dict[str, Any]:
        """The same message for the same people as the parameters of an address."""
        same = query_of(self.criteria) | asking.query_of(self.ways)
        return same | {"event": self.event.name}


def _why(asked: Asked, gap: Gap | None) -> Any:
    if gap is not None:
        return lacks.advice(gap.name)
    return why_of(asked.verdict, asked.channel) if asked.verdict else ""


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


def _title(verdict: str, count: int, gap: Gap | None) -> str:
    if gap is not None:
        return lacks.who(gap.name, count)
    if not verdict:
        return _("%(n)d people will get it") % {"n": count}
    reason = SkipReason(verdict).label
    return _("%(n)d will not get it: %(why)s") % {"n": count, "why": reason.lower()}


def _tabs(request: Any, asked: Asked, gap: Gap | None) -> list[dict[str, Any]]:
    """A tab for each number: on any channel, and on each, with every reason."""
    covered = asked.cover()
    several = len(covered.channels) > 1
    numbers: list[tuple[str, str, Any, int]] = []
    if several:
        numbers.append(("", "", _("Will get it"), covered.will))
    for channel, reached in covered.channels.items():
        kind = f"{ChannelKind(channel).label}: " if several else ""
        will = _("will get it") if several else _("Will get it")
        numbers.append((channel, "", f"{kind}{will}", reached.will))
        numbers += [
            (channel, str(why), f"{kind}{why.label}", count)
            for why, count in reached.reasons.items()
        ]
    query = asked.query()
    here = None if gap else (asked.channel, asked.verdict)
    return [
        {
            "label": label,
            "count": count,
            "current": (channel, verdict) == here,
            "url": places.to(
                request,
                "announcements:reach_list",
                **query,
                channel=channel,
                verdict=verdict,
            ),
        }
        for channel, verdict, label, count in numbers
    ]
