"""The board above: one emergency in several clusters, and where each of them stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from operator import add
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from wagtail.admin import messages

from notifications import scope
from notifications.actions import broadcasts, together
from notifications.actions.together import Outcome, Seen
from notifications.alerting import AnswerState, Severity
from notifications.audience import Criteria
from notifications.audience import people as people_in
from notifications.exporting.incident import ALERTS, answers_of
from notifications.lifecycle import REACHED, BroadcastStatus
from notifications.models import Broadcast, NotificationLog

from . import worlds
from .forms import YesForm
from .siblings import STOP, Part, parts_of
from .walking import is_open

_S = BroadcastStatus


@dataclass(frozen=True, slots=True)
class Standing:
    """How many people are meant, have it, and have answered what."""

    people: int = 0
    reached: int = 0
    safe: int = 0
    help: int = 0
    silent: int = 0

    def __add__(self, other: Standing) -> Standing:
        return Standing(*map(add, astuple(self), astuple(other)))


def show(request: Any, uid: Any) -> HttpResponse:
    """GET shows every cluster of the viewer; POST submits each that they may."""
    broadcast = worlds.find(request, uid)
    parts = parts_of(request, broadcast)
    if not parts:
        return worlds.to(request, "show", uid)
    if request.method == "POST":
        _submit(request, parts)
        return worlds.to(request, "together", uid)
    context = _state(parts) | {
        "page_title": broadcast.title,
        "broadcast": broadcast,
        "ready": [each for each in parts if each.ready],
        "asks": [_ask(each) for each in parts if each.at_once],
        "steps": steps_of(parts),
    }
    return worlds.render(request, "together.html", context)


def steps_of(parts: list[Part]) -> dict[str, str]:
    """What may be done in more than one of them: its name, and its label."""
    found = [(step, label) for each in parts for step, label, _url in each.steps]
    often = Counter(found)
    steps = {step: label for (step, label), times in often.items() if times > 1}
    # As on the board of one: what stops it stands first.
    return {STOP: steps.pop(STOP)} | steps if STOP in steps else steps


def now(request: Any, uid: Any) -> HttpResponse:
    """The part of it that moves."""
    broadcast = worlds.find(request, uid)
    context = _state(parts_of(request, broadcast))
    return render(request, "console/emergencies/together_now.html", context)


def _state(parts: list[Part]) -> dict[str, Any]:
    """What moves; only what has gone out counts in the sum."""
    rows = [(each, _standing(each.broadcast)) for each in parts]
    out = [standing for each, standing in rows if each.broadcast.live_at]
    return {
        "rows": rows,
        "out": out,
        "total": sum(out, Standing()),
        "asked": any(each.broadcast.wants_answers for each in parts),
        "moving": any(_may_move(each.broadcast) for each in parts),
    }


def _may_move(broadcast: Broadcast) -> bool:
    """Whether something of it may still be heard."""
    return broadcast.status == _S.SUBMITTED or is_open(broadcast)


def _standing(broadcast: Broadcast) -> Standing:
    with scope.clusters(broadcast.cluster_id):
        meant = people_in(broadcast.cluster, Criteria.from_json(broadcast.audience))
        count = meant.count()
        if broadcast.live_at is None:
            return Standing(count)
        said = answers_of(broadcast)
        safe, help_ = said[AnswerState.SAFE], said[AnswerState.HELP]
        silent = max(count - safe - help_, 0) if broadcast.wants_answers else 0
        return Standing(count, _reached(broadcast), safe, help_, silent)


def _reached(broadcast: Broadcast) -> int:
    """How many have the alert, on whatever channel."""
    alerts = broadcast.dispatches.filter(purpose__in=ALERTS)
    # Unscoped: naming the cluster too would lead SQLite through all of its log.
    entries = NotificationLog._base_manager.filter(
        dispatch__in=list(alerts.values_list("pk", flat=True)), status__in=REACHED
    )
    return entries.order_by().values("recipient").distinct().count()


def _ask(part: Part) -> dict[str, Any]:
    """What a yes to a cluster that asks no second person has to say."""
    broadcast = part.broadcast
    with scope.clusters(broadcast.cluster_id):
        will = broadcasts.reach_of(broadcast).will
    extreme = broadcast.severity == Severity.EXTREME
    return {
        "part": part,
        "will": will,
        "typed": extreme and not broadcast.is_drill,
    }


def _submit(request: Any, parts: list[Part]) -> None:
    """Through the action of each, and a sentence about each."""
    seen = dict(_seen(request, parts))
    found = [each.broadcast for each in parts]
    for outcome in together.submit_all(found, by=request.user, seen=seen):
        words = {"cluster": outcome.broadcast.cluster, "what": _said(outcome)}
        tell = messages.warning if outcome.refused else messages.success
        tell(request, _("%(cluster)s: %(what)s") % words)


def _seen(request: Any, parts: list[Part]) -> Iterator[tuple[UUID, Seen]]:
    """What was on the page: a draft that has come since is not submitted by it."""
    for each in parts:
        if f"{each.prefix}-version" not in request.POST:
            continue
        form = YesForm(request.POST, prefix=each.prefix)
        numbers = form.numbers()
        version = form.cleaned_data.get("version", 0)
        yield each.broadcast.uid, Seen(version=version, **numbers)


def _said(outcome: Outcome) -> str:
    if outcome.refused:
        return _("nothing was sent. %(why)s") % {"why": outcome.refused}
    if outcome.broadcast.status == _S.LIVE:
        return _("it is live.")
    return _("submitted. Its approvers are being told now.")
