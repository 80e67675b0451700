"""Emergencies and drills: two worlds that never show each other's things."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.shortcuts import render as django_render
from django.urls import reverse
from django.utils.translation import gettext as _

from console import areas
from notifications.models import Broadcast

EMERGENCIES, DRILLS = "emergencies", "drills"


def is_drill(request: Any) -> bool:
    """Whether this page belongs to the drills."""
    return bool(request.resolver_match.namespace == DRILLS)


def name_of(broadcast: Broadcast) -> str:
    """The world that a broadcast lives in."""
    return DRILLS if broadcast.is_drill else EMERGENCIES


def url(request: Any, route: str, *args: Any) -> str:
    """The address of a page in the world at hand."""
    return reverse(f"{request.resolver_match.namespace}:{route}", args=args)


def may(request: Any, route: str) -> bool:
    """Whether whoever asks may press the button of that route."""
    return areas.may(request, f"{request.resolver_match.namespace}:{route}", "POST")


def to(request: Any, route: str, *args: Any) -> HttpResponse:
    """Go to a page of the world at hand."""
    return redirect(url(request, route, *args))


def find(request: Any, uid: Any) -> Broadcast:
    """The broadcast of an address; 404 where it is none of this world."""
    found: Broadcast = get_object_or_404(
        Broadcast.objects.select_related(
            "cluster",
            "scenario",
            "parent",
            "plan",
            "created_by",
            "last_edited_by",
            "submitted_by",
            "approved_by",
            "reviewed_by",
        ),
        uid=uid,
        is_drill=is_drill(request),
    )
    return found


def render(
    request: Any, template: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page in the colours and words of its world."""
    drill = is_drill(request)
    shared = {
        "world": request.resolver_match.namespace,
        "drill": drill,
        "header_icon": "drill" if drill else "siren",
        "breadcrumbs_items": crumbs(request, context.get("broadcast")),
    }
    return django_render(
        request, f"console/emergencies/{template}", shared | context, status=status
    )


def crumbs(request: Any, broadcast: Broadcast | None) -> list[dict[str, str]]:
    """Where this page is: the list, and the broadcast."""
    label = _("Drills") if is_drill(request) else _("Emergencies")
    found = [{"url": url(request, "index"), "label": label}]
    if broadcast is not None:
        here = {"url": url(request, "show", broadcast.uid), "label": broadcast.title}
        found.append(here)
    return found
