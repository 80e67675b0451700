"""One page with all of it: what people will read, who, how long, and what is weak."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.announcements.audience import Choices, choices
from console.announcements.timelines import return_of
from console.announcements.wording import people
from notifications.actions import broadcasts
from notifications.actions.broadcasts.telling import members
from notifications.actions.together import goes_at_once
from notifications.alerting import Severity
from notifications.audience import Criteria
from notifications.errors import MoveRefused, TocsinError
from notifications.lifecycle import BroadcastStatus
from notifications.models import Broadcast, Role

from . import facts, worlds
from .forms import DetailsForm, YesForm, version_in
from .raising import chosen_where
from .siblings import beside


def review(request: Any, uid: Any) -> HttpResponse:
    """GET shows the draft; POST saves changes, submits it, or sends it."""
    broadcast = worlds.find(request, uid)
    if broadcast.status != BroadcastStatus.DRAFT:
        return worlds.to(request, "show", uid)
    if request.method != "POST":
        return _page(request, broadcast, DetailsForm(broadcast))
    acts = {"save": _save, "submit": _submit, "send": _send}
    act = acts.get(request.POST.get("do", ""), _save)
    try:
        return act(request, broadcast)
    except MoveRefused as refused:
        broadcast = worlds.find(request, uid)
        if broadcast.status != BroadcastStatus.DRAFT:
            messages.warning(request, str(refused))
            return worlds.to(request, "show", uid)
        return _refused(request, broadcast, refused)
    except TocsinError as refused:
        return _refused(request, worlds.find(request, uid), refused)


def _save(request: Any, broadcast: Broadcast) -> HttpResponse:
    form = DetailsForm(broadcast, request.POST)
    if not form.is_valid():
        return _page(request, broadcast, form, status=400)
    draft, version = form.draft(), version_in(request.POST)
    if "where" in request.POST:
        draft = replace(draft, criteria=chosen_where(request.POST))
    broadcasts.save_draft(broadcast, draft, by=request.user, version=version)
    messages.success(request, _("Changed. Look at it once more."))
    return worlds.to(request, "review", broadcast.uid)


def _submit(request: Any, broadcast: Broadcast) -> HttpResponse:
    broadcasts.submit(broadcast, by=request.user, version=version_in(request.POST))
    messages.success(request, _("Submitted. Approvers are being told now."))
    return worlds.to(request, "show", broadcast.uid)


def _send(request: Any, broadcast: Broadcast) -> HttpResponse:
    yes = YesForm(request.POST).numbers()
    broadcasts.send_alone(
        broadcast, by=request.user, version=version_in(request.POST), **yes
    )
    return worlds.to(request, "show", broadcast.uid)


def _refused(request: Any, broadcast: Broadcast, why: TocsinError) -> HttpResponse:
    form = DetailsForm(broadcast)
    return _page(request, broadcast, form, problem=str(why), status=409)


def _where(broadcast: Broadcast) -> Choices | None:
    """The places to choose from; none where more than places was chosen."""
    criteria = Criteria.from_json(broadcast.audience)
    plain = Criteria(everyone=criteria.everyone, zones=criteria.zones)
    return choices(broadcast.cluster, criteria) if criteria == plain else None


def _page(
    request: Any,
    broadcast: Broadcast,
    form: DetailsForm,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    reached = broadcasts.reach_of(broadcast)
    found = facts.findings_of(broadcast)
    stopped_by = broadcasts.problems(broadcast)
    alone = goes_at_once(broadcast, request.user)
    approvers = [] if alone else members(broadcast.cluster, Role.APPROVER)
    context = {
        "page_title": broadcast.title,
        "broadcast": broadcast,
        "facts": facts.of(broadcast, reached),
        "told": facts.words_of(broadcast),
        "missed": facts.missed(broadcast, reached),
        "findings": found,
        "stopped_by": stopped_by,
        "clashes": facts.clashes(broadcast),
        "rungs": facts.rungs_of(broadcast),
        "reached": reached,
        "people": people(reached.will),
        "form": form,
        "where": _where(broadcast),
        "alone": alone,
        "by_mail_alone": approvers and not any(user.phone for user in approvers),
        "typed": broadcast.severity == Severity.EXTREME and not broadcast.is_drill,
        "problem": problem,
        "returned": return_of(broadcast),
    }
    context |= beside(request, broadcast)
    return worlds.render(request, "review.html", context, status=status)
