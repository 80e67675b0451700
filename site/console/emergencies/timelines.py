"""Who did what with a broadcast, when and why: from its history."""

from __future__ import annotations

from console.components import Step, broadcast_look
from notifications.exporting.incident import story_of
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
            tone=broadcast_look(each.status, drill=broadcast.is_drill).tone,
        )
        for each in story_of(broadcast)
    ]
