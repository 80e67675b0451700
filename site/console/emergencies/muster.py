"""The muster: who is safe, who needs help, who has not answered; door by door."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages

from notifications.actions import broadcasts
from notifications.alerting import AnswerState
from notifications.audience import zone_names
from notifications.errors import TocsinError
from notifications.models import Broadcast, Recipient

from . import worlds, zone_tabs
from .board import prepared
from .walking import Walk, is_open, looked_for, standing_of

SILENT, EVERYBODY = "silent", "all"
#: In the order in which somebody goes through them.
TABS = {
    AnswerState.HELP: _("Needs help"),
    SILENT: _("No answer"),
    AnswerState.SAFE: _("Safe"),
    EVERYBODY: _("Everybody"),
}
#: As many people as the part that moves shows; the rest by zone, and all on paper.
MOST = 500


def show(request: Any, uid: Any) -> HttpResponse:
    """The whole page: numbers, zones, and people to be put down."""
    broadcast = worlds.find(request, uid)
    context = _state(request, broadcast) | {
        "page_title": _("Muster"),
        "steers": broadcasts.may_steer(broadcast, request.user),
        "prepared": prepared(broadcast),
    }
    return worlds.render(request, "muster.html", context)


def now(request: Any, uid: Any) -> HttpResponse:
    """The part that moves."""
    broadcast = worlds.find(request, uid)
    context = _state(request, broadcast)
    context["world"] = request.resolver_match.namespace
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
    walk = Walk.of(request.GET.get("zone", ""))
    living, listed = Counter[int | None](), Counter[int | None]()
    here = Counter[str]()
    for (zone, state), people in standing_of(broadcast).items():
        kinds = (EVERYBODY, state or SILENT)
        living[zone] += people
        listed[zone] += people if tab in kinds else 0
        here.update(dict.fromkeys(kinds, people) if walk.holds(zone) else {})
    found = _of(walk.narrow(looked_for(broadcast)), tab)
    shown = list(found.order_by("zone__path", "unit", "name_key")[: MOST + 1])
    going = is_open(broadcast)
    names = zone_names(broadcast.cluster)
    ordered = groupby(walk.in_order(shown[:MOST]), key=lambda one: one.zone_id)
    return {
        "broadcast": broadcast,
        "open": going,
        "closes": broadcasts.listens_until(broadcast),
        "may_mark": going and worlds.may(request, "mark"),
        "tab": tab,
        "zone": walk.asked,
        "zone_rows": list(zone_tabs.rows(walk, living, listed)),
        "tabs": [
            {"name": name, "label": label, "count": here[name]}
            for name, label in TABS.items()
        ],
        "groups": [
            (names.get(key) or _("No zone"), list(people)) for key, people in ordered
        ],
        "more": len(shown) > MOST,
        "most": MOST,
    }


def _of(everybody: QuerySet[Recipient], tab: str) -> QuerySet[Recipient]:
    if tab == EVERYBODY:
        return everybody
    return everybody.filter(Q(state=None) if tab == SILENT else Q(state=tab))
