"""Raise an emergency: what it is and where, on one page; the rest is prepared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext as _

from console.announcements.audience import (
    Choice,
    Choices,
    choices,
    keys_in,
    zone_choices,
)
from notifications import scope
from notifications.actions import together
from notifications.actions.scenarios import scenarios_of
from notifications.audience import Criteria, people
from notifications.errors import Refused
from notifications.models import Broadcast, Cluster, Role, Scenario

from . import worlds

EVERYONE = Criteria(everyone=True)
#: Zones are offered of so many other clusters, so that the page stays light.
MOST_TREES = 10


@dataclass(frozen=True, slots=True)
class Other:
    """Another cluster of whoever raises it, in which it may be raised as well.

    ``zones`` are none where it can only be raised as a whole.
    """

    cluster: Cluster
    people: int
    chosen: bool
    zones: tuple[Choice, ...]

    @property
    def zones_name(self) -> str:
        """Of the boxes of its zones."""
        return zones_name(self.cluster)

    @property
    def open(self) -> bool:
        return any(zone.chosen for zone in self.zones)


def zones_name(cluster: Cluster) -> str:
    return f"zones-{cluster.slug}"


def raise_(request: Any) -> HttpResponse:
    """GET shows scenarios and places; POST makes the drafts, and on to the review."""
    if request.method != "POST":
        return _page(request, request.GET)
    try:
        broadcast = _draft(request)
    except Refused as refused:
        return _page(request, request.POST, problem=str(refused), status=409)
    return worlds.to(request, "review", broadcast.uid)


def _draft(request: Any) -> Broadcast:
    scenario = scenario_in(request, request.POST)
    if scenario is None:
        raise Refused(_("Choose what has happened."))
    criteria = chosen_where(request.POST)
    here, *_there = together.raise_in(
        {request.cluster: criteria} | _also(request),
        scenario.slug,
        by=request.user,
        is_drill=worlds.is_drill(request),
        composition=uid_in(request.POST),
        parent=_parent(request, request.POST),
    )
    return here


def _page(
    request: Any, given: QueryDict, *, problem: str = "", status: int = 200
) -> HttpResponse:
    chosen = scenario_in(request, given)
    where: Choices = choices(request.cluster, where_in(given))
    others = _others(request, given)
    drill = worlds.is_drill(request)
    return worlds.render(
        request,
        "raise.html",
        {
            "page_title": _("Start a drill") if drill else _("Raise emergency"),
            "scenarios": list(scenarios_of(request.cluster)),
            "chosen": chosen,
            "choices": where,
            "others": others,
            "also_open": any(each.chosen for each in others),
            "parent": _parent(request, given),
            "uid": uid_in(given) or uuid4(),
            "problem": problem,
        },
        status=status,
    )


def chosen_where(data: QueryDict) -> Criteria:
    """Where it is, as it was ticked; raises Refused for none, and for both."""
    criteria = where_in(data)
    if criteria.zones and data.get("who") == "everyone":
        raise Refused(_("Choose one: everywhere, or some zones."))
    if criteria.is_empty:
        raise Refused(_("Choose where it is: everywhere, or some zones."))
    return criteria


def where_in(data: QueryDict) -> Criteria:
    """Ticked zones say more than *everywhere*."""
    zones = keys_in(data.getlist("zones"))
    return Criteria(everyone=data.get("who") == "everyone" and not zones, zones=zones)


def _mine(request: Any) -> list[Cluster]:
    """The other clusters in which whoever asks may raise something."""
    return [
        each.cluster
        for each in request.memberships
        if each.cluster_id != request.cluster.pk
        and Role(each.role).reaches(Role.AUTHOR)
    ]


def _also(request: Any) -> dict[Cluster, Criteria]:
    """Where in those that were ticked; raises Refused for what is no choice of theirs.

    A zone that is ticked ticks its cluster, and says more than all of it.
    """
    asked = set(request.POST.getlist("also"))
    found = {}
    for cluster in _mine(request):
        zones = keys_in(request.POST.getlist(zones_name(cluster)))
        if cluster.slug in asked or zones:
            found[cluster] = Criteria(zones=zones) if zones else EVERYONE
    if asked - {cluster.slug for cluster in found}:
        raise Refused(
            _("You may not raise it in one of these clusters. Choose them again.")
        )
    return found


def _others(request: Any, given: QueryDict) -> list[Other]:
    asked = given.getlist("also")
    found: list[Other] = []
    for cluster in _mine(request):
        ticked = keys_in(given.getlist(zones_name(cluster)))
        with scope.clusters(cluster.pk):
            if len(found) < MOST_TREES:
                zones, count = zone_choices(cluster, ticked)
            else:
                zones, count = (), people(cluster, EVERYONE).count()
        chosen = cluster.slug in asked or bool(ticked)
        found.append(Other(cluster, count, chosen, zones))
    return found


def scenario_in(request: Any, data: QueryDict) -> Scenario | None:
    found: Scenario | None = (
        scenarios_of(request.cluster).filter(slug=data.get("scenario", "")).first()
    )
    return found


def uid_in(data: QueryDict) -> UUID | None:
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
