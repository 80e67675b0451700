"""What the pages say of a refusal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from console.components import Fact, Step
from console.moments import exact
from console.people.showing import refusal_step, step_of
from notifications.exporting.words import refusal_words
from notifications.models import OptOut, Recipient


@dataclass(frozen=True, slots=True)
class Line:
    """One refusal as the list shows it."""

    row: OptOut
    person: Recipient | None
    what: str
    how: str
    state: str

    @classmethod
    def of(cls, row: OptOut) -> Line:
        how = str(row.get_source_display())
        return cls(row, row.recipient, refusal_words(row), how, state_of(row))


def state_of(row: OptOut) -> str:
    """In force, lifted, or ended by itself."""
    if row.is_in_force:
        return _("In force")
    return _("Lifted") if row.lifted_at else _("Ended")


def title_of(row: OptOut) -> str:
    """ "Newsletter by email: Anna Berg"."""
    who = row.recipient.name if row.recipient else _("somebody no longer here")
    return f"{refusal_words(row)}: {who}"


def facts(row: OptOut) -> list[Fact]:
    """Everything on record, but the person, who has a link."""
    rows: list[tuple[str, Any]] = [
        (_("What"), refusal_words(row)),
        (_("State"), state_of(row)),
        (_("How it came"), row.get_source_display()),
        (_("Since"), exact(row.created_at)),
        (_("Recorded by"), row.created_by),
        (_("Why"), row.reason),
        (_("Evidence"), row.evidence),
        (_("Holds for"), _reach(row)),
        (_("Ends"), exact(row.expires_at) if row.expires_at else ""),
        (_("Lifted"), exact(row.lifted_at) if row.lifted_at else ""),
        (_("Lifted because"), row.lift_reason),
    ]
    return [Fact(label, value) for label, value in rows if value]


def _reach(row: OptOut) -> str:
    if row.holds_for_others:
        return _("the person, and others at the same address")
    return _("the person, also when they are imported again")


def steps(row: OptOut) -> list[Step]:
    """Its history, newest first."""
    return [
        step_of(each, *refusal_step(each))
        for each in row.history.order_by("-history_id")
    ]
