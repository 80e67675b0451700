"""Planning a drill that comes round; nothing here reaches anybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.actions.announcements.walltime import kept, still_to_come
from notifications.actions.broadcasts.drafting import check_draft, draft_from_scenario
from notifications.actions.crowds import because
from notifications.actions.guards import require_role
from notifications.actions.scenarios import scenarios_of
from notifications.audience import Criteria
from notifications.errors import MoveRefused, Refused
from notifications.lifecycle import DRILL_PLAN_MOVES, DrillPlanStatus
from notifications.models import Cluster, DrillPlan, Rhythm, Role
from notifications.models.drills import MOST_OFTEN, MOST_SELDOM
from notifications.models.moves import change_if_unchanged, move

from .times import following, wall_of_next

_S = DrillPlanStatus
#: Years until the first one; further off is a slip of the keyboard.
FURTHEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What is practised, where, and when: ``first`` is a naive time on the wall."""

    scenario: str
    first: datetime
    every: int = 3
    rhythm: str = Rhythm.MONTHS
    criteria: Criteria = field(default_factory=Criteria)


def planned_in(plan: DrillPlan) -> Planned:
    """A plan as it would be planned today: from its next drill on."""
    return Planned(
        scenario=plan.scenario,
        first=wall_of_next(plan),
        every=plan.every,
        rhythm=plan.rhythm,
        criteria=Criteria.from_json(plan.audience),
    )


def make(
    cluster: Cluster, planned: Planned, *, by: Any, uid: UUID | None = None
) -> DrillPlan:
    """Plan a drill that comes round; ``uid`` lets a double tap make one."""
    require_role(by, cluster, Role.AUTHOR)
    plan = DrillPlan(
        cluster=cluster, created_by=by, last_edited_by=by, **_fields(cluster, planned)
    )
    if uid is not None:
        plan.uid = uid
    because(plan, "Planned")
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError:
        twin: DrillPlan | None = DrillPlan.objects.filter(
            cluster=cluster, uid=uid
        ).first()
        if twin is None:
            raise
        return twin
    return plan


def change(plan: DrillPlan, planned: Planned, *, by: Any, version: int) -> DrillPlan:
    """Plan it anew, from the time that is given on. Who changes it has a hand in it."""
    require_role(by, plan.cluster, Role.AUTHOR)
    _same(plan, version)
    if plan.status == _S.STOPPED:
        raise MoveRefused(_("This plan was stopped. Make a new one."))
    fields = _fields(plan.cluster, planned)
    with transaction.atomic():
        change_if_unchanged(
            plan, "Changed", last_edited_by=by, number=0, note="", **fields
        )
    return plan


def pause(plan: DrillPlan, *, by: Any, version: int) -> None:
    """No drill comes of it until it is taken up again."""
    require_role(by, plan.cluster, Role.AUTHOR)
    _same(plan, version)
    move(plan, DRILL_PLAN_MOVES, _S.PAUSED, reason="Paused")


def resume(plan: DrillPlan, *, by: Any, version: int) -> None:
    """Take it up again, with the first drill that is still to come."""
    require_role(by, plan.cluster, Role.AUTHOR)
    _same(plan, version)
    now = timezone.now()
    number, at = plan.number, plan.next_at
    if at <= now:
        number, at = following(plan, now)
    told: dict[str, Any] = {"number": number, "next_at": at, "note": ""}
    move(plan, DRILL_PLAN_MOVES, _S.ACTIVE, reason="Taken up again", **told)


def stop(plan: DrillPlan, *, by: Any, version: int, reason: str) -> None:
    """No drill ever comes of it again; those that were stay to be compared."""
    require_role(by, plan.cluster, Role.AUTHOR)
    _same(plan, version)
    if not reason.strip():
        raise Refused(_("Say why: it stays on record."))
    move(plan, DRILL_PLAN_MOVES, _S.STOPPED, reason=f"Stopped: {reason.strip()}")


def _fields(cluster: Cluster, planned: Planned) -> dict[str, Any]:
    scenario = scenarios_of(cluster).filter(slug=planned.scenario).first()
    if scenario is None:
        raise Refused(_("Choose what is practised."))
    if planned.criteria.is_empty:
        raise Refused(_("Choose where it is: everywhere, or some zones."))
    check_draft(cluster, draft_from_scenario(scenario, planned.criteria))
    if planned.rhythm not in Rhythm.values:
        raise Refused(_("Choose weeks, months or years."))
    if not MOST_OFTEN <= planned.every <= MOST_SELDOM:
        raise Refused(_("It comes round every 1 to 52 weeks, months or years."))
    if abs(planned.first.year - timezone.now().year) > FURTHEST:
        raise Refused(_("Choose a first time within the next years."))
    return {
        "scenario": planned.scenario,
        "audience": planned.criteria.to_json(),
        "every": planned.every,
        "rhythm": planned.rhythm,
        "first_wall": kept(planned.first),
        "time_zone": cluster.time_zone,
        "next_at": still_to_come(planned.first, cluster.time_zone),
    }


def _same(plan: DrillPlan, version: int) -> None:
    if plan.version != version:
        raise MoveRefused(
            _("This plan changed after you opened it. Look at it, and decide then.")
        )
