"""Drills beside each other: is it faster than the last time?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from console.templatetags.console_components import thousands
from notifications.exporting.incident import measures_of
from notifications.exporting.words import duration
from notifications.models import Broadcast

#: As many stand beside each other on a page; each is counted anew.
COMPARED = 12


@dataclass(frozen=True, slots=True)
class Held:
    """A drill that was held, with how fast it was."""

    drill: Broadcast
    to_approve: str
    to_first: str
    to_most: str
    answered: str


def compared(drills: Iterable[Broadcast]) -> list[Held]:
    """Each with its measures, in the order given."""
    return [_held(each) for each in drills]


def _held(drill: Broadcast) -> Held:
    found = measures_of(drill)
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
