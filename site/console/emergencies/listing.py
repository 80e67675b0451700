"""All emergencies of a cluster: what is under way first, then what was."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import gettext as _

from notifications.actions import broadcasts
from notifications.lifecycle import BroadcastStatus, DrillPlanStatus
from notifications.models import Broadcast, DrillPlan

from . import worlds
from .facts import duration

_S = BroadcastStatus
UNDER_WAY = (_S.SUBMITTED, _S.LIVE, _S.STOPPED)
PER_PAGE = 30


def index(request: Any) -> HttpResponse:
    """Now, begun, and over."""
    every = Broadcast.objects.filter(is_drill=worlds.is_drill(request))
    rows = every.select_related("submitted_by", "approved_by", "last_edited_by")
    over = rows.exclude(status__in=(*UNDER_WAY, _S.DRAFT))
    page = Paginator(over, PER_PAGE).get_page(request.GET.get("page"))
    return worlds.render(
        request,
        "index.html",
        {
            "page_title": _("Drills") if worlds.is_drill(request) else _("Emergencies"),
            "breadcrumbs_items": [],
            "now": list(rows.filter(status__in=UNDER_WAY)),
            "drafts": list(rows.filter(status=_S.DRAFT)[:PER_PAGE]),
            "page": page,
            "over": [(each, _until_approved(each)) for each in page],
            "notes": _notes() if worlds.is_drill(request) else [],
            "months": [] if worlds.is_drill(request) else _months(request),
            "may_raise": worlds.may(request, "raise"),
        },
    )


def _notes() -> list[DrillPlan]:
    """Planned drills of which the last did not come about, as it was meant."""
    going = DrillPlan.objects.exclude(status=DrillPlanStatus.STOPPED)
    return list(going.exclude(note=""))


def _months(request: Any) -> list[broadcasts.Month]:
    """What emergencies overrode, month by month."""
    return broadcasts.months(request.cluster)


def _until_approved(broadcast: Broadcast) -> str:
    """What drills are compared by; how fast it went is on the page of each."""
    if broadcast.live_at is None or broadcast.submitted_at is None:
        return ""
    return duration(broadcast.live_at - broadcast.submitted_at)
