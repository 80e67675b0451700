"""One message of a broadcast, from its words to a dispatch: all come through here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from notifications.actions.dispatches import halt
from notifications.audience import Criteria
from notifications.composing.emergencies import Words
from notifications.dispatching import OPEN, Plan, pin_all, prepare
from notifications.errors import MoveRefused
from notifications.models import Broadcast, ChannelMode, Dispatch

from .looking import event_of, letters_of, words_of
from .publishing import KIND, publish


def say(
    broadcast: Broadcast,
    purpose: str,
    *,
    to: Criteria,
    by: Any,
    reason: str,
    mode: str = ChannelMode.EVERY,
    channels: tuple[str, ...] = (),
    parent: Dispatch | None = None,
    not_after: datetime | None = None,
) -> Dispatch:
    """Pin the words and hand them to delivery; callers have checked who and when.

    ``channels`` are those of the broadcast, where nothing else is said.
    """
    letters = letters_of(broadcast, purpose, channels)
    contents = pin_all(broadcast.cluster, letters)
    if purpose in KIND and parent is None:
        # What goes again, or to more people, is no news to the public.
        publish(broadcast, purpose)
    return prepare(
        Plan(
            cluster=broadcast.cluster,
            event=event_of(broadcast),
            title=_headline(broadcast, purpose),
            criteria=to,
            contents=contents,
            created_by=by,
            broadcast=broadcast,
            purpose=purpose,
            parent=parent,
            channel_mode=ChannelMode(mode),
            not_after=not_after,
            reason=reason,
        )
    )


def hush(broadcast: Broadcast, reason: str) -> int:
    """Nothing more of it is sent; how many who waited do not get it."""
    stopped = 0
    for dispatch in broadcast.dispatches.filter(status__in=OPEN).order_by("pk"):
        try:
            stopped += halt(dispatch, reason)
        except MoveRefused:
            continue  # It was over a moment before.
    return stopped


def _headline(broadcast: Broadcast, purpose: str) -> str:
    words = words_of(broadcast, purpose)
    language = broadcast.cluster.language
    first = words.get(language) or next(iter(words.values()), Words())
    return first.headline or broadcast.title
