"""A planned drill whose time has come is put before the approvers.

It is never live by itself: on each day a person says yes, who is told at once. What is
found too late is left out, and said to be.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications import scope
from notifications.actions.announcements.walltime import shown
from notifications.actions.broadcasts import telling
from notifications.actions.broadcasts.deciding import hand_in
from notifications.actions.broadcasts.drafting import draft_from_scenario, put_down
from notifications.actions.guards import role_of
from notifications.actions.scenarios import scenarios_of
from notifications.audience import Criteria
from notifications.errors import Refused, TocsinError
from notifications.lifecycle import DRILL_PLAN_MOVES, DrillPlanStatus
from notifications.models import DrillPlan, Role
from notifications.models.moves import change_if_unchanged, move

from .times import following, wall_of_next

logger = logging.getLogger("tocsin.drills")

#: An outage, a restored backup: later than this nobody practises by surprise.
LATE = timedelta(hours=1)


def hold_due(now: datetime | None = None) -> int:
    """Bring round the drills whose time has come, in every cluster; how many plans."""
    now = now or timezone.now()
    with scope.every_cluster():
        due = DrillPlan.objects.filter(
            status=DrillPlanStatus.ACTIVE, next_at__lte=now
        ).order_by("next_at", "pk")
        found = list(due.values_list("pk", "cluster_id"))
    taken = 0
    for pk, cluster_id in found:
        try:
            with scope.clusters(cluster_id):
                taken += _take(pk, now)
        except (TocsinError, DatabaseError):
            logger.exception("planned drill %s could not be brought round", pk)
    return taken


def _take(pk: int, now: datetime) -> bool:
    """One drill of a plan, once, however many workers look."""
    with transaction.atomic():
        rows = DrillPlan.objects.select_related("cluster", "created_by")
        plan: DrillPlan = rows.select_for_update(of=("self",)).get(pk=pk)
        if plan.status != DrillPlanStatus.ACTIVE or plan.next_at > now:
            return False
        with override(plan.cluster.language):
            note, goes_on = _bring_round(plan, now)
        number, at = following(plan, now)
        changes: dict[str, Any] = {"number": number, "next_at": at, "note": note}
        reason = note or "A drill came round"
        if goes_on:
            change_if_unchanged(plan, reason, **changes)
        else:
            to = DrillPlanStatus.PAUSED
            move(plan, DRILL_PLAN_MOVES, to, reason=reason, **changes)
    return True


def _bring_round(plan: DrillPlan, now: datetime) -> tuple[str, bool]:
    """Make the drill of now; what there is to say, and whether the plan goes on."""
    when = shown(wall_of_next(plan))
    if now - plan.next_at > LATE:
        why = _("The drill of %(when)s was left out: its time was found too late.")
        return why % {"when": when}, True
    try:
        # A savepoint: what it could not finish is gone, and the plan says why.
        with transaction.atomic():
            _begin(plan)
    except Refused as refused:
        why = _("Paused at the drill of %(when)s: %(why)s")
        return (why % {"when": when, "why": refused})[:250], False
    return "", True


def _begin(plan: DrillPlan) -> None:
    """A drill as it was planned: submitted, or a draft where that cannot be."""
    cluster, maker = plan.cluster, plan.created_by
    scenario = scenarios_of(cluster).filter(slug=plan.scenario).first()
    if scenario is None:
        raise Refused(_("its scenario is there no more. Choose another one."))
    broadcast = put_down(
        cluster,
        draft_from_scenario(scenario, Criteria.from_json(plan.audience)),
        why="a planned drill",
        is_drill=True,
        plan=plan,
        occasion=plan.next_at,
        created_by=maker,
        # Where no second person is asked for, whoever planned it may give the yes.
        last_edited_by=plan.last_edited_by if cluster.requires_approval else None,
    )
    held = role_of(maker, cluster)
    if held is None or not held.reaches(Role.AUTHOR):
        why = _("%(who)s planned it, and may not submit it any more.") % {"who": maker}
        telling.tell_of_draft(broadcast, why)
        return
    try:
        with transaction.atomic():
            hand_in(broadcast, maker if cluster.requires_approval else None)
    except Refused as refused:
        broadcast.refresh_from_db()
        telling.tell_of_draft(broadcast, str(refused))
