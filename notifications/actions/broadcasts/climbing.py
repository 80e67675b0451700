"""The ladder: who has not answered hears again, then their contacts and others do.

A step is a dispatch of its own with the alert as its parent. It goes only while the
broadcast is live, and leaves out whoever has answered, or hears from another that has
taken over.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from notifications import scope
from notifications.alerting import Purpose
from notifications.audience import Criteria, describe, people
from notifications.lifecycle import BroadcastStatus, DispatchStatus
from notifications.models import Broadcast, Dispatch
from notifications.models.emergencies import TOOK_OVER

from .ladder import Step, steps_of
from .saying import say

logger = logging.getLogger("tocsin.broadcasts")

#: The alert is going out, or has.
GOING = (DispatchStatus.SENDING, DispatchStatus.DONE)


@dataclass(frozen=True, slots=True)
class Rung:
    """What a step would do: when, to whom, and how many as things stand now."""

    at_minute: int
    channels: tuple[str, ...]
    who: str
    people: int


def simulate(broadcast: Broadcast) -> list[Rung]:
    """Who would get what when, if nobody answered from now on."""
    audience = Criteria.from_json(broadcast.audience)
    steps = steps_of(broadcast.ladder)
    meant = [_meant(broadcast, step, audience) for step in steps]
    return [
        Rung(
            step.minutes,
            step.channels,
            "; ".join(describe(broadcast.cluster, criteria)),
            people(broadcast.cluster, criteria).count(),
        )
        for step, criteria in zip(steps, meant, strict=True)
    ]


def next_step(broadcast: Broadcast) -> tuple[datetime, Rung] | None:
    """The step that comes next and when, without counting whom it is to."""
    left = steps_of(broadcast.ladder)[broadcast.steps_taken :]
    audience = _still_meant(broadcast)
    if not broadcast.wants_answers or broadcast.live_at is None or not left:
        return None
    if audience is None:
        return None
    step = left[0]
    who = "; ".join(describe(broadcast.cluster, _meant(broadcast, step, audience)))
    at = broadcast.live_at + timedelta(minutes=step.minutes)
    return at, Rung(step.minutes, step.channels, who, 0)


def taken_over_by(broadcast: Broadcast) -> Broadcast | None:
    """The last that said more about this: whoever it is for hears the old no more."""
    return next(_sequels(broadcast), None)


def _sequels(broadcast: Broadcast) -> Iterator[Broadcast]:
    """All that took over, the newest first; also what took over from a mistake."""
    for each in broadcast.sequels.order_by("-pk"):
        if Broadcast.objects.filter(TOOK_OVER, pk=each.pk).exists():
            yield each
        else:
            yield from _sequels(each)


def _still_meant(broadcast: Broadcast) -> Criteria | None:
    """The audience without whom others are for by now; None where that is all."""
    audience = Criteria.from_json(broadcast.audience)
    for each in _sequels(broadcast):
        theirs = Criteria.from_json(each.audience)
        if theirs != Criteria(zones=theirs.zones):
            return None
        audience = replace(
            audience, exclude_zones=(*audience.exclude_zones, *theirs.zones)
        )
    if audience.zones and set(audience.zones) <= set(audience.exclude_zones):
        return None
    return audience


def climb(now: datetime | None = None) -> int:
    """Take the steps that are due in every cluster; how many were taken."""
    now = now or timezone.now()
    with scope.every_cluster():
        live = Broadcast.objects.filter(
            status=BroadcastStatus.LIVE, wants_answers=True
        ).exclude(ladder=[])
        found = list(live.values_list("pk", flat=True))
    taken = 0
    for pk in found:
        try:
            taken += _take(pk, now)
        except Exception:
            # Whatever it is: the ladders of the others are climbed all the same.
            logger.exception("broadcast %s: its ladder could not be climbed", pk)
    return taken


def _take(pk: int, now: datetime) -> bool:
    """The last step that is due to each of those it may be to, however many look.

    After an outage several may be: nobody is told twice in a second. While the
    alert is paused, was cancelled, or is being written down, nobody is told again.
    """
    with scope.every_cluster(), transaction.atomic():
        broadcast = Broadcast.objects.select_for_update().get(pk=pk)
        due = _due(broadcast, now)
        if broadcast.status != BroadcastStatus.LIVE or not due:
            return False
        if _still_meant(broadcast) is None:
            return False
        # Not a retry of the failed, which may be paused or cancelled by itself.
        first = broadcast.dispatches.filter(purpose=Purpose.ALERT, parent=None)
        alert = first.first()
        if alert is None or alert.status not in GOING or alert.fanned_out_at is None:
            return False
        # Not its version: staff who have it before them must not be sent away.
        taken = broadcast.steps_taken + len(due)
        Broadcast.objects.filter(pk=pk).update(steps_taken=taken)
        with scope.clusters(broadcast.cluster_id):
            said = [_said(broadcast, step, alert) for step in _in_one(due)]
    return any(said)


def _in_one(due: tuple[Step, ...]) -> Iterable[Step]:
    """The last step to each of those it may be to, on the channels of all of them."""
    last: dict[tuple[int | None, str], Step] = {}
    for step in due:
        to = (step.tag, step.contacts)
        earlier = last[to].channels if to in last else ()
        ways = dict.fromkeys((*earlier, *step.channels))
        last[to] = replace(step, channels=tuple(ways))
    return last.values()


def _due(broadcast: Broadcast, now: datetime) -> tuple[Step, ...]:
    """The steps not yet taken whose time has come."""
    live = broadcast.live_at
    if live is None:
        return ()
    left = steps_of(broadcast.ladder)[broadcast.steps_taken :]
    return tuple(each for each in left if live + timedelta(minutes=each.minutes) <= now)


def _said(broadcast: Broadcast, step: Step, alert: Dispatch) -> Dispatch | None:
    audience = _still_meant(broadcast)
    if audience is None:
        return None
    silent = replace(audience, silent_in=broadcast.pk)
    meant = _meant(broadcast, step, audience)
    if not all(people(broadcast.cluster, each).exists() for each in (silent, meant)):
        return None
    return say(
        broadcast,
        Purpose.CONTACT if step.contacts else Purpose.LADDER,
        to=meant,
        by=None,
        reason=f"No answer after {step.minutes} minutes",
        channels=step.channels,
        parent=alert,
        not_after=broadcast.expires_at,
    )


def _meant(broadcast: Broadcast, step: Step, audience: Criteria) -> Criteria:
    if broadcast.is_drill:
        # A caretaker who takes no part is not alarmed by an exercise.
        audience = replace(audience, part_of=broadcast.pk)
    if step.tag is None:
        return replace(audience, silent_in=broadcast.pk, contacts=step.contacts)
    return replace(
        audience,
        everyone=False,
        tags=(step.tag,),
        zones=() if audience.everyone else audience.zones,
    )
