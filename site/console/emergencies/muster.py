"""The muster: who is safe, who needs help, who has not answered; door by door."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from django.db.models import OuterRef, Q, Subquery
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from notifications.actions import broadcasts
from notifications.alerting import AnswerState
from notifications.audience import mustered, zone_names
from notifications.errors import TocsinError
from notifications.models import Answer, Broadcast, Recipient

from . import worlds
from .board import prepared

SILENT, EVERYBODY = "silent", "all"
#: In the order in which somebody goes through them.
TABS = {
    AnswerState.HELP: _("Needs help"),
    SILENT: _("No answer"),
    AnswerState.SAFE: _("Safe"),
    EVERYBODY: _("Everybody"),
}
#: As many doors as one list holds; the rest is found by zone.
MOST = 500
#: For those of whom no zone is known.
NOWHERE = "none"
NUMBERS = re.compile(r"(\d+)", re.ASCII)


def show(request: Any, uid: Any) -> HttpResponse:
    """The whole page; printed it is the list of doors to knock at."""
    broadcast = worlds.find(request, uid)
    context = _state(request, broadcast) | {
        "page_title": _("Muster"),
        "may_mark": worlds.may(request, "mark"),
        "steers": broadcasts.may_steer(broadcast, request.user),
        "prepared": prepared(broadcast),
    }
    return worlds.render(request, "muster.html", context)


def now(request: Any, uid: Any) -> HttpResponse:
    """The part that moves."""
    broadcast = worlds.find(request, uid)
    context = _state(request, broadcast)
    context |= {
        "may_mark": worlds.may(request, "mark"),
        "world": request.resolver_match.namespace,
    }
    return render(request, "console/emergencies/muster_now.html", context)


def mark(request: Any, uid: Any, pk: int) -> HttpResponse:
    """POST puts somebody down as seen; the list stays where it was."""
    broadcast = worlds.find(request, uid)
    person = get_object_or_404(Recipient, pk=pk)
    tab = request.POST.get("tab", SILENT)
    back = worlds.url(request, "muster", uid)
    if request.method == "POST":
        state = request.POST.get("state", "")
        try:
            seen = request.POST.get("seen")
            broadcasts.mark(broadcast, person, state, by=request.user, seen=seen)
        except TocsinError as refused:
            messages.warning(request, str(refused))
    query = urlencode({"tab": tab, "zone": request.POST.get("zone", "")})
    return redirect(f"{back}?{query}")


def _state(request: Any, broadcast: Broadcast) -> dict[str, Any]:
    tab = request.GET.get("tab", SILENT)
    if tab not in TABS:
        tab = SILENT
    everybody = _everybody(broadcast)
    zone = request.GET.get("zone", "")
    here = everybody
    if zone == NOWHERE:
        here = everybody.filter(zone=None)
    elif zone.isdecimal() and len(zone) < 19:
        here = everybody.filter(zone_id=int(zone))
    shown = list(_of(here, tab).order_by("zone__path", "unit", "name_key")[: MOST + 1])
    shown[:MOST] = sorted(shown[:MOST], key=_door)
    names = zone_names(broadcast.cluster)
    return {
        "broadcast": broadcast,
        "tab": tab,
        "zone": zone,
        "zones": _zones(everybody, names),
        "tabs": [
            {"name": name, "label": label, "count": _of(here, name).count()}
            for name, label in TABS.items()
        ],
        "groups": [
            (names.get(key) or _("No zone"), list(rows))
            for key, rows in groupby(shown[:MOST], key=lambda one: one.zone_id)
        ],
        "more": len(shown) > MOST,
        "most": MOST,
        "states": AnswerState,
    }


def _door(person: Any) -> tuple[Any, ...]:
    """As somebody walks: 2A comes before 10A."""
    parts = NUMBERS.split(person.unit)
    unit = [int(part) if number % 2 else part for number, part in enumerate(parts)]
    return (person.zone.path if person.zone else "", unit, person.name_key)


def _everybody(broadcast: Broadcast) -> Any:
    """Whom it looks for, each with what they answered."""
    answers = Answer.objects.filter(broadcast=broadcast, recipient=OuterRef("pk"))
    return (
        mustered(broadcast)
        .select_related("zone")
        .annotate(
            state=Subquery(answers.values("state")[:1]),
            place=Subquery(answers.values("place")[:1]),
            answered_at=Subquery(answers.values("answered_at")[:1]),
            by_staff=Subquery(answers.values("by_staff")[:1]),
        )
    )


def _of(everybody: Any, tab: str) -> Any:
    if tab == EVERYBODY:
        return everybody
    return everybody.filter(Q(state=None) if tab == SILENT else Q(state=tab))


def _zones(everybody: Any, names: dict[int, str]) -> list[dict[str, str]]:
    """The zones that people of the audience live in, in the order of the tree."""
    rows = everybody.exclude(zone=None).order_by("zone__path")
    found = rows.values_list("zone_id", flat=True).distinct()
    zones = [{"key": str(key), "name": names[key]} for key in found]
    if everybody.filter(zone=None).exists():
        zones.append({"key": NOWHERE, "name": str(_("No zone"))})
    return zones
