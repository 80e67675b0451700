"""The timeline of an entry: who or what did what, when, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from notifications.actors import SYSTEM, ActorKind
from notifications.exporting import words
from notifications.lifecycle import EntryStatus
from notifications.models import NotificationLog

#: On the way, and of no interest to anybody once it has gone well.
MACHINE = frozenset(
    {
        EntryStatus.PLANNED,
        EntryStatus.DEFERRED,
        EntryStatus.SENDING,
        EntryStatus.RETRYING,
    }
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened; ``machine`` ones may be folded away.

    ``status`` is the entry's after it, "" where it stayed the same.
    """

    when: datetime
    who: str
    what: str
    why: str = ""
    status: str = ""
    machine: bool = False


def timeline(entry: NotificationLog) -> list[Step]:
    """Everything on record about an entry, the oldest first; two queries."""
    steps = [_planned(entry), *_recorded(entry), *_heard(entry)]
    return sorted(steps, key=lambda step: step.when)


def _planned(entry: NotificationLog) -> Step:
    dispatch = entry.dispatch
    return Step(
        when=entry.planned_at,
        who=str(dispatch.created_by or SYSTEM.label),
        what=_("Taken into “%(title)s”") % {"title": dispatch.title},
        status=EntryStatus.PLANNED,
    )


def _recorded(entry: NotificationLog) -> Iterator[Step]:
    """A step per row of history; a sending mark stands in the row of its outcome."""
    marked: datetime | None = None
    rows: Any = entry.history.order_by("history_id")
    for row in rows:
        if row.sending_at and row.sending_at != marked:
            marked = row.sending_at
            yield _sending(row.sending_at, row.attempts)
        yield _outcome(row)
    if entry.sending_at and entry.sending_at != marked:
        yield _sending(entry.sending_at, entry.attempts)


def _sending(when: datetime, attempt: int) -> Step:
    return Step(
        when=when,
        who=SYSTEM.label,
        what=_("Try number %(number)d begun") % {"number": attempt},
        status=EntryStatus.SENDING,
        machine=True,
    )


def _outcome(row: Any) -> Step:
    status = EntryStatus(row.status)
    told = (row.reason, row.detail, row.history_change_reason)
    why = [words.detail_words(words.reason_words(text)) for text in told]
    return Step(
        when=row.history_date,
        who=who(row),
        what=str(status.label),
        why=". ".join(dict.fromkeys(text for text in why if text)),
        status=status,
        machine=status in MACHINE and row.actor_kind != ActorKind.STAFF,
    )


def who(row: Any) -> str:
    """Who or what a history row names."""
    label = row.actor_label or str(ActorKind(row.actor_kind).label)
    if row.actor_kind in (ActorKind.WORKER, ActorKind.PROVIDER) and row.actor_label:
        return f"{ActorKind(row.actor_kind).label} ({label})"
    return label


def _heard(entry: NotificationLog) -> Iterator[Step]:
    """What was heard of it later and is no status."""
    heard = (
        (entry.opened_at, _("Opened")),
        (entry.clicked_at, _("A link was followed")),
        (entry.complained_at, _("Reported as spam")),
    )
    for when, what in heard:
        if when:
            yield Step(when=when, who=str(entry.addressee), what=what)
