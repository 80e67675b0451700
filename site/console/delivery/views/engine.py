"""How the engine stands: numbers over all clusters, and never a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.components import Look
from console.moments import span
from notifications.delivery.status import EngineStatus, LaneStatus, engine_status
from notifications.events import ChannelKind

#: A circuit in words: what it means for messages, not how it is made.
CIRCUITS = {
    "closed": (gettext_lazy("In use"), Look("good", "check")),
    "probing": (gettext_lazy("Being tried again"), Look("wait", "resubmit")),
    "open": (gettext_lazy("Left alone: too many errors"), Look("bad", "pause")),
}


@dataclass(frozen=True, slots=True)
class LaneLine:
    """A lane as the page shows it; ``empty_at`` None where there is no telling."""

    lane: LaneStatus
    late: str
    empty_at: datetime | None


def engine(request: Any) -> HttpResponse:
    """The page, or the part of it that moves.

    A platform admin opens it outside every cluster and sees the names of workers; to
    managers these say nothing.
    """
    status = engine_status()
    fragment = request.headers.get("x-requested-with") == "XMLHttpRequest"
    name = "engine_now.html" if fragment else "engine.html"
    return render(
        request,
        f"console/delivery/{name}",
        {
            "page_title": _("Engine"),
            "header_icon": "tasks",
            "status": status,
            "lanes": [_line(lane, status) for lane in status.lanes],
            "empty_at": _after(status, status.seconds_left),
            "providers": [
                (each, ChannelKind(each.kind).label, *CIRCUITS[each.state])
                for each in status.providers
            ],
            "by_name": request.cluster is None,
            **_working(status),
        },
    )


def _working(status: EngineStatus) -> dict[str, Any]:
    """How many work, and which kind is missing."""
    every, kept = status.alive("all"), status.alive("emergency")
    hint = _("%(n)d of them kept for emergencies") % {"n": kept} if kept else ""
    if not every + kept:
        hint = _("nobody sends")
    tone = "good" if every and kept else "wait"
    return {"working": every + kept, "working_hint": hint, "working_tone": tone}


def _line(lane: LaneStatus, status: EngineStatus) -> LaneLine:
    return LaneLine(
        lane,
        late=span(lane.late) if lane.oldest_due else "",
        empty_at=_after(status, lane.seconds_left) if lane.waiting else None,
    )


def _after(status: EngineStatus, seconds: int | None) -> datetime | None:
    return None if seconds is None else status.at + timedelta(seconds=seconds)
