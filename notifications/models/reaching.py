"""Who was not reached on one channel, and has yet to be tried on the next."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.events import ChannelMode
from notifications.lifecycle import EntryReason, EntryStatus

from .dispatches import Dispatch
from .log import NotificationLog

#: It did not arrive, and no provider will say otherwise.
NOT_REACHED = (EntryStatus.SKIPPED, EntryStatus.FAILED, EntryStatus.BOUNCED)


def unreached(dispatch: Dispatch, channel: str, then: str) -> QuerySet[Any, Any]:
    """Keys of people for whom ``channel`` was no good and ``then`` was not tried.

    Without those who have left: they are in no audience.

    What nobody can know counts as no good in an emergency: a double beats a miss.
    """
    missed = Q(status__in=NOT_REACHED)
    if dispatch.event_definition.bypasses_preferences:
        missed |= Q(status=EntryStatus.UNKNOWN)
    # Unscoped: naming the cluster too leads SQLite to the index of all its log.
    entries = NotificationLog._base_manager.filter(dispatch=dispatch.pk).order_by()
    tried = entries.filter(recipient=OuterRef("recipient"), channel=then)
    found = entries.filter(
        missed, ~Exists(tried), channel=channel, recipient__archived_at=None
    )
    return found.exclude(reason=EntryReason.CLOSED).values_list("recipient", flat=True)


def steps(dispatch: Dispatch) -> Iterator[tuple[str, str]]:
    """From which channel to which, where the first that reaches is enough."""
    if dispatch.channel_mode == ChannelMode.FIRST:
        yield from pairwise(dispatch.channels)


def somebody_waits(dispatch: Dispatch) -> bool:
    """Whether there is somebody to be tried on another channel."""
    return any(unreached(dispatch, *step).exists() for step in steps(dispatch))
