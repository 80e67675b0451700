"""Who did what with a broadcast, when and why: from its history."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from console.components import LOOKS, Step
from notifications.actors import ActorKind
from notifications.lifecycle import BroadcastStatus
from notifications.models import Broadcast

#: What the actions write as their reason, as staff read it.
SAID = {
    "Draft made": _("Draft begun"),
    "Draft saved": _("Draft changed"),
    "Submitted for approval": _("Submitted for approval"),
    "Taken back": _("Taken back to a draft"),
    "Approved": _("Approved: live"),
    "Stopped": _("Stopped"),
    "Update": _("Update sent"),
    "All clear": _("All clear sent"),
    "Sent in error": _("“Sent in error” sent"),
    "Its time has passed": _("Ended: its time had passed"),
    "Cancelled": _("Put away"),
}


def of(broadcast: Broadcast) -> list[Step]:
    """Every step, the oldest first."""
    rows: list[Any] = list(broadcast.history.order_by("history_id"))
    return [_step(row) for row in rows]


def _step(row: Any) -> Step:
    status = BroadcastStatus(row.status)
    reason = row.history_change_reason
    what, why = SAID.get(reason), ""
    if what is None:
        verb, colon, why = reason.partition(": ")
        what = verb if colon else reason
    return Step(
        when=row.history_date,
        who=row.actor_label or ActorKind(row.actor_kind).label,
        what=what or status.label,
        why=why,
        machine=row.actor_kind != ActorKind.STAFF,
        tone=LOOKS[BroadcastStatus][status].tone,
    )
