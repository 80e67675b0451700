"""Drills that come round: the list, one with all its drills compared, and its form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.announcements.audience import choices
from console.components import LOOKS, Step
from console.emergencies import worlds
from console.emergencies.raising import scenario_in, uid_in, where_in
from console.forms import ReasonForm
from console.typed import number_in
from notifications.actions import drills
from notifications.actions.scenarios import scenarios_of
from notifications.audience import Criteria
from notifications.errors import TocsinError
from notifications.lifecycle import DrillPlanStatus
from notifications.models import DrillPlan

from . import comparing
from .forms import WhenForm

#: Steps of a plan that are shown; the newest.
STEPS = 12


def index(request: Any) -> HttpResponse:
    """What comes round, the next first; what was stopped at the end."""
    plans = DrillPlan.objects.order_by("next_at", "pk")
    stopped = DrillPlanStatus.STOPPED
    found = [*plans.exclude(status=stopped), *plans.filter(status=stopped)]
    return worlds.render(
        request,
        "plans.html",
        {
            "page_title": _("Planned drills"),
            "plans": [comparing.line(each) for each in found],
            "may_plan": worlds.may(request, "plan_add"),
        },
    )


def show(request: Any, uid: Any) -> HttpResponse:
    """One plan, and its drills beside each other."""
    plan = _find(uid)
    return worlds.render(
        request,
        "plan.html",
        {
            "page_title": comparing.scenario_name(plan),
            "breadcrumbs_items": _crumbs(request),
            "plan": plan,
            "facts": comparing.facts_of(plan),
            "held": comparing.held(plan),
            "steps": _steps(plan),
            "may_plan": worlds.may(request, "plan_edit"),
        },
    )


def add(request: Any) -> HttpResponse:
    """What, where and when; POST plans it."""
    if request.method != "POST":
        return _form(request, WhenForm())
    form = WhenForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=400)
    try:
        plan = drills.make(
            request.cluster,
            form.planned(_slug(request), where_in(request.POST)),
            by=request.user,
            uid=uid_in(request.POST),
        )
    except TocsinError as refused:
        return _form(request, form, problem=str(refused), status=409)
    messages.success(request, _("Planned. On the day, one of you says yes."))
    return redirect("drills:plan", plan.uid)


def edit(request: Any, uid: Any) -> HttpResponse:
    """The same for one that there is: it comes round anew from the time given."""
    plan = _find(uid)
    if request.method != "POST":
        return _form(request, WhenForm.of(plan), plan)
    form = WhenForm(request.POST)
    if not form.is_valid():
        return _form(request, form, plan, status=400)
    planned = form.planned(_slug(request), where_in(request.POST))
    try:
        drills.change(plan, planned, by=request.user, version=_version(request))
    except TocsinError as refused:
        return _form(request, form, plan, problem=str(refused), status=409)
    messages.success(request, _("Changed."))
    return redirect("drills:plan", uid)


def pause(request: Any, uid: Any) -> HttpResponse:
    """POST only: nothing comes of it for now."""
    return _turn(request, uid, drills.pause, _("Paused. Nothing comes of it for now."))


def resume(request: Any, uid: Any) -> HttpResponse:
    """POST only: it comes round again."""
    return _turn(request, uid, drills.resume, _("It comes round again."))


def stop(request: Any, uid: Any) -> HttpResponse:
    """Asks why, then ends it for good."""
    plan = _find(uid)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    problem = ""
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["reason"]
        try:
            drills.stop(plan, by=request.user, version=_version(request), reason=why)
        except TocsinError as refused:
            problem = str(refused)
        else:
            messages.success(request, _("Stopped. What was practised stays here."))
            return redirect("drills:plan", uid)
    return worlds.render(
        request,
        "plan_stop.html",
        {
            "page_title": _("Stop these drills?"),
            "breadcrumbs_items": _crumbs(request, plan),
            "plan": plan,
            "form": form,
            "problem": problem,
            "back_url": reverse("drills:plan", args=[uid]),
        },
        status=409 if problem else 400 if form.errors else 200,
    )


def _turn(request: Any, uid: Any, act: Callable[..., None], done: str) -> HttpResponse:
    plan = _find(uid)
    if request.method == "POST":
        try:
            act(plan, by=request.user, version=_version(request))
            messages.success(request, done)
        except TocsinError as refused:
            messages.warning(request, str(refused))
    return redirect("drills:plan", uid)


def _form(
    request: Any,
    form: WhenForm,
    plan: DrillPlan | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    given = request.POST if request.method == "POST" else None
    chosen = given.get("scenario", "") if given else plan.scenario if plan else ""
    criteria = Criteria.from_json(plan.audience) if plan else Criteria()
    if given is not None:
        criteria = where_in(given)
    return worlds.render(
        request,
        "plan_form.html",
        {
            "page_title": _("Change the planned drill") if plan else _("Plan a drill"),
            "breadcrumbs_items": _crumbs(request, plan),
            "plan": plan,
            "form": form,
            "scenarios": list(scenarios_of(request.cluster)),
            "chosen": chosen,
            "choices": choices(request.cluster, criteria),
            "uid": (uid_in(given) if given else None) or uuid4(),
            "problem": problem,
            "back_url": reverse("drills:plan", args=[plan.uid])
            if plan
            else reverse("drills:plans"),
        },
        status=status,
    )


def _find(uid: Any) -> DrillPlan:
    rows = DrillPlan.objects.select_related("cluster", "created_by", "last_edited_by")
    found: DrillPlan = get_object_or_404(rows, uid=uid)
    return found


def _slug(request: Any) -> str:
    scenario = scenario_in(request, request.POST)
    return scenario.slug if scenario else ""


def _version(request: Any) -> int:
    return number_in(request.POST.get("version", "")) or 0


def _crumbs(request: Any, plan: DrillPlan | None = None) -> list[dict[str, str]]:
    found = worlds.crumbs(request, None)
    found.append({"url": reverse("drills:plans"), "label": _("Planned drills")})
    if plan is not None:
        name = comparing.scenario_name(plan)
        found.append({"url": reverse("drills:plan", args=[plan.uid]), "label": name})
    return found


def _steps(plan: DrillPlan) -> list[Step]:
    """Who did what with it, the newest first."""
    rows: list[Any] = list(plan.history.order_by("-history_id")[:STEPS])
    return [
        Step(
            when=row.history_date,
            who=row.actor_label,
            what=row.history_change_reason,
            why="",
            machine=False,
            tone=LOOKS[DrillPlanStatus][DrillPlanStatus(row.status)].tone,
        )
        for row in rows
    ]
