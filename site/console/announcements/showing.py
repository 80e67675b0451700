"""An announcement that is not being written: waiting, held, put away, or gone out."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from console import areas
from console.messages import panel
from notifications.actions.announcements.walltime import shown
from notifications.actions.wordings import wordings_of
from notifications.lifecycle import AnnouncementStatus
from notifications.models import Announcement, Membership, Role

from . import assets, facts, said, timelines
from .wording import Intent, ReachCard, intent, reach_card, somebody_in

_S = AnnouncementStatus


def show(request: Any, uid: Any) -> HttpResponse:
    """How it stands, and the one next step. What went out has its live page."""
    announcement = get_object_or_404(_announcements(), uid=uid)
    if announcement.status == _S.RELEASED:
        sent = announcement.dispatches.filter(is_test=False, parent=None).first()
        if sent is not None:
            return redirect("announcements:live", sent.uid)
    writes = areas.may(request, "announcements:edit", "POST")
    if announcement.status == _S.DRAFT and writes:
        return redirect("announcements:edit", uid)
    card = None
    if announcement.status not in (_S.CANCELLED, _S.RELEASED):
        card = reach_card(announcement)
    context = {
        "page_title": str(announcement),
        "header_icon": "megaphone",
        "breadcrumbs_items": [
            {"url": reverse("announcements:index"), "label": _("Announcements")}
        ],
        "announcement": announcement,
        "card": card,
        "intent": _intent(announcement, card) if card else None,
        "facts": facts.of_stored(announcement, card),
        "panel": words_of(request, announcement),
        "said": said.of(announcement),
        "media": assets.reading,
        "steps": timelines.of_announcement(announcement),
        "tests": announcement.dispatches.filter(is_test=True)[:5],
        "writes": writes,
    }
    if announcement.status == _S.SUBMITTED:
        context |= _approval(request, announcement)
    return render(request, "console/announcements/show.html", context)


def _intent(announcement: Announcement, card: ReachCard) -> Intent:
    at = announcement.send_at or timezone.now()
    return intent(announcement, card, _when(announcement), at=at)


def _when(announcement: Announcement) -> str:
    """The time it is to go at, in words; a held one goes as soon as it is released."""
    wall = announcement.send_at_wall
    if wall is None or announcement.status == _S.HELD:
        return ""
    return f"{shown(wall)} ({announcement.time_zone})"


def rendered(request: Any, uid: Any) -> HttpResponse:
    """The stored words as one person would read them: for the preview."""
    announcement = get_object_or_404(Announcement, uid=uid)
    person = panel.person_of(request.cluster, request.GET.get("as", ""))
    made = panel.answer_for(
        request.cluster,
        wordings_of(announcement),
        tuple(announcement.channels),
        person,
        request.GET.get("shown", ""),
    )
    return JsonResponse(made)


def words_of(request: Any, announcement: Announcement) -> panel.Panel:
    """The preview of words that are not being edited."""
    return panel.panel_for(
        request,
        wordings_of(announcement),
        tuple(announcement.channels),
        url=reverse("announcements:rendered", args=[announcement.uid]),
        form_id="",
        first=somebody_in(announcement),
    )


def _announcements() -> Any:
    return Announcement.objects.select_related(
        "cluster", "template", "created_by", "last_edited_by", "submitted_by"
    )


def _approval(request: Any, announcement: Announcement) -> dict[str, Any]:
    """Who can approve it, and whether that is the person at the screen."""
    wrote = {announcement.submitted_by_id, announcement.last_edited_by_id}
    roles = [role for role in Role if role.reaches(Role.APPROVER)]
    members = Membership.objects.filter(
        cluster=announcement.cluster, active=True, role__in=roles
    ).select_related("user")
    can = [m.user for m in members if m.user_id not in wrote and m.user.is_active]
    mine = request.user.pk in wrote
    return {
        "approvers": [user.get_full_name() or user.email for user in can],
        "wrote_it": mine,
        "may_approve": any(user.pk == request.user.pk for user in can),
        "may_return": areas.may(request, "announcements:return", "POST"),
    }
