"""A planned drill in words, and its drills beside each other."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.components import Fact
from console.emergencies.compared import COMPARED, Held, compared
from console.templatetags.console_components import exact_time, local_time
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


def held(plan: DrillPlan) -> list[Held]:
    """Its drills, the newest first."""
    drills = Broadcast.objects.filter(plan=plan).order_by("-occasion")
    return compared(drills[:COMPARED])


def _where(plan: DrillPlan) -> str:
    return "; ".join(describe(plan.cluster, Criteria.from_json(plan.audience)))
