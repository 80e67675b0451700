"""Whose message would fail for want of a value that the words need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from notifications.audience import (
    MAY_LACK,
    Criteria,
    Gap,
    Ways,
    covered_list,
    who_read,
)
from notifications.composing import (
    Compiled,
    Filler,
    FillError,
    InvalidTemplate,
    MissingValue,
    examples,
)
from notifications.models import Announcement

from .looking import event_of, letters


@dataclass(frozen=True, slots=True)
class Lack:
    """How many of those who are to get it on a channel have this gap.

    The words need the value in these ``languages``.
    """

    gap: Gap
    channel: str
    languages: tuple[str, ...]
    count: int


def lacks_of(announcement: Announcement, ways: Ways) -> tuple[Lack, ...]:
    """The gaps that somebody in the audience has; a query for each."""
    wanted: dict[tuple[str, Gap], list[str]] = {}
    try:
        for channel, language, words in letters(announcement):
            for gap in gaps_of(words):
                wanted.setdefault((channel, gap), []).append(language)
    except InvalidTemplate:
        return ()
    counted = (
        Lack(gap, channel, tuple(said), _count(announcement, ways, channel, said, gap))
        for (channel, gap), said in wanted.items()
    )
    return tuple(lack for lack in counted if lack.count)


def _count(
    announcement: Announcement, ways: Ways, channel: str, languages: list[str], gap: Gap
) -> int:
    cluster = announcement.cluster
    criteria = Criteria.from_json(announcement.audience)
    will = covered_list(cluster, criteria, event_of(announcement), ways, channel)
    these = who_read(cluster, will, ways.languages[channel], tuple(languages))
    return these.filter(gap.condition).count()


def gaps_of(compiled: Compiled) -> Iterator[Gap]:
    """What the words need and people may lack. A default or a condition can help."""
    filler = Filler(compiled)
    names = set(MAY_LACK)
    if not names & filler.names:
        return
    neither = _wanted(filler, names)
    for name in MAY_LACK:
        (other,) = names - {name}
        alone = name in _wanted(filler, {name})
        if alone and name in neither:
            yield Gap(name)
        elif alone:
            yield Gap(name, having=other)
        elif name in neither:
            yield Gap(name, without=other)


def _wanted(filler: Filler, absent: set[str]) -> set[str]:
    """Which of the absent values the words ask for, as delivery would find out."""
    values = {name: value for name, value in examples().items() if name not in absent}
    found: set[str] = set()
    while True:
        try:
            filler.fill(values)
        except MissingValue as missing:
            if missing.name not in absent - found:
                return found
            found.add(missing.name)
            values[missing.name] = examples()[missing.name]
        except FillError:
            return found
        else:
            return found
