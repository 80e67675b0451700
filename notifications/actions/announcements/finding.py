"""What is weak in an announcement: for whoever decides, nothing of it stops it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import ngettext

from notifications.actions.wordings import wordings_of
from notifications.audience import Criteria, InvalidCriteria, readers
from notifications.audience.languages import language_for
from notifications.composing.linting import Finding, Weight
from notifications.composing.wordings import lint_texts, spoken
from notifications.events import ChannelKind
from notifications.languages import is_near, language_name
from notifications.models import Announcement


def findings(announcement: Announcement) -> list[Finding]:
    """Languages that people read and nobody wrote, and texts that cost too much."""
    found = list(_unwritten(announcement))
    if ChannelKind.SMS in announcement.channels:
        found += lint_texts(wordings_of(announcement))
    return found


def _unwritten(announcement: Announcement) -> Iterator[Finding]:
    """For each language that is missing: how many read it, and what they get."""
    cluster = announcement.cluster
    try:
        criteria = Criteria.from_json(announcement.audience)
    except InvalidCriteria:
        return
    wordings = wordings_of(announcement)
    # French and French of Canada have one name: they are missing together.
    lacking: Counter[tuple[str, str, str]] = Counter()
    for language, number in readers(cluster, criteria).items():
        gets = {
            channel: language_for(language, spoken(wordings, channel), cluster.language)
            for channel in announcement.channels
        }
        without = [each for each, code in gets.items() if not is_near(code, language)]
        where = [""] if len(without) == len(gets) else without
        for channel in where:
            other = gets[channel or without[0]]
            lacking[channel, language_name(language), language_name(other)] += number
    for (channel, own, other), number in lacking.most_common():
        yield Finding(Weight.WARNING, _sentence(channel, own, other, number))


def _sentence(channel: str, own: str, other: str, number: int) -> str:
    words = ngettext(
        "%(n)d person reads %(own)s, which is not written: they get %(other)s.",
        "%(n)d people read %(own)s, which is not written: they get %(other)s.",
        number,
    )
    said = words % {"n": number, "own": own, "other": other}
    return f"{ChannelKind(channel).label}: {said}" if channel else said
