"""What was raised with a broadcast in the other clusters of whoever looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from console import pages
from notifications import scope
from notifications.actions import broadcasts, together
from notifications.actions.guards import role_of
from notifications.alerting import FOLLOW_UPS, Purpose
from notifications.lifecycle import BroadcastStatus
from notifications.models import Broadcast, Role

from . import worlds

STOP = "stop"


@dataclass(frozen=True, slots=True)
class Said:
    """A follow-up that was sent."""

    label: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """One of several: its page, and what whoever looks may do with it now.

    ``ready`` is a draft that they may submit, ``at_once`` one that they may send alone;
    ``steps`` are what they may do next: its name in addresses, label and address.
    ``said`` is what was said last after the alert.
    """

    broadcast: Broadcast
    url: str
    ready: bool
    at_once: bool
    steps: tuple[tuple[str, str, str], ...]
    said: Said | None

    @property
    def prefix(self) -> str:
        """Of its fields in the form that submits all."""
        return str(self.broadcast.uid)


def beside(request: Any, broadcast: Broadcast) -> dict[str, Any]:
    """For the page of one of several: the others, and the form that submits all."""
    parts = parts_of(request, broadcast)
    ready = [each for each in parts if each.ready]
    return {
        "siblings": [each for each in parts if each.broadcast.pk != broadcast.pk],
        "ready": ready,
        "all_ask": not any(each.at_once for each in ready),
    }


def parts_of(request: Any, broadcast: Broadcast) -> list[Part]:
    """This one too, in the order of the clusters' names; none where it is alone."""
    found = together.joined(broadcast, request.user)
    return [_part(request, each) for each in found] if len(found) > 1 else []


def _part(request: Any, broadcast: Broadcast) -> Part:
    role = role_of(request.user, broadcast.cluster)
    writes = role is not None and role.reaches(Role.AUTHOR)
    steers = broadcasts.may_steer(broadcast, request.user)
    ready = writes and broadcast.status == BroadcastStatus.DRAFT
    return Part(
        broadcast,
        _there(request, broadcast, "show"),
        ready=ready,
        at_once=ready and together.goes_at_once(broadcast, request.user),
        steps=tuple(_steps(request, broadcast)) if steers else (),
        said=_said(broadcast),
    )


def _said(broadcast: Broadcast) -> Said | None:
    with scope.clusters(broadcast.cluster_id):
        said = broadcast.dispatches.filter(purpose__in=FOLLOW_UPS, parent=None)
        last = said.order_by("pk").last()
    return Said(str(Purpose(last.purpose).label), last.created_at) if last else None


def _steps(request: Any, broadcast: Broadcast) -> Iterator[tuple[str, str, str]]:
    live = broadcast.status == BroadcastStatus.LIVE
    if broadcasts.may_still_end(broadcast):
        for purpose in FOLLOW_UPS:
            if broadcast.words.get(purpose) and (live or purpose != Purpose.UPDATE):
                url = _there(request, broadcast, "follow_up", purpose)
                yield str(purpose), str(purpose.label), url
    if live:
        yield STOP, _("Stop sending"), _there(request, broadcast, "stop")


def _there(request: Any, broadcast: Broadcast, route: str, *args: Any) -> str:
    """The address of a page of it, in its own cluster."""
    name = f"{worlds.name_of(broadcast)}:{route}"
    slug = broadcast.cluster.slug
    return pages.in_cluster(request, slug, name, broadcast.uid, *args)
