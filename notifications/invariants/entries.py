"""The sheet, the marks and the moves of entries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from notifications.events import REGISTRY, Category
from notifications.lifecycle import ENTRY_MOVES, DispatchStatus, EntryStatus
from notifications.models import (
    Announcement,
    Dispatch,
    DispatchTally,
    NotificationLog,
    OptOut,
)

#: Entries that need no row of history of their own.
UNWRITTEN = (EntryStatus.PLANNED, EntryStatus.SENDING)
WAITING = (EntryStatus.PLANNED, EntryStatus.RETRYING)
OVER = (DispatchStatus.DONE, DispatchStatus.CANCELLED, DispatchStatus.EXPIRED)


def sheets_balance() -> Iterator[str]:
    """1: what stands in the log is what fan-out wrote, at statuses that there are."""
    entries = NotificationLog.objects.filter(dispatch=OuterRef("pk")).order_by()
    counted = entries.values("dispatch").annotate(number=Count("pk"))
    number = Coalesce(Subquery(counted.values("number")), 0)
    dispatches = Dispatch.objects.order_by().annotate(number=number)
    for pk, number, written in dispatches.exclude(number=F("written")).values_list(
        "pk", "number", "written"
    ):
        yield f"1: dispatch {pk} has {number} entries, and {written} were written."
    for pk in _entries().exclude(status__in=EntryStatus.values).values_list("pk"):
        yield f"1: entry {pk[0]} has a status that there is not."


def tallies_hold() -> Iterator[str]:
    """1: what was counted once, when a dispatch was over, the log still holds."""
    kept = DispatchTally.objects.filter(version=F("dispatch__version"))
    for tally in kept.order_by("pk").iterator(chunk_size=500):
        told: Counter[str] = Counter()
        for _channel, status, _reason, number in tally.lines:
            told[status] += number
        rows = NotificationLog._base_manager.filter(dispatch_id=tally.pk).order_by()
        found = dict(rows.values_list("status").annotate(number=Count("pk")))
        if found != told:
            yield (
                f"1: dispatch {tally.pk} has {found} entries, and was counted as "
                f"{dict(told)}."
            )


def one_entry_each() -> Iterator[str]:
    """2: one entry per dispatch, recipient and channel."""
    several = _entries().values("dispatch", "recipient", "channel")
    for row in several.annotate(number=Count("pk")).filter(number__gt=1):
        yield (
            f"2: dispatch {row['dispatch']} has {row['number']} entries for "
            f"recipient {row['recipient']} on {row['channel']}."
        )


def sending_is_marked() -> Iterator[str]:
    """3, 4: what is being sent has its token, number and start, and its batch's."""
    sending = _entries().filter(status=EntryStatus.SENDING)
    unmarked = Q(token="") | Q(attempts=0) | Q(sending_at=None)
    unfenced = Q(batch__isnull=False) & ~Q(batch__token=F("token"))
    for pk in sending.filter(unmarked).values_list("pk", flat=True):
        yield f"3: entry {pk} is being sent without token, attempt or start."
    for pk in sending.filter(unfenced).values_list("pk", flat=True):
        yield f"4: entry {pk} is being sent under a token that its batch lost."


def nothing_waits_for_ever() -> Iterator[str]:
    """1: whatever waits is in an open batch of a dispatch that is not over."""
    waiting = _entries().filter(status__in=WAITING)
    carried = Q(batch__isnull=False, batch__done_at=None)
    left = waiting.filter(~carried | Q(dispatch__status__in=OVER))
    for pk, status in left.values_list("pk", "status"):
        yield f"1: entry {pk} is “{status}”, and no worker will ever come for it."


def nothing_marked_after_the_end() -> Iterator[str]:
    """5: nothing is marked once a cancel or an expiry has committed."""
    stopped = (DispatchStatus.CANCELLED, DispatchStatus.EXPIRED)
    late = _entries().filter(
        dispatch__status__in=stopped, sending_at__gt=F("dispatch__finished_at")
    )
    for pk in late.values_list("pk", flat=True):
        yield f"5: entry {pk} was marked after its dispatch had been stopped."


def nothing_marked_after_an_opt_out() -> Iterator[str]:
    """5: nothing is marked for whom an opt-out that covers it was on record."""
    for category in Category:
        covered = [
            name
            for name, event in REGISTRY.items()
            if event.category == category and not event.bypasses_preferences
        ]
        at = OuterRef("sending_at")
        refusals = OptOut.objects.filter(
            Q(channel="") | Q(channel=OuterRef("channel")),
            Q(lifted_at=None) | Q(lifted_at__gt=at),
            Q(expires_at=None) | Q(expires_at__gt=at),
            recipient=OuterRef("recipient"),
            category__in=("", category),
            created_at__lt=at,
        )
        late = _entries().filter(Exists(refusals), dispatch__event__in=covered)
        for pk in late.values_list("pk", flat=True):
            yield f"5: entry {pk} was marked after its person had opted out."


def every_move_is_allowed() -> Iterator[str]:
    """7: history tells only moves of the table, step by step."""
    rows: Any = NotificationLog.history
    earlier = rows.filter(id=OuterRef("id"), history_id__lt=OuterRef("history_id"))
    before = Subquery(earlier.order_by("-history_id").values("status")[:1])
    known = Q()
    for old in EntryStatus:
        known |= Q(before=old, status__in=_told_after(old))
    steps = rows.annotate(before=Coalesce(before, Value(str(EntryStatus.PLANNED))))
    for row in steps.exclude(known).order_by():
        yield f"7: entry {row.id} went from “{row.before}” to “{row.status}”."


def _told_after(old: str) -> set[str]:
    """What history may tell next: some moves lead through what it never tells."""
    found = set(ENTRY_MOVES[old])
    while (
        more := {new for via in found & set(UNWRITTEN) for new in ENTRY_MOVES[via]}
        - found
    ):
        found |= more
    return found


def every_move_has_history() -> Iterator[str]:
    """7: the last row of history says what the row itself says."""
    for model, unwritten in (
        (NotificationLog, UNWRITTEN),
        (Dispatch, ()),
        (Announcement, ()),
    ):
        moved = model._default_manager.exclude(status__in=unwritten).order_by()
        names = ["status", "attempts"] if model is NotificationLog else ["status"]
        told = {f"told_{name}": _last(model, name) for name in names}
        agrees = Q(**{f"told_{name}": F(name) for name in names})
        for row in moved.annotate(**told).exclude(agrees & ~Q(told_status=None)):
            last = row.told_status or "nothing"
            yield (
                f"7: {model._meta.verbose_name} {row.pk} is “{row.status}”, "
                f"and the last that its history tells is “{last}”."
            )


def _entries() -> QuerySet[NotificationLog]:
    return NotificationLog.objects.order_by()


def _last(model: Any, name: str) -> Subquery:
    rows = model.history.filter(id=OuterRef("pk")).order_by("-history_id")
    return Subquery(rows.values(name)[:1])
