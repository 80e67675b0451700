"""What is due goes out by itself; what is late waits for a human."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import scope
from notifications.actions.guards import require_role
from notifications.errors import MoveRefused, Refused, TocsinError
from notifications.lifecycle import ANNOUNCEMENT_MOVES, AnnouncementStatus
from notifications.models import Announcement, Dispatch, Role
from notifications.models.moves import move

from .looking import problems, reach_of
from .sending import (
    checked_number,
    has_moved,
    release,
    require_second_person,
    same,
)

logger = logging.getLogger("tocsin.announcements")

#: An outage, a restored backup: later than this never goes out by surprise.
LATE = timedelta(minutes=15)


def release_due(now: datetime | None = None) -> int:
    """Release what is due in every cluster, hold what is late; how many moved."""
    now = now or timezone.now()
    with scope.every_cluster():
        due = Announcement.objects.filter(
            status=AnnouncementStatus.SCHEDULED, send_at__lte=now
        ).order_by("send_at")
        found = list(due.select_related("cluster", "released_by"))
    for announcement in found:
        with scope.clusters(announcement.cluster_id):
            _release_or_hold(announcement, now)
    return len(found)


def release_held(
    announcement: Announcement,
    *,
    by: Any,
    version: int | None = None,
    expected_people: int | None = None,
) -> Dispatch:
    """Somebody looked at a held one, and it still makes sense.

    What was approved for another number of people needs an approver's yes again.
    ``expected_people`` is the number that the button said.
    """
    require_role(by, announcement.cluster, Role.AUTHOR)
    not_after = announcement.not_after
    if not_after is not None and not_after <= timezone.now():
        raise Refused(
            _(
                "It was not to be sent after a time that has passed. "
                "Cancel it, and copy it if it is still needed."
            )
        )
    with transaction.atomic():
        same(announcement, version)
        if found := problems(announcement):
            raise Refused(" ".join(found))
        will = checked_number(announcement, expected_people)
        if _moved_since_approval(announcement, will):
            require_second_person(announcement, by)
        reason = "Released after it was held"
        return release(announcement, by=by, will=will, reason=reason, held_reason="")


def _release_or_hold(announcement: Announcement, now: datetime) -> None:
    try:
        if reason := _why_hold(announcement, now):
            _hold(announcement, reason)
            return
        will = reach_of(announcement).will
        by = announcement.released_by
        release(announcement, by=by, will=will, reason="Its time came")
    except MoveRefused:
        logger.info("announcement %s was moved by somebody else", announcement.pk)
    except TocsinError as problem:
        _hold(announcement, str(problem))
    except OperationalError:
        logger.warning("announcement %s waits for the database", announcement.pk)
    except Exception:
        logger.exception("announcement %s could not be released", announcement.pk)
        _hold(announcement, _("It could not be released. Tell whoever runs Tocsin."))


def _why_hold(announcement: Announcement, now: datetime) -> str:
    late = now - (announcement.send_at or now)
    if late > LATE:
        minutes = int(late.total_seconds() // 60)
        return _(
            "It is %(minutes)d minutes late: Tocsin was not running, or its data "
            "was restored. See whether it still makes sense."
        ) % {"minutes": minutes}
    if announcement.not_after is not None and announcement.not_after <= now:
        return _("The time after which it was not to be sent has passed.")
    if found := problems(announcement):
        return " ".join(found)
    will = reach_of(announcement).will
    if not _moved_since_approval(announcement, will):
        return ""
    return _(
        "It was approved for %(then)d people and would now reach %(now)d. "
        "See whether that is meant."
    ) % {"then": announcement.expected_people, "now": will}


def _moved_since_approval(announcement: Announcement, will: int) -> bool:
    expected = announcement.expected_people
    if announcement.submitted_by_id is None or expected is None:
        return False
    return has_moved(expected, will)


def _hold(announcement: Announcement, reason: str) -> None:
    try:
        held = AnnouncementStatus.HELD
        short = reason[:250]
        move(announcement, ANNOUNCEMENT_MOVES, held, reason=short, held_reason=short)
    except MoveRefused:
        logger.info("announcement %s was moved by somebody else", announcement.pk)
