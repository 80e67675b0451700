"""Raise an emergency: what it is and where, on one page; the rest is prepared."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from console.announcements.audience import Choices, choices, keys_in
from notifications.actions import broadcasts
from notifications.actions.scenarios import scenarios_of
from notifications.audience import Criteria
from notifications.channels.registry import registry
from notifications.errors import Refused
from notifications.models import Broadcast, Scenario

from . import worlds
from .forms import narrowed


def raise_(request: Any) -> HttpResponse:
    """GET shows scenarios and zones; POST makes the draft and goes on to review it."""
    if request.method != "POST":
        return _page(request, request.GET)
    try:
        broadcast = _draft(request)
    except Refused as refused:
        return _page(request, request.POST, problem=str(refused), status=409)
    return worlds.to(request, "review", broadcast.uid)


def _draft(request: Any) -> Broadcast:
    scenario = _chosen(request, request.POST)
    criteria = _where(request.POST)
    if scenario is None:
        raise Refused(_("Choose what has happened."))
    if criteria.is_empty:
        raise Refused(_("Choose where it is: everywhere, or some zones."))
    draft = broadcasts.draft_from_scenario(scenario, criteria)
    # What no provider serves here is not promised.
    known = registry().kinds
    kinds = tuple(each for each in draft.channels if each in known)
    return broadcasts.create_draft(
        request.cluster,
        replace(draft, channels=kinds, ladder=narrowed(draft.ladder, kinds)),
        by=request.user,
        is_drill=worlds.is_drill(request),
        uid=_uid(request.POST),
        parent=_parent(request, request.POST),
    )


def _page(
    request: Any, given: QueryDict, *, problem: str = "", status: int = 200
) -> HttpResponse:
    chosen = _chosen(request, given)
    where: Choices = choices(request.cluster, _where(given))
    drill = worlds.is_drill(request)
    return worlds.render(
        request,
        "raise.html",
        {
            "page_title": _("Start a drill") if drill else _("Raise emergency"),
            "scenarios": list(scenarios_of(request.cluster)),
            "chosen": chosen,
            "choices": where,
            "parent": _parent(request, given),
            "uid": _uid(given) or uuid4(),
            "problem": problem,
        },
        status=status,
    )


def _where(data: QueryDict) -> Criteria:
    """Ticked zones say more than *everywhere*."""
    zones = keys_in(data.getlist("zones"))
    return Criteria(everyone=data.get("who") == "everyone" and not zones, zones=zones)


def _chosen(request: Any, data: QueryDict) -> Scenario | None:
    found: Scenario | None = (
        scenarios_of(request.cluster).filter(slug=data.get("scenario", "")).first()
    )
    return found


def _uid(data: QueryDict) -> UUID | None:
    try:
        return UUID(data.get("uid", ""))
    except ValueError:
        return None


def _parent(request: Any, data: QueryDict) -> Broadcast | None:
    try:
        uid = UUID(data.get("about", ""))
    except ValueError:
        return None
    found: Broadcast | None = Broadcast.objects.filter(
        uid=uid, is_drill=worlds.is_drill(request)
    ).first()
    return found
