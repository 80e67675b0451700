"""What the page of a person says: facts, addresses, and how it came to be so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from console.components import Fact, Step
from notifications.actors import ActorKind
from notifications.alerting import ContactKind
from notifications.events import ChannelKind
from notifications.exporting.words import refusal_words
from notifications.languages import language_name
from notifications.models import (
    ContactPoint,
    OptOut,
    PersonalContact,
    Recipient,
    Suppression,
    Zone,
)

#: Rows of each kind of history on the page; the newest.
NEWEST = 100
#: What was written within this time by the same hand was one act.
ONE_ACT = timedelta(seconds=2)
MACHINES = {ActorKind.WORKER, ActorKind.SYSTEM, ActorKind.PROVIDER}


@dataclass(frozen=True, slots=True)
class Place:
    """One address; ``trouble`` says why nothing goes there, "" where it does."""

    point: ContactPoint
    trouble: str
    dead: bool

    @property
    def tone(self) -> str:
        return "bad" if self.dead else "off"


def lead(person: Recipient) -> str:
    """Unit and zone: "2B · Riverside Quay, Heron block"."""
    return " · ".join(filter(None, [person.unit, zone_name(person.zone)]))


def zone_name(zone: Zone | None) -> str:
    """A zone with all it lies in, the outermost first."""
    if zone is None:
        return ""
    keys = [int(key) for key in zone.path.rstrip(".").split(".") if key]
    names = Zone.objects.filter(pk__in=keys).order_by("path")
    return ", ".join(names.values_list("name", flat=True))


def facts(person: Recipient) -> list[Fact]:
    """Labels and values; what is empty is left out."""
    own = person.language or person.cluster.language
    hint = "" if person.language else _("as the cluster")
    rows = [
        Fact(_("First name"), person.first_name),
        Fact(_("Unit"), person.unit),
        Fact(_("Zone"), zone_name(person.zone)),
        Fact(_("Language"), language_name(own), hint=hint),
        Fact(_("Tags"), ", ".join(tag.name for tag in person.tags.all())),
        Fact(_("External id"), person.external_id),
        Fact(_("Here since"), _day(person.created_at)),
    ]
    if person.archived_at:
        rows.append(Fact(_("Archived"), _day(person.archived_at)))
    return [row for row in rows if row.value]


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "j F Y")


def addresses(person: Recipient) -> list[Place]:
    """Every address, and in words what stands in its way."""
    points = list(person.contact_points.all())
    rows = Suppression.objects.filter(
        cluster=person.cluster_id,
        fingerprint__in=[point.fingerprint for point in points],
    )
    # A fingerprint is of an address on a channel, so it says both.
    dead = {row.fingerprint: row for row in rows}
    refusals = list(OptOut.objects.in_force().filter(recipient=person))
    return [
        Place(
            point,
            _trouble(point, dead.get(point.fingerprint), refusals),
            dead=point.fingerprint in dead,
        )
        for point in points
    ]


def _trouble(
    point: ContactPoint, dead: Suppression | None, refusals: list[OptOut]
) -> str:
    if dead is not None:
        return _("Must not be used: %s") % dead.get_reason_display().lower()
    if not point.active:
        return _("Not in use")
    here = [row for row in refusals if row.channel in ("", point.channel)]
    if any(not row.category for row in here):
        return _("Opted out of everything")
    if here:
        names = ", ".join(str(row.get_category_display()) for row in here)
        return _("Opted out of %s") % names
    return "" if point.primary else _("Not the main address")


def steps(person: Recipient) -> list[Step]:
    """The history of the person, their addresses and refusals, newest first."""
    sources: list[tuple[Any, dict[str, int], Any]] = [
        (Recipient, {"id": person.pk}, _of_person),
        (OptOut, {"recipient_id": person.pk}, refusal_step),
        (ContactPoint, {"recipient_id": person.pk}, _of_point),
        (PersonalContact, {"recipient_id": person.pk}, _of_contact),
    ]
    found = [
        (model, step_of(row, *tell(row)))
        for model, of, tell in sources
        for row in model.history.filter(**of).order_by("-history_id")[:NEWEST]
    ]
    acts = [step for model, step in found if model is Recipient]
    # What an address became is part of the person's own step, where there is one.
    steps = [
        step
        for model, step in found
        if model is not ContactPoint or not any(_one_act(step, act) for act in acts)
    ]
    return sorted(steps, key=lambda step: step.when, reverse=True)


def _one_act(one: Step, other: Step) -> bool:
    return one.who == other.who and abs(one.when - other.when) < ONE_ACT


def step_of(row: Any, what: str, why: str) -> Step:
    """A row of history as a step of the timeline."""
    kind = ActorKind(row.actor_kind)
    machine = kind in MACHINES
    return Step(
        when=row.history_date,
        who=row.actor_label or kind.label,
        what=what,
        why=why,
        machine=machine,
        tone="idle" if machine else "busy",
    )


def _of_person(row: Any) -> tuple[str, str]:
    """History's reasons read "what: why"."""
    what, _colon, why = row.history_change_reason.partition(": ")
    return what or (_("Added") if row.history_type == "+" else _("Changed")), why


def _of_point(row: Any) -> tuple[str, str]:
    kind = ChannelKind(row.channel).label
    if row.history_type == "+":
        return _("Added an address (%s)") % kind, ""
    if row.history_type == "-":
        return _("Removed an address (%s)") % kind, ""
    return _("Changed an address (%s)") % kind, ""


def _of_contact(row: Any) -> tuple[str, str]:
    kind = ContactKind(row.kind).label
    if row.history_type == "-":
        return _("Took a contact off (%s)") % kind, ""
    return _("Named a contact (%s)") % kind, ""


def refusal_step(row: Any) -> tuple[str, str]:
    """What a row of an opt-out's history says happened."""
    what = refusal_words(row.instance)
    if row.history_type == "+":
        return _("Opted out: %s") % what, row.reason
    if row.lifted_at is not None:
        return _("Opt-out lifted: %s") % what, row.lift_reason
    return _("Opt-out changed: %s") % what, ""
