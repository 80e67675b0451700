"""Whose message would fail for want of a value that the words need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from notifications.audience import MAY_LACK, Criteria, Gap, reach_list
from notifications.composing import (
    Compiled,
    Filler,
    FillError,
    InvalidTemplate,
    MissingValue,
    examples,
)
from notifications.events import ChannelKind
from notifications.models import Announcement

from .looking import event_of, letter


@dataclass(frozen=True, slots=True)
class Lack:
    """How many of those who are to get it have this gap."""

    gap: Gap
    count: int


def lacks_of(announcement: Announcement) -> tuple[Lack, ...]:
    """The gaps that somebody in the audience has; a query for each."""
    try:
        gaps = list(gaps_of(letter(announcement)))
    except InvalidTemplate:
        return ()
    criteria = Criteria.from_json(announcement.audience)
    event = event_of(announcement)
    will = reach_list(announcement.cluster, criteria, event, ChannelKind.EMAIL)
    counted = (Lack(gap, will.filter(gap.condition).count()) for gap in gaps)
    return tuple(lack for lack in counted if lack.count)


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
