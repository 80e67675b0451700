"""What an announcement would say, whom it would reach, and what stops it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from notifications.actions.wordings import wordings_of
from notifications.audience import (
    Coverage,
    Criteria,
    InvalidCriteria,
    Ways,
    cover,
)
from notifications.composing import PLACEHOLDERS, InvalidTemplate, Problem
from notifications.composing.wordings import check_wordings, spoken
from notifications.dispatching import is_identical
from notifications.dispatching.brands import Letter, letters_of
from notifications.events import REGISTRY, ChannelMode, Event
from notifications.models import Announcement

from .showing import page_problems


def event_of(announcement: Announcement) -> Event:
    """The registered event that staff chose."""
    return REGISTRY[announcement.event]


def letters(announcement: Announcement) -> tuple[Letter, ...]:
    """All that it says on each channel in each language, as far as that is for all.

    Raises InvalidTemplate, with what is wrong.
    """
    wordings = wordings_of(announcement)
    return tuple(letters_of(announcement.cluster, wordings, announcement.channels))


def ways_of(announcement: Announcement) -> Ways:
    """Its channels in their order, and the languages in which each says it."""
    wordings = wordings_of(announcement)
    try:
        identical = all(is_identical(words) for *_way, words in letters(announcement))
    except InvalidTemplate:
        identical = False
    return Ways(
        {channel: spoken(wordings, channel) for channel in announcement.channels},
        first=announcement.channel_mode == ChannelMode.FIRST,
        identical=identical,
    )


def reach_of(announcement: Announcement, ways: Ways | None = None) -> Coverage:
    """How many would get it now on some channel, and on each, and why others not.

    ``ways`` are its own, where somebody has asked for them already: to lay all mails
    out takes a while.
    """
    return cover(
        announcement.cluster,
        Criteria.from_json(announcement.audience),
        event_of(announcement),
        ways or ways_of(announcement),
    )


def words_problems(announcement: Announcement) -> list[Problem]:
    """What is wrong with the words, by language and place."""
    wordings = wordings_of(announcement)
    return check_wordings(wordings, announcement.channels, frozenset(PLACEHOLDERS))


def problems(announcement: Announcement) -> list[str]:
    """All that has to be put right before it can go, as sentences."""
    words = map(str, words_problems(announcement))
    # What is wrong with the words is wrong on the page too, and said once.
    found = dict.fromkeys([*words, *page_problems(announcement)])
    return [*found, *_audience_problems(announcement)]


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
