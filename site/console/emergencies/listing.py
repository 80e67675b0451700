"""All emergencies of a cluster: what is under way first, then what was."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.translation import gettext as _

from notifications.actions import broadcasts
from notifications.exporting.words import duration
from notifications.lifecycle import BroadcastStatus, DrillPlanStatus
from notifications.models import Broadcast, DrillPlan

from . import worlds
from .compared import COMPARED, compared

_S = BroadcastStatus
UNDER_WAY = (_S.SUBMITTED, _S.LIVE, _S.STOPPED)
PER_PAGE = 30


def index(request: Any) -> HttpResponse:
    """Now, begun, and over."""
    drill = worlds.is_drill(request)
    every = Broadcast.objects.filter(is_drill=drill)
    rows = every.select_related("submitted_by", "approved_by", "last_edited_by")
    over = rows.exclude(status__in=(*UNDER_WAY, _S.DRAFT))
    pages = Paginator(over, COMPARED if drill else PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    return worlds.render(
        request,
        "index.html",
        {
            "page_title": _("Drills") if drill else _("Emergencies"),
            "breadcrumbs_items": [],
            "now": list(rows.filter(status__in=UNDER_WAY)),
            "drafts": list(rows.filter(status=_S.DRAFT)[:PER_PAGE]),
            "page": page,
            "over": [] if drill else [(each, _until_approved(each)) for each in page],
            "held": compared(page) if drill else [],
            "notes": _notes() if drill else [],
            "months": [] if drill else _months(request),
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
    """How fast the rest went is on the page of each."""
    if broadcast.live_at is None or broadcast.submitted_at is None:
        return ""
    return duration(broadcast.live_at - broadcast.submitted_at)
