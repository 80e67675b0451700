"""The ladder: who has not answered hears again, on the next channel; then others do.

A step is a dispatch of its own with the alert as its parent. It goes only while the
broadcast is live, and leaves out whoever has answered.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from notifications import scope
from notifications.alerting import Purpose
from notifications.audience import Criteria, describe, people
from notifications.errors import TocsinError
from notifications.lifecycle import BroadcastStatus
from notifications.models import Broadcast, Dispatch

from .ladder import Step, steps_of
from .saying import say

logger = logging.getLogger("tocsin.broadcasts")


@dataclass(frozen=True, slots=True)
class Rung:
    """What a step would do: when, to whom, and how many as things stand now."""

    at_minute: int
    channels: tuple[str, ...]
    who: str
    people: int


def simulate(broadcast: Broadcast) -> list[Rung]:
    """Who would get what when, if nobody answered from now on."""
    return [
        Rung(
            step.minutes,
            step.channels,
            "; ".join(describe(broadcast.cluster, _meant(broadcast, step))),
            people(broadcast.cluster, _meant(broadcast, step)).count(),
        )
        for step in steps_of(broadcast.ladder)
    ]


def climb(now: datetime | None = None) -> int:
    """Take the steps that are due in every cluster; how many were taken."""
    now = now or timezone.now()
    with scope.every_cluster():
        live = Broadcast.objects.filter(
            status=BroadcastStatus.LIVE, wants_answers=True
        ).exclude(ladder=[])
        found = [each.pk for each in live if _due(each, now) is not None]
    return sum(_take(pk, now) for pk in found)


def _due(broadcast: Broadcast, now: datetime) -> Step | None:
    """The next step, if its time has come."""
    ladder = steps_of(broadcast.ladder)
    if broadcast.live_at is None or broadcast.steps_taken >= len(ladder):
        return None
    step = ladder[broadcast.steps_taken]
    come = broadcast.live_at + timedelta(minutes=step.minutes) <= now
    return step if come else None


def _take(pk: int, now: datetime) -> bool:
    """One step, once, however many workers look; a word to stop it comes first."""
    with scope.every_cluster(), transaction.atomic():
        broadcast = Broadcast.objects.select_for_update().get(pk=pk)
        step = _due(broadcast, now)
        if broadcast.status != BroadcastStatus.LIVE or step is None:
            return False
        # Not its version: staff who have it before them must not be sent away.
        Broadcast.objects.filter(pk=pk).update(steps_taken=broadcast.steps_taken + 1)
        with scope.clusters(broadcast.cluster_id):
            return _said(broadcast, step) is not None


def _said(broadcast: Broadcast, step: Step) -> Dispatch | None:
    silent = replace(Criteria.from_json(broadcast.audience), silent_in=broadcast.pk)
    if not people(broadcast.cluster, silent).exists():
        return None
    try:
        return say(
            broadcast,
            Purpose.LADDER,
            to=_meant(broadcast, step),
            by=None,
            reason=f"No answer after {step.minutes} minutes",
            channels=step.channels,
            parent=broadcast.dispatches.filter(purpose=Purpose.ALERT).first(),
            not_after=broadcast.expires_at,
        )
    except TocsinError:
        logger.exception("a step of broadcast %s could not be taken", broadcast.pk)
        return None


def _meant(broadcast: Broadcast, step: Step) -> Criteria:
    audience = Criteria.from_json(broadcast.audience)
    if step.tag is None:
        return replace(audience, silent_in=broadcast.pk)
    return replace(
        audience,
        everyone=False,
        tags=(step.tag,),
        zones=() if audience.everyone else audience.zones,
    )
