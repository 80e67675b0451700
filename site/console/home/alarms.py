"""Emergencies and drills that somebody has to look at: above all else on Home."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from console import areas
from console.announcements import places
from console.emergencies.worlds import name_of
from notifications.lifecycle import BroadcastStatus
from notifications.models import Broadcast

from .need import MOST, Need

_B = BroadcastStatus


def alarms_of(request: Any) -> Iterator[Need]:
    """What is live, what waits for a yes, and what was sent without one."""
    rows = Broadcast.objects.select_related("submitted_by", "last_edited_by")
    open_ones = Q(status__in=(_B.SUBMITTED, _B.LIVE, _B.STOPPED))
    unreviewed = Q(broke_glass=True, reviewed_at=None)
    for each in rows.filter(open_ones | unreviewed).order_by("is_drill", "-id")[:MOST]:
        if each.status == _B.SUBMITTED:
            yield _waits(request, each)
        elif each.status in (_B.LIVE, _B.STOPPED):
            yield _live(request, each)
        if each.broke_glass and each.reviewed_at is None:
            yield from _to_review(request, each)


def _waits(request: Any, broadcast: Broadcast) -> Need:
    mine = request.user.pk in (broadcast.submitted_by_id, broadcast.last_edited_by_id)
    may = areas.may(request, f"{name_of(broadcast)}:approve", "POST") and not mine
    return Need(
        _("“%s” waits for a second person") % broadcast,
        _("Submitted by %s.") % broadcast.submitted_by,
        places.to(request, f"{name_of(broadcast)}:show", broadcast.uid),
        _("Decide") if may else _("Look at it"),
        _icon(broadcast),
        _tone(broadcast),
    )


def _live(request: Any, broadcast: Broadcast) -> Need:
    stopped = broadcast.status == _B.STOPPED
    return Need(
        (_("“%s” is stopped") if stopped else _("“%s” is live")) % broadcast,
        _("Those who have it wait to hear how it goes on."),
        places.to(request, f"{name_of(broadcast)}:show", broadcast.uid),
        _("To the board"),
        _icon(broadcast),
        _tone(broadcast),
    )


def _to_review(request: Any, broadcast: Broadcast) -> Iterator[Need]:
    """Chased until somebody else has looked at it."""
    route = f"{name_of(broadcast)}:looked_at"
    mine = request.user.pk == broadcast.submitted_by_id
    if mine or not areas.may(request, route, "POST"):
        return
    yield Need(
        _("“%s” was sent without approval") % broadcast,
        broadcast.break_glass_reason,
        places.to(request, route, broadcast.uid),
        _("Review it"),
        "view",
        _tone(broadcast),
    )


def _icon(broadcast: Broadcast) -> str:
    return "drill" if broadcast.is_drill else "siren"


def _tone(broadcast: Broadcast) -> str:
    return "wait" if broadcast.is_drill else "alarm"
