"""What a file's email and phone do to the addresses that a person has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from notifications.events import ChannelKind
from notifications.importing.outcomes import Change
from notifications.importing.people import Parsed
from notifications.models import ContactPoint

#: The field of a file and the channel that it feeds.
CHANNELS: Final = {"email": ChannelKind.EMAIL, "phone": ChannelKind.SMS}


@dataclass(frozen=True, slots=True)
class Move:
    """A new main address: the points that step down, the one that steps up or is new.

    Nothing is lost: what was the main address stays as a further one.
    """

    down: tuple[ContactPoint, ...]
    up: ContactPoint

    @property
    def is_new(self) -> bool:
        return self.up.pk is None


def move_to(
    points: Sequence[ContactPoint], field: str, value: str
) -> tuple[Move, Change] | None:
    """How ``value`` becomes the main address; nothing where it is, or must not be.

    An address that was made inactive here stays so: a file does not know better.
    """
    channel = CHANNELS[field]
    ours = [point for point in points if point.channel == channel]
    there = next((point for point in ours if point.value == value), None)
    if there is not None and (there.primary or not there.active):
        return None
    down = tuple(point for point in ours if point.primary)
    old = next((point.value for point in down if point.active), "")
    up = there or ContactPoint(channel=channel, value=value, primary=True)
    return Move(down, up), Change(field, old, value)


def new_points(person: Parsed) -> Iterable[tuple[ChannelKind, str]]:
    """The addresses of somebody who is new."""
    for field, channel in CHANNELS.items():
        if value := getattr(person, field):
            yield channel, value
