"""The steps of a ladder, as a scenario prepares them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from notifications.alerting import ContactKind
from notifications.errors import Refused
from notifications.events import ChannelKind
from notifications.models import Cluster, Tag

MOST_STEPS = 6
LONGEST_WAIT = 24 * 60


@dataclass(frozen=True, slots=True)
class Step:
    """After so many minutes without an answer: these channels, to these people.

    Without a tag to those of the audience who are silent; with one to whoever has it in
    the same place (caretakers, wardens), as long as somebody is silent. With a kind of
    ``contacts`` to whom the silent ones name as such.
    """

    minutes: int
    channels: tuple[str, ...]
    tag: int | None = None
    contacts: str = ""

    @classmethod
    def from_json(cls, data: Any) -> Step:
        """What was kept; raises Refused for what is no step."""
        try:
            minutes, tag = int(data["minutes"]), data.get("tag")
            contacts = data.get("contacts", "")
            channels = tuple(map(str, data["channels"]))
            known = set(channels) <= set(ChannelKind.values)
            known &= contacts in ("", *ContactKind.values) and not (contacts and tag)
            if known and channels and 0 < minutes <= LONGEST_WAIT:
                return cls(minutes, channels, int(tag) if tag else None, contacts)
        except (KeyError, TypeError, ValueError, AttributeError):
            pass
        raise Refused(_("A step of the ladder cannot be read. Write it again."))


def steps_of(ladder: Iterable[Mapping[str, Any]]) -> tuple[Step, ...]:
    """In the order of their time; raises Refused."""
    given = list(ladder)
    if len(given) > MOST_STEPS:
        raise Refused(_("A ladder has at most %(n)d steps.") % {"n": MOST_STEPS})
    found = (Step.from_json(each) for each in given)
    return tuple(sorted(found, key=lambda step: step.minutes))


def check_ladder(
    cluster: Cluster, ladder: Iterable[Mapping[str, Any]], channels: Iterable[str]
) -> None:
    """Refuse steps that cannot be read, or that name another cluster's tag.

    They go by the channels of the broadcast: what is said on others is neither looked
    at before, nor taken back afterwards.
    """
    used = {each for step in steps_of(ladder) for each in step.channels}
    if used - set(channels):
        raise Refused(
            _("A step of the ladder uses a channel that this one does not: tick it.")
        )
    tags = {step.tag for step in steps_of(ladder) if step.tag is not None}
    if Tag.objects.filter(cluster=cluster, pk__in=tags).count() != len(tags):
        raise Refused(_("The ladder names a tag that is not in this cluster."))


def narrowed(
    ladder: Iterable[Mapping[str, Any]], channels: Collection[str]
) -> tuple[dict[str, Any], ...]:
    """The steps that can be taken with these channels alone."""
    steps = (
        dict(step)
        | {"channels": [each for each in step["channels"] if each in channels]}
        for step in ladder
    )
    return tuple(step for step in steps if step["channels"])
