"""The drills of a plan beside each other: is it faster than the last time?"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.components import Fact
from console.emergencies.facts import duration
from console.templatetags.console_components import exact_time, local_time, thousands
from notifications.actions import broadcasts
from notifications.actions.scenarios import scenarios_of
from notifications.audience import Criteria, describe
from notifications.lifecycle import DrillPlanStatus
from notifications.models import Broadcast, DrillPlan, Rhythm

#: One of each: "every week". Several: "every 3 weeks".
EVERY = {
    Rhythm.WEEKS: ("Every week", "Every %(n)d weeks"),
    Rhythm.MONTHS: ("Every month", "Every %(n)d months"),
    Rhythm.YEARS: ("Every year", "Every %(n)d years"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A plan in the list."""

    plan: DrillPlan
    name: str
    often: str
    where: str


@dataclass(frozen=True, slots=True)
class Held:
    """A drill that came of a plan, with how fast it was."""

    drill: Broadcast
    to_approve: str
    to_first: str
    to_most: str
    answered: str


def line(plan: DrillPlan) -> Line:
    """What a list says of a plan."""
    return Line(plan, scenario_name(plan), often(plan), _where(plan))


def scenario_name(plan: DrillPlan) -> str:
    """What is practised; its short name where the scenario is gone."""
    found = scenarios_of(plan.cluster).filter(slug=plan.scenario)
    return str(found.values_list("name", flat=True).first() or plan.scenario)


def often(plan: DrillPlan) -> str:
    """ "Every 3 months"."""
    words = EVERY[Rhythm(plan.rhythm)]
    return ngettext(*words, plan.every) % {"n": plan.every}


def facts_of(plan: DrillPlan) -> list[Fact]:
    """What, where, how often, and who has a hand in it."""
    told = [Fact(_("Where"), _where(plan)), Fact(_("How often"), often(plan))]
    if plan.status == DrillPlanStatus.ACTIVE:
        at = exact_time(plan.next_at)
        told.append(Fact(_("Next"), local_time(plan.next_at), hint=at))
    told.append(Fact(_("Planned by"), str(plan.created_by)))
    if plan.last_edited_by_id != plan.created_by_id:
        told.append(Fact(_("Changed by"), str(plan.last_edited_by)))
    return told


def held(plan: DrillPlan, most: int) -> list[Held]:
    """Its drills, the newest first."""
    drills = Broadcast.objects.filter(plan=plan).order_by("-occasion")
    return [_held(each) for each in drills[:most]]


def _held(drill: Broadcast) -> Held:
    found = broadcasts.measures_of(drill)
    return Held(
        drill,
        duration(found.to_approve),
        duration(found.to_first),
        duration(found.to_most),
        _answered(drill, found.answered),
    )


def _answered(drill: Broadcast, answered: int) -> str:
    if drill.live_people is None or not drill.wants_answers:
        return "–"
    of = {"n": thousands(answered), "all": thousands(drill.live_people)}
    return _("%(n)s of %(all)s") % of


def _where(plan: DrillPlan) -> str:
    return "; ".join(describe(plan.cluster, Criteria.from_json(plan.audience)))
