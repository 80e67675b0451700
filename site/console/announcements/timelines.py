"""Who did what with an announcement, and what became of it: from the histories."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from console.components import LOOKS, Step
from notifications.actors import ActorKind
from notifications.lifecycle import AnnouncementStatus, DispatchStatus
from notifications.models import Announcement, Broadcast, Dispatch

#: What the actions write as their reason, as staff read it.
SAID = {
    "Draft made": _("Draft begun"),
    "Draft saved": _("Draft saved"),
    "Submitted for approval": _("Submitted for approval"),
    "Taken back": _("Taken back to a draft"),
    "Sent": _("Sent"),
    "Scheduled": _("Scheduled"),
    "Approved": _("Approved"),
    "Cancelled": _("Cancelled"),
    "Its time came": _("Its time came"),
    "Released after it was held": _("Released after it was held"),
    "Test to myself": _("Test to myself"),
    "Retry of the failed": _("Retry of the failed ones"),
    "The first are written down": _("The first were written down"),
    "Everybody is written down": _("Everybody was written down"),
    "Everything is settled": _("Everything is settled"),
    "Taken off the notice page": _("Taken off the notice page"),
    "Paused": _("Paused"),
    "Resumed": _("Resumed"),
}

RETURNED = "Returned: "


@dataclass(frozen=True, slots=True)
class Return:
    """Who wanted something changed before it may go, when, and what."""

    who: str
    when: datetime
    why: str


def return_of(thing: Announcement | Broadcast) -> Return | None:
    """The last return of a draft that has gone nowhere since."""
    returned = Q(history_change_reason__startswith=RETURNED)
    moved = ~Q(status=AnnouncementStatus.DRAFT)
    rows = thing.history.filter(returned | moved)
    row = rows.order_by("-history_id").first()
    if row is None or row.status != AnnouncementStatus.DRAFT:
        return None
    why = row.history_change_reason.removeprefix(RETURNED)
    return Return(row.actor_label, row.history_date, why)


def of_announcement(announcement: Announcement) -> list[Step]:
    """Every step of an announcement, the oldest first; savings in a row are one."""
    return list(_steps(announcement, AnnouncementStatus))


def of_dispatch(dispatch: Dispatch) -> list[Step]:
    """Every step of a dispatch, after those of the announcement that it came from."""
    steps = list(_steps(dispatch, DispatchStatus))
    if dispatch.announcement and not dispatch.is_test and not dispatch.parent_id:
        # That it was made is the announcement's last step.
        steps = [*of_announcement(dispatch.announcement), *steps[1:]]
    return sorted(steps, key=lambda step: step.when)


def _steps(thing: Any, statuses: type[TextChoices]) -> Iterator[Step]:
    rows: list[Any] = list(thing.history.order_by("history_id"))
    for before, row, after in zip([None, *rows], rows, [*rows[1:], None], strict=False):
        again = after and _same(row, after) and row.status == after.status
        if not again:
            yield _step(before, row, statuses)


def _same(row: Any, other: Any) -> bool:
    mine = (row.history_change_reason, row.actor_label)
    return mine == (other.history_change_reason, other.actor_label)


def _step(before: Any, row: Any, statuses: type[TextChoices]) -> Step:
    status = statuses(row.status)
    reason = row.history_change_reason
    moved = before is None or before.status != row.status
    what: Any = SAID.get(reason) or (status.label if moved else reason)
    why = "" if reason in SAID or not moved else reason
    if reason.startswith(RETURNED):
        what, why = _("Returned to its author"), reason.removeprefix(RETURNED)
    return Step(
        when=row.history_date,
        who=row.actor_label or ActorKind(row.actor_kind).label,
        what=what or _("Changed"),
        why=why,
        machine=row.actor_kind != ActorKind.STAFF,
        tone=LOOKS[statuses][status].tone,
    )
