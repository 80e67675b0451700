"""Emergencies and drills that somebody has to look at: above all else on Home."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from console import areas
from console.announcements import places
from console.announcements.timelines import return_of
from console.emergencies.worlds import name_of
from notifications.actions import broadcasts, feeds
from notifications.lifecycle import BroadcastStatus, DrillPlanStatus
from notifications.models import Broadcast, DrillPlan

from .need import MOST, Need

_B = BroadcastStatus


def alarms_of(request: Any) -> Iterator[Need]:
    """What is live, what waits for a yes, and what was sent without one."""
    rows = Broadcast.objects.select_related("cluster", "submitted_by")
    open_ones = Q(status__in=(_B.SUBMITTED, _B.LIVE, _B.STOPPED))
    # What nobody of staff has begun: nobody else would look for it.
    by_itself = ~Q(origin="") | Q(plan__isnull=False)
    mine = Q(created_by=request.user) | Q(last_edited_by=request.user)
    open_ones |= Q(status=_B.DRAFT) & (by_itself | mine)
    unreviewed = Q(broke_glass=True, reviewed_at=None)
    for each in rows.filter(open_ones | unreviewed).order_by("is_drill", "-id")[:MOST]:
        if each.status == _B.SUBMITTED:
            yield _waits(request, each)
        elif each.status == _B.DRAFT:
            yield _begun(request, each)
        elif each.status in (_B.LIVE, _B.STOPPED):
            yield _live(request, each)
        if each.broke_glass and each.reviewed_at is None:
            yield from _to_review(request, each)
    yield from _come_to_a_stop(request)
    yield from _feeds(request)


def _come_to_a_stop(request: Any) -> Iterator[Need]:
    """Planned drills that paused themselves, and wait for somebody to act."""
    if not areas.may(request, "drills:plan_edit", "POST"):
        return
    paused = DrillPlan.objects.filter(status=DrillPlanStatus.PAUSED).exclude(note="")
    for plan in paused[:MOST]:
        yield Need(
            _("A planned drill came to a stop"),
            plan.note,
            places.to(request, "drills:plan", plan.uid),
            _("Look at it"),
            "drill",
        )


def _feeds(request: Any) -> Iterator[Need]:
    """Alert feeds of which nothing may come, for those who can mend them."""
    if not areas.may(request, "emergencies:feed", "POST"):
        return
    for feed, why in islice(feeds.in_trouble(), MOST):
        yield Need(
            _("The alert feed “%s” is in trouble") % feed,
            why,
            places.to(request, "emergencies:feed", feed.uid),
            _("Look at it"),
            "warning",
            "bad",
        )


def _waits(request: Any, broadcast: Broadcast) -> Need:
    mine = request.user.pk in broadcasts.hands_in(broadcast)
    may = areas.may(request, f"{name_of(broadcast)}:approve", "POST") and not mine
    return Need(
        _("“%s” waits for a second person") % broadcast,
        _by(broadcast),
        places.to(request, f"{name_of(broadcast)}:show", broadcast.uid),
        _("Decide") if may else _("Look at it"),
        _icon(broadcast),
        _tone(broadcast),
    )


def _begun(request: Any, broadcast: Broadcast) -> Need:
    if returned := return_of(broadcast):
        title, words = _("“%s” was returned"), f"{returned.who}: {returned.why}"
    elif broadcast.origin or broadcast.plan_id is not None:
        title, words = _("“%s” came by itself, and is a draft"), _by(broadcast)
    else:
        title, words = _("Your draft “%s”"), _("Nobody has been sent anything yet.")
    return Need(
        title % broadcast,
        words,
        places.to(request, f"{name_of(broadcast)}:show", broadcast.uid),
        _("Look at it"),
        _icon(broadcast),
        _tone(broadcast),
    )


def _by(broadcast: Broadcast) -> str:
    if broadcast.plan_id is not None:
        return _("It came round, as %s planned.") % broadcast.submitter
    if broadcast.submitted_by is None:
        return _("Raised by %s.") % broadcast.origin
    return _("Submitted by %s.") % broadcast.submitted_by


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
