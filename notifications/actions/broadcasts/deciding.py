"""From a draft to live: by a second person, or by one where the cluster says so.

Who may is asked here and in ``glass``, and nowhere else; pages only show what they say.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.actions.announcements.sending import has_moved
from notifications.actions.guards import require_role
from notifications.alerting import Purpose, Severity
from notifications.audience import Criteria
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.lifecycle import BROADCAST_MOVES, BroadcastStatus
from notifications.models import Broadcast, Dispatch, Role
from notifications.models.moves import move

from . import telling
from .hands import has_a_hand, require_second_person, same
from .looking import binding, problems, reach_of
from .saying import say

_S = BroadcastStatus


def submit(broadcast: Broadcast, *, by: Any, version: int | None = None) -> None:
    """Ask for a second person; approvers are told at once."""
    require_role(by, broadcast.cluster, Role.AUTHOR)
    with transaction.atomic():
        same(broadcast, version)
        hand_in(broadcast, by)


def hand_in(broadcast: Broadcast, by: Any) -> None:
    """Put it before the approvers; callers have checked who may.

    ``by`` is None where no member of staff raised it: then nobody has a hand in it.
    """
    with transaction.atomic():
        _right(broadcast)
        _move(
            broadcast,
            _S.SUBMITTED,
            "Submitted for approval",
            submitted_by=by,
            submitted_at=timezone.now(),
            bound=binding(broadcast),
            expected_people=reach_of(broadcast).will,
        )
        telling.ask_approvers(broadcast)


def send_alone(
    broadcast: Broadcast,
    *,
    by: Any,
    version: int | None = None,
    confirmed_people: int | None,
    typed_people: int | None = None,
) -> Dispatch:
    """Live at once, where the cluster asks for no second person."""
    require_role(by, broadcast.cluster, Role.APPROVER)
    if broadcast.cluster.requires_approval:
        raise NotAllowed(
            _(
                "%(cluster)s asks for a second person. Submit it: approvers are told "
                "at once."
            )
            % {"cluster": broadcast.cluster}
        )
    with transaction.atomic():
        same(broadcast, version)
        _drafted(broadcast)
        _right(broadcast)
        will = reach_of(broadcast).will
        # One more or less by now must not hold it up; another crowd must.
        seen = will if confirmed_people is None else confirmed_people
        require_confirmed(
            broadcast,
            will if has_moved(seen, will) else seen,
            confirmed_people,
            typed_people,
        )
        reason = "Sent by one person, as the cluster's rule says"
        if seen != will:
            reason = f"{reason}; for {seen} people, of whom there are now {will}"
        return go_live(
            broadcast,
            by,
            reason,
            will,
            submitted_by=by,
            submitted_at=timezone.now(),
            bound=binding(broadcast),
            expected_people=seen,
        )


def approve(
    broadcast: Broadcast,
    *,
    by: Any,
    version: int | None = None,
    confirmed_people: int | None,
    typed_people: int | None = None,
) -> Dispatch:
    """Somebody else says yes, and it is live.

    Neither who submitted it nor who edited it last may, superusers included. The
    number confirmed is the one that was submitted: where fewer or more would have it by
    now, an emergency goes all the same and the difference is on record.
    """
    require_second_person(broadcast, by)
    with transaction.atomic():
        same(broadcast, version)
        require_waiting(broadcast)
        require_unchanged(broadcast)
        expected = broadcast.expected_people or 0
        require_confirmed(broadcast, expected, confirmed_people, typed_people)
        will = reach_of(broadcast).will
        reason = "Approved"
        if will != expected:
            reason = f"Approved for {expected} people, of whom there are now {will}"
        return go_live(broadcast, by, reason, will)


def return_to_author(
    broadcast: Broadcast, *, by: Any, reason: str, version: int | None = None
) -> None:
    """An approver says what has to change; it is a draft again."""
    require_role(by, broadcast.cluster, Role.APPROVER)
    why = _reason(reason, _("Say what has to change, so that it can be changed."))
    with transaction.atomic():
        same(broadcast, version)
        author = require_waiting(broadcast).submitted_by
        _move(broadcast, _S.DRAFT, f"Returned: {why}", **_NOT_SUBMITTED)
        telling.tell_author(broadcast, author, by, why)


def reject(
    broadcast: Broadcast, *, by: Any, reason: str, version: int | None = None
) -> None:
    """An approver puts it away for good."""
    require_role(by, broadcast.cluster, Role.APPROVER)
    why = _reason(reason, _("Say why: whoever wrote it is told."))
    with transaction.atomic():
        same(broadcast, version)
        author = require_waiting(broadcast).submitted_by
        _move(broadcast, _S.REJECTED, f"Rejected: {why}", ended_at=timezone.now())
        telling.tell_author(broadcast, author, by, why)


def take_back(broadcast: Broadcast, *, by: Any, version: int | None = None) -> None:
    """Off the approvers' list, to be changed, by who has a hand in it."""
    require_role(by, broadcast.cluster, Role.AUTHOR)
    with transaction.atomic():
        same(broadcast, version)
        require_waiting(broadcast)
        if not has_a_hand(broadcast, by):
            raise NotAllowed(
                _("Somebody else wrote and submitted this. An approver can return it.")
            )
        _move(broadcast, _S.DRAFT, "Taken back", **_NOT_SUBMITTED)


def cancel(
    broadcast: Broadcast, *, by: Any, reason: str = "", version: int | None = None
) -> None:
    """Put it away before anybody had it.

    What waits for approval is put away by who submitted it; approvers reject it.
    """
    require_role(by, broadcast.cluster, Role.AUTHOR)
    why = reason.strip() or "Cancelled"
    with transaction.atomic():
        same(broadcast, version)
        waits = broadcast.status == _S.SUBMITTED
        if waits and broadcast.submitted_by_id is None:
            raise NotAllowed(
                _("%(who)s raised this. Only an approver can reject it now.")
                % {"who": broadcast.submitter}
            )
        if waits and by.pk != broadcast.submitted_by_id:
            raise NotAllowed(
                _("Somebody else submitted this. Only they can put it away now.")
            )
        _move(broadcast, _S.CANCELLED, why, ended_at=timezone.now())


_NOT_SUBMITTED: dict[str, Any] = {
    "submitted_by": None,
    "submitted_at": None,
    "bound": "",
    "expected_people": None,
}


def go_live(
    broadcast: Broadcast, by: Any, reason: str, will: int, **changes: Any
) -> Dispatch:
    """Live, and said to those whom it is for; callers have checked that it may."""
    now = timezone.now()
    ends = now + timedelta(minutes=broadcast.minutes)
    _move(
        broadcast,
        _S.LIVE,
        reason,
        approved_by=by,
        live_at=now,
        expires_at=ends,
        live_people=will,
        **changes,
    )
    return say(
        broadcast,
        Purpose.ALERT,
        to=Criteria.from_json(broadcast.audience),
        by=by,
        reason=reason,
        mode=broadcast.channel_mode,
        not_after=ends,
    )


def require_waiting(broadcast: Broadcast) -> Broadcast:
    """Raise MoveRefused unless it waits for a second person."""
    if broadcast.status != _S.SUBMITTED:
        raise MoveRefused(
            _("This does not wait for approval: it is “%(status)s”. See who did what.")
            % {"status": broadcast.get_status_display()}
        )
    return broadcast


def require_unchanged(broadcast: Broadcast) -> None:
    """Raise Refused where it is no more what was submitted."""
    if broadcast.bound != binding(broadcast):
        raise Refused(
            _(
                "What would go out is not what was submitted. Take it back, look at "
                "it, and submit it again."
            )
        )


def require_confirmed(
    broadcast: Broadcast, people: int, confirmed: int | None, typed: int | None
) -> None:
    """Raise Refused unless a yes names the number; for danger to life, typed too."""
    if confirmed != people:
        raise Refused(
            _("Tick that it goes to %(people)d people, even where they opted out.")
            % {"people": people}
            if not broadcast.is_drill
            else _("Tick that the drill goes to %(people)d people.")
            % {"people": people}
        )
    extreme = broadcast.severity == Severity.EXTREME and not broadcast.is_drill
    if extreme and typed != people:
        raise Refused(_("Type %(people)d to send it.") % {"people": people})


def _right(broadcast: Broadcast) -> None:
    if found := problems(broadcast):
        raise Refused(" ".join(found))


def _drafted(broadcast: Broadcast) -> None:
    """What was submitted waits for a second person, whatever the rule is by now."""
    if broadcast.status != _S.DRAFT:
        raise MoveRefused(
            _("This is no draft: it is “%(status)s”. See who did what.")
            % {"status": broadcast.get_status_display()}
        )


def _reason(given: str, otherwise: str) -> str:
    if not given.strip():
        raise Refused(otherwise)
    return given.strip()


def _move(broadcast: Broadcast, to: str, reason: str, **changes: Any) -> None:
    move(broadcast, BROADCAST_MOVES, to, reason=reason, **changes)
