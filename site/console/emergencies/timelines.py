"""Who did what with a broadcast, when and why: from its history."""

from __future__ import annotations

from console.components import LOOKS, Step
from notifications.exporting.incident import story_of
from notifications.lifecycle import BroadcastStatus
from notifications.models import Broadcast


def of(broadcast: Broadcast) -> list[Step]:
    """Every step, the oldest first."""
    return [
        Step(
            when=each.when,
            who=each.who,
            what=each.what,
            why=each.why,
            machine=each.machine,
            tone=LOOKS[BroadcastStatus][each.status].tone,
        )
        for each in story_of(broadcast)
    ]
