"""One step in all clusters where it was raised: stop it, or say what was prepared."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from notifications import scope
from notifications.actions import together
from notifications.actions.together import Outcome
from notifications.alerting import FOLLOW_UPS, Purpose
from notifications.audience import Criteria, people

from . import facts, worlds
from .asking import ReasonForm
from .forms import version_in
from .siblings import STOP, Part, parts_of


@dataclass(frozen=True, slots=True)
class There:
    """What would happen in one cluster: to how many, and what they would read."""

    part: Part
    people: int
    told: list[Any]

    @property
    def version_name(self) -> str:
        return f"{self.part.prefix}-version"


def take(request: Any, uid: Any, step: str) -> HttpResponse:
    """GET shows what happens in each; POST takes the step in each that it showed."""
    if step not in (STOP, *FOLLOW_UPS):
        raise Http404
    broadcast = worlds.find(request, uid)
    parts = [each for each in parts_of(request, broadcast) if _may(each, step)]
    if not parts:
        messages.warning(request, _("There is nothing left of this to do for you."))
        return worlds.to(request, "show", uid)
    form = ReasonForm(request.POST or None) if step == STOP else None
    if request.method == "POST" and (form is None or form.is_valid()):
        reason = form.cleaned_data["reason"] if form else ""
        _tell(request, _taken(request, parts, step, reason), _done(step))
        return worlds.to(request, "together", uid)
    context = {
        "page_title": _title(step),
        "broadcast": broadcast,
        "question": _question(step),
        "there": [_there(each, step) for each in parts],
        "form": form,
        "serious": step == STOP,
        "submit_label": _verb(step, len(parts)),
    }
    return worlds.render(request, "together_ask.html", context)


def _may(part: Part, step: str) -> bool:
    return any(name == step for name, _label, _url in part.steps)


def _taken(request: Any, parts: list[Part], step: str, reason: str) -> list[Outcome]:
    found = [each.broadcast for each in parts]
    if step == STOP:
        # An old page stops them too: nobody has to read anything first.
        return together.stop_all(found, by=request.user, reason=reason)
    versions = dict(_versions(request, parts))
    return together.follow_up_all(found, step, by=request.user, versions=versions)


def _versions(request: Any, parts: list[Part]) -> Iterator[tuple[UUID, int]]:
    """Of those that stood on the page: no other is told anything by it."""
    for each in parts:
        name = f"{each.prefix}-version"
        if name in request.POST:
            yield each.broadcast.uid, version_in(request.POST, name)


def _tell(request: Any, outcomes: list[Outcome], done: str) -> None:
    for outcome in outcomes:
        words = {"cluster": outcome.broadcast.cluster, "what": outcome.refused or done}
        tell = messages.warning if outcome.refused else messages.success
        tell(request, _("%(cluster)s: %(what)s") % words)


def _there(part: Part, step: str) -> There:
    broadcast = part.broadcast
    with scope.clusters(broadcast.cluster_id):
        reached = people(broadcast.cluster, Criteria(reached_of=broadcast.pk)).count()
        told = [each for each in facts.words_of(broadcast) if each.purpose == step]
    return There(part, reached, told)


def _title(step: str) -> str:
    if step == STOP:
        return _("Stop sending in all of them?")
    return _("“%(what)s” in all of them?") % {"what": Purpose(step).label}


def _question(step: str) -> str:
    if step == STOP:
        return _(
            "Whoever still waits does not get it, in none of these clusters. What has "
            "gone cannot be called back."
        )
    return _("In each of these clusters it goes to everybody who has the alert.")


def _verb(step: str, clusters: int) -> str:
    if step == STOP:
        words = ngettext(
            "Stop sending in %(n)d cluster", "Stop sending in %(n)d clusters", clusters
        )
        return words % {"n": clusters}
    words = ngettext(
        "Send “%(what)s” in %(n)d cluster",
        "Send “%(what)s” in %(n)d clusters",
        clusters,
    )
    return words % {"n": clusters, "what": Purpose(step).label}


def _done(step: str) -> str:
    if step == STOP:
        return _("stopped. Now tell those who have it.")
    return _("“%(what)s” is on its way.") % {"what": Purpose(step).label}
