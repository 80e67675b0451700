"""From a draft to a dispatch: at once, at a time, or past a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.actions.guards import require_role
from notifications.audience import Criteria
from notifications.dispatching import Plan, pin_all, prepare
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.events import ChannelMode
from notifications.lifecycle import ANNOUNCEMENT_MOVES, AnnouncementStatus
from notifications.models import Announcement, Dispatch, Role
from notifications.models.moves import move
from notifications.quiet import WAITING_LANES

from .binding import binding, require_bound
from .looking import event_of, letters, problems, reach_of
from .showing import page_problems, words_for_page
from .walltime import kept, still_to_come

_S = AnnouncementStatus
NO_TIME = {"send_at": None, "send_at_wall": None, "time_zone": "", "not_after": None}


def send_now(
    announcement: Announcement,
    *,
    by: Any,
    version: int | None = None,
    expected_people: int | None = None,
    not_after_wall: datetime | None = None,
) -> Dispatch | None:
    """Let it out; or, where a second person must approve, submit it: then None.

    ``expected_people`` is the number that the button said. Where it has moved by
    more than a little, nothing is sent and the sentence names the new one. Times that
    were stored give way to what is said here.
    """
    with transaction.atomic():
        will = _ready(announcement, by, version, expected_people)
        zone = announcement.cluster.time_zone
        timing: dict[str, Any] = dict(NO_TIME)
        if not_after_wall is not None:
            timing |= {
                "not_after": still_to_come(not_after_wall, zone),
                "time_zone": zone,
            }
            _outlives_quiet(announcement, timezone.now(), timing["not_after"])
        if _needs_approval(announcement):
            _submit(announcement, by, will, timing)
            return None
        return release(announcement, by=by, will=will, reason="Sent", **timing)


def schedule(
    announcement: Announcement,
    *,
    by: Any,
    send_at_wall: datetime,
    not_after_wall: datetime | None = None,
    version: int | None = None,
    expected_people: int | None = None,
) -> None:
    """Send it when clocks in the cluster show ``send_at_wall``; or submit it so."""
    zone = announcement.cluster.time_zone
    send_at = still_to_come(send_at_wall, zone)
    not_after = still_to_come(not_after_wall, zone) if not_after_wall else None
    if not_after is not None and not_after <= send_at:
        raise Refused(_("“Do not send after” must be later than the time of sending."))
    _outlives_quiet(announcement, send_at, not_after)
    shown = announcement.public_until
    if shown is not None and shown <= send_at:
        raise Refused(
            _("It would be off the notice page before it is sent. Choose a later end.")
        )
    timing = {
        "send_at": send_at,
        "send_at_wall": kept(send_at_wall),
        "time_zone": zone,
        "not_after": not_after,
    }
    with transaction.atomic():
        will = _ready(announcement, by, version, expected_people)
        if _needs_approval(announcement):
            _submit(announcement, by, will, timing)
            return
        timing |= {"expected_people": will, "released_by": by}
        _move(announcement, _S.SCHEDULED, "Scheduled", **timing)


def _outlives_quiet(
    announcement: Announcement, send_at: datetime, not_after: datetime | None
) -> None:
    """Refuse what would be too late for everybody before the quiet hours are over."""
    hours = announcement.cluster.quiet_hours
    if hours is None or event_of(announcement).lane not in WAITING_LANES:
        return
    over = hours.over_at(send_at)
    if over is not None and not_after is not None and not_after <= over:
        raise Refused(
            _(
                "It would wait for the end of the quiet hours, and “Do not send after” "
                "is before that: nobody would get it. Choose a later one."
            )
        )


def approve(
    announcement: Announcement,
    *,
    by: Any,
    version: int | None = None,
    expected_people: int | None = None,
) -> None:
    """Somebody else says yes; a time that was asked for is then kept.

    Neither who submitted it nor who edited it last may, whatever else they are.
    """
    require_second_person(announcement, by)
    with transaction.atomic():
        same(announcement, version)
        require_bound(announcement)
        if found := page_problems(announcement):
            raise Refused(" ".join(found))
        expected = expected_people or announcement.expected_people
        will = checked_number(announcement, expected)
        _move(announcement, _S.APPROVED, "Approved", expected_people=will)
        if announcement.send_at is not None:
            if announcement.send_at <= timezone.now():
                raise Refused(
                    _(
                        "The time it was to go at has passed. "
                        "Return it, so that its author can choose another."
                    )
                )
            _move(announcement, _S.SCHEDULED, "Scheduled", released_by=by)


def return_to_author(announcement: Announcement, *, by: Any, reason: str) -> None:
    """An approver says what has to change; it is a draft again."""
    require_role(by, announcement.cluster, Role.APPROVER)
    if not reason.strip():
        raise Refused(_("Say what has to change, so that its author can do it."))
    if announcement.status not in (_S.SUBMITTED, _S.APPROVED):
        raise MoveRefused(_("This does not wait for approval. Reload the page."))
    _move(announcement, _S.DRAFT, f"Returned: {reason.strip()}", submitted_by=None)


def unschedule(announcement: Announcement, *, by: Any) -> None:
    """Back to a draft, out of the schedule or the approver's list; its time is kept."""
    require_role(by, announcement.cluster, Role.AUTHOR)
    changes: dict[str, Any] = {"submitted_by": None, "released_by": None}
    _move(announcement, _S.DRAFT, "Taken back", **changes)


def cancel(announcement: Announcement, *, by: Any, reason: str = "") -> None:
    """Put it away for good before it went out."""
    require_role(by, announcement.cluster, Role.AUTHOR)
    _move(announcement, _S.CANCELLED, reason.strip() or "Cancelled")


def release(
    announcement: Announcement, *, by: Any, will: int, reason: str, **changes: Any
) -> Dispatch:
    """Turn it into a dispatch. Callers have checked who, what and when."""
    require_bound(announcement)
    with transaction.atomic():
        _move(
            announcement,
            _S.RELEASED,
            reason,
            released_by=by,
            released_at=timezone.now(),
            expected_people=will,
            public_words=words_for_page(announcement),
            **changes,
        )
        template = announcement.template
        contents = pin_all(
            announcement.cluster,
            letters(announcement),
            template_name=template.name if template else "",
            template_version=announcement.template_version,
        )
        return prepare(
            Plan(
                cluster=announcement.cluster,
                event=event_of(announcement),
                title=str(announcement),
                criteria=Criteria.from_json(announcement.audience),
                contents=contents,
                created_by=by,
                announcement=announcement,
                channel_mode=ChannelMode(announcement.channel_mode),
                not_after=announcement.not_after,
                reason=reason,
            )
        )


def has_moved(expected: int, now: int) -> bool:
    """Whether a number of people differs enough to ask again: 2 %, and 10 people."""
    moved = abs(now - expected)
    return moved >= 10 and moved * 50 > expected


def _ready(
    announcement: Announcement, by: Any, version: int | None, expected: int | None
) -> int:
    """The guard of sending: who, unchanged, nothing wrong; gives the number."""
    require_role(by, announcement.cluster, Role.AUTHOR)
    same(announcement, version)
    if found := problems(announcement):
        raise Refused(" ".join(found))
    return checked_number(announcement, expected)


def require_second_person(announcement: Announcement, by: Any) -> None:
    """Raise NotAllowed unless an approver asks who has no hand in it."""
    require_role(by, announcement.cluster, Role.APPROVER)
    if by.pk in (announcement.submitted_by_id, announcement.last_edited_by_id):
        raise NotAllowed(
            _(
                "You wrote or submitted this, so somebody else has to approve it. "
                "Ask another approver."
            )
        )


def checked_number(announcement: Announcement, expected: int | None) -> int:
    """How many will get it; raises Refused when that is not what somebody saw."""
    will = reach_of(announcement).will
    if expected is not None and has_moved(expected, will):
        raise Refused(
            _(
                "It was to reach %(then)d people and would now reach %(now)d, so "
                "nothing was sent. Look at the audience again, then decide."
            )
            % {"then": expected, "now": will}
        )
    return will


def same(announcement: Announcement, version: int | None) -> None:
    """Raise MoveRefused when it is not the version that somebody read."""
    if version is not None and announcement.version != version:
        raise MoveRefused(
            _(
                "Somebody changed this after you opened it, so nothing was done. "
                "Read it again as it is now, and decide then."
            )
        )


def _needs_approval(announcement: Announcement) -> bool:
    approved = announcement.status == _S.APPROVED
    return announcement.cluster.requires_approval and not approved


def _submit(
    announcement: Announcement, by: Any, will: int, timing: dict[str, Any]
) -> None:
    changes = NO_TIME | timing
    changes |= {"submitted_by": by, "expected_people": will}
    changes["bound"] = binding(announcement)
    _move(announcement, _S.SUBMITTED, "Submitted for approval", **changes)


def _move(announcement: Announcement, to: str, reason: str, **changes: Any) -> None:
    move(announcement, ANNOUNCEMENT_MOVES, to, reason=reason, **changes)
