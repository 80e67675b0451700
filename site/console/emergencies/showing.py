"""A broadcast by its address: to be decided, live, or as the record of what was."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.announcements.wording import people
from console.components import Fact
from notifications.actions import broadcasts
from notifications.actions.broadcasts.telling import members
from notifications.actions.exports import request_incident
from notifications.alerting import Severity
from notifications.errors import MoveRefused, TocsinError
from notifications.exporting.incident import kind_of, parts_of, summary_of
from notifications.lifecycle import BroadcastStatus
from notifications.models import Broadcast, Role

from . import board, facts, timelines, worlds
from .forms import YesForm
from .siblings import beside

_S = BroadcastStatus


def show(request: Any, uid: Any) -> HttpResponse:
    """The page of whatever it is now."""
    broadcast = worlds.find(request, uid)
    if broadcast.status == _S.DRAFT and worlds.may(request, "review"):
        return worlds.to(request, "review", uid)
    if broadcast.status == _S.SUBMITTED:
        return decide(request, broadcast)
    return board.show(request, broadcast)


def approve(request: Any, uid: Any) -> HttpResponse:
    """POST says yes; one who came too late sees who did what."""
    broadcast = worlds.find(request, uid)
    if request.method != "POST":
        return worlds.to(request, "show", uid)
    form = YesForm(request.POST)
    version = form.cleaned_data["version"] if form.is_valid() else 0
    try:
        broadcasts.approve(
            broadcast, by=request.user, version=version, **form.numbers()
        )
    except MoveRefused as refused:
        messages.warning(request, str(refused))
        return worlds.to(request, "show", uid)
    except TocsinError as refused:
        broadcast = worlds.find(request, uid)
        if broadcast.status != _S.SUBMITTED:
            messages.warning(request, str(refused))
            return worlds.to(request, "show", uid)
        return decide(request, broadcast, problem=str(refused), status=409)
    return worlds.to(request, "show", uid)


def report(request: Any, uid: Any) -> HttpResponse:
    """The incident report; POST asks for it as a file, which waits under Exports."""
    broadcast = worlds.find(request, uid)
    if request.method == "POST":
        return _as_file(request, broadcast)
    context = {
        "page_title": kind_of(broadcast),
        "broadcast": broadcast,
        "facts": [Fact(*each) for each in summary_of(broadcast) if each[1]],
        "parts": parts_of(broadcast),
        "may_take": worlds.may(request, "report"),
    }
    return worlds.render(request, "report.html", context)


def _as_file(request: Any, broadcast: Broadcast) -> HttpResponse:
    try:
        request_incident(broadcast, request.POST.get("format", ""), by=request.user)
    except TocsinError as refused:
        messages.warning(request, str(refused))
        return worlds.to(request, "report", broadcast.uid)
    messages.success(request, _("The report is being made. It waits here for you."))
    return redirect("exports:index")


def decide(
    request: Any, broadcast: Broadcast, *, problem: str = "", status: int = 200
) -> HttpResponse:
    """The approver's page; its submitter sees who has been asked, and the glass."""
    reached = broadcasts.reach_of(broadcast)
    mine = request.user.pk in broadcasts.hands_in(broadcast)
    opens = broadcasts.glass_from(broadcast)
    submitter = request.user.pk == broadcast.submitted_by_id
    context = {
        "page_title": broadcast.title,
        "broadcast": broadcast,
        "facts": facts.of(broadcast, reached),
        "told": facts.words_of(broadcast),
        "missed": facts.missed(broadcast, reached),
        "findings": facts.findings_of(broadcast),
        "clashes": facts.clashes(broadcast),
        "rungs": facts.rungs_of(broadcast),
        "expected": broadcast.expected_people or 0,
        "people": people(broadcast.expected_people or 0),
        "moved": reached.will != broadcast.expected_people,
        "reached": reached,
        "mine": mine,
        "may_decide": worlds.may(request, "approve") and not mine,
        "approvers": _others(broadcast),
        "typed": broadcast.severity == Severity.EXTREME and not broadcast.is_drill,
        "glass_opens": opens if submitter else None,
        "glass_open": board.may_send_alone(request.user, broadcast),
        "steps": timelines.of(broadcast),
        "problem": problem,
    }
    context |= beside(request, broadcast)
    return worlds.render(request, "decide.html", context, status=status)


def _others(broadcast: Broadcast) -> list[str]:
    """Who may approve it, by name."""
    hands = broadcasts.hands_in(broadcast)
    approvers = members(broadcast.cluster, Role.APPROVER)
    return [
        user.get_full_name() or user.email for user in approvers if user.pk not in hands
    ]
