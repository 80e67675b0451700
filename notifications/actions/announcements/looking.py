"""What an announcement would say, whom it would reach, and what stops it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from notifications import composing
from notifications.audience import Criteria, InvalidCriteria, Reach, reach
from notifications.composing import Compiled, InvalidTemplate
from notifications.dispatching import is_identical
from notifications.dispatching.brands import compile_for
from notifications.events import REGISTRY, ChannelKind, Event
from notifications.models import Announcement


def event_of(announcement: Announcement) -> Event:
    """The registered event that staff chose."""
    return REGISTRY[announcement.event]


def letter(announcement: Announcement) -> Compiled:
    """The words with all done that is the same for everybody.

    Raises InvalidTemplate, with what is wrong.
    """
    blocks = list(announcement.body.raw_data)
    return compile_for(announcement.cluster, announcement.subject, blocks)


def reach_of(announcement: Announcement) -> Reach:
    """How many would get it now, and how many would not and why."""
    event = event_of(announcement)
    try:
        identical = is_identical(letter(announcement))
    except InvalidTemplate:
        identical = False
    return reach(
        announcement.cluster,
        Criteria.from_json(announcement.audience),
        event,
        ChannelKind.EMAIL,
        identical=identical,
    )


def problems(announcement: Announcement) -> list[str]:
    """All that has to be put right before it can go, as sentences."""
    blocks = list(announcement.body.raw_data)
    found = composing.check_email(
        announcement.subject, blocks, frozenset(composing.PLACEHOLDERS)
    )
    return [*map(str, found), *_audience_problems(announcement)]


def _audience_problems(announcement: Announcement) -> list[str]:
    try:
        criteria = Criteria.from_json(announcement.audience)
    except InvalidCriteria as problem:
        return [str(problem)]
    if criteria.is_empty:
        return [_("Nobody is chosen yet. Say who should get this.")]
    reached = reach_of(announcement)
    if not reached.people:
        return [_("Nobody is in this audience. Choose another.")]
    if not reached.will:
        return [
            _(
                "None of the %(count)d people in this audience can get it. "
                "Look at the reasons, or choose another audience."
            )
            % {"count": reached.people}
        ]
    return []
