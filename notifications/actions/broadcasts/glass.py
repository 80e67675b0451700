"""Sent alone: by who submitted it, when danger to life waits and nobody answers."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.actions.guards import require_role
from notifications.alerting import Severity
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.lifecycle import BroadcastStatus
from notifications.models import Broadcast, Dispatch, Role
from notifications.models.moves import change_if_unchanged

from . import telling
from .deciding import go_live, require_confirmed, require_unchanged, require_waiting
from .hands import same
from .looking import reach_of

#: Of a reason that stays on record for ever.
SHORTEST_REASON = 10


def break_glass(
    broadcast: Broadcast,
    *,
    by: Any,
    reason: str,
    version: int | None = None,
    confirmed_people: int | None,
    typed_people: int | None = None,
    now: datetime | None = None,
) -> Dispatch:
    """Live by the submitter alone, when danger to life waits and nobody answers.

    All approvers and platform admins are told, and somebody else reviews it afterwards.
    """
    require_role(by, broadcast.cluster, Role.AUTHOR)
    with transaction.atomic():
        same(broadcast, version)
        require_waiting(broadcast)
        _may_break(broadcast, by, now or timezone.now())
        if len(reason.strip()) < SHORTEST_REASON:
            raise Refused(
                _("Say in a few words why it cannot wait: it stays on record.")
            )
        require_unchanged(broadcast)
        expected = broadcast.expected_people or 0
        require_confirmed(broadcast, expected, confirmed_people, typed_people)
        dispatch = go_live(
            broadcast,
            by,
            f"Sent without approval: {reason.strip()}",
            reach_of(broadcast).will,
            broke_glass=True,
            break_glass_reason=reason.strip()[:500],
        )
        telling.tell_of_broken_glass(broadcast, by)
        return dispatch


def glass_from(broadcast: Broadcast) -> datetime | None:
    """From when its submitter may send it alone; None where that may never be."""
    if (
        broadcast.status != BroadcastStatus.SUBMITTED
        or broadcast.severity != Severity.EXTREME
        or broadcast.is_drill
        or broadcast.submitted_at is None
        or broadcast.submitted_by_id is None
    ):
        return None
    wait = timedelta(minutes=broadcast.cluster.break_glass_minutes)
    return broadcast.submitted_at + wait


def review(
    broadcast: Broadcast, *, by: Any, note: str, version: int | None = None
) -> None:
    """Somebody else has looked at what was sent without approval."""
    require_role(by, broadcast.cluster, Role.APPROVER)
    same(broadcast, version)
    if not broadcast.broke_glass or broadcast.reviewed_at is not None:
        raise MoveRefused(_("There is nothing to review here any more."))
    if by.pk == broadcast.submitted_by_id:
        raise NotAllowed(_("You sent it, so somebody else has to review it."))
    if len(note.strip()) < SHORTEST_REASON:
        raise Refused(_("Say what you found: it stays on record."))
    with transaction.atomic():
        change_if_unchanged(
            broadcast,
            f"Reviewed: {note.strip()}",
            reviewed_by=by,
            reviewed_at=timezone.now(),
        )


def _may_break(broadcast: Broadcast, by: Any, now: datetime) -> None:
    if by.pk != broadcast.submitted_by_id:
        raise NotAllowed(
            _("Only who submitted it may send it alone. You can approve it instead.")
        )
    opens = glass_from(broadcast)
    if opens is None:
        raise NotAllowed(
            _("Only a real emergency of the severity “Extreme” may go out alone.")
        )
    if now < opens:
        minutes = -(-int((opens - now).total_seconds()) // 60)
        raise Refused(
            _(
                "Approvers have been told. You may send it alone in %(minutes)d "
                "minutes, if nobody answers."
            )
            % {"minutes": minutes}
        )
