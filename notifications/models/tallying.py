"""How many entries of a dispatch stand where: kept once it is over, else counted.

Kept when somebody first asks; a page must not fail because that cannot be written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError
from django.db.models import Count, Max, Q, QuerySet

from notifications.lifecycle import DispatchStatus, EntryStatus

from .clusters import Cluster
from .dispatches import Dispatch
from .log import NotificationLog
from .people import Recipient
from .tallies import DispatchTally

OVER = (DispatchStatus.DONE, DispatchStatus.CANCELLED, DispatchStatus.EXPIRED)
#: A worker moves these sooner or later, whatever became of their dispatch.
MOVING = frozenset(
    {
        EntryStatus.PLANNED,
        EntryStatus.DEFERRED,
        EntryStatus.SENDING,
        EntryStatus.RETRYING,
    }
)
#: These have no reason to tell: the index knows enough of them.
PLAIN = frozenset({EntryStatus.PLANNED, EntryStatus.SENT, EntryStatus.DELIVERED})
FAILED = (EntryStatus.FAILED, EntryStatus.BOUNCED)
#: Kinds of failure that are told apart; the rest is in the log.
MOST_FAILURES = 8


@dataclass(frozen=True, slots=True)
class Line:
    """Entries of one channel that stand at one status for one reason."""

    channel: str
    status: str
    reason: str
    number: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Entries that failed or bounced with the same words."""

    status: str
    reason: str
    detail: str
    number: int


@dataclass(frozen=True, slots=True)
class Tally:
    """One dispatch in numbers; ``failures`` has the commonest kinds alone.

    ``entries`` per channel were counted apart from the ``lines``, so that a sheet
    that does not balance is seen.
    """

    entries: Mapping[str, int]
    lines: tuple[Line, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def statuses(self) -> dict[str, int]:
        """Entries per status, over all channels."""
        found: dict[str, int] = defaultdict(int)
        for line in self.lines:
            found[line.status] += line.number
        return dict(found)

    def stays(self, dispatch: Dispatch) -> bool:
        """Whether it is worth keeping: all is there, and no worker will move it."""
        moving = any(line.status in MOVING for line in self.lines)
        counted = sum(line.number for line in self.lines)
        whole = dispatch.written == sum(self.entries.values()) == counted
        return dispatch.status in OVER and whole and not moving


def tally(dispatch: Dispatch) -> Tally:
    """How one dispatch stands."""
    return tallies([dispatch])[dispatch.pk]


def tallies(
    dispatches: Iterable[Dispatch], known: Mapping[int, Tally] | None = None
) -> Mapping[int, Tally]:
    """How each of these dispatches stands, by key; those ``known`` are not counted."""
    wanted = {dispatch.pk: dispatch for dispatch in dispatches}
    found = {pk: each for pk, each in (known or {}).items() if pk in wanted}
    found |= dict(_kept({pk: wanted[pk] for pk in wanted if pk not in found}))
    lacking = [wanted[pk] for pk in wanted if pk not in found]
    if lacking:
        counted = _count(lacking)
        found |= counted
        _keep([each for each in lacking if counted[each.pk].stays(each)], counted)
    return found


def statuses(dispatches: Iterable[Dispatch]) -> Mapping[int, Mapping[str, int]]:
    """The entries of each by status: of what is under way, from the index alone."""
    given = list(dispatches)
    over = tallies(each for each in given if each.status in OVER)
    found = {pk: dict(counted.statuses) for pk, counted in over.items()}
    for pk, _channel, status, number in _by_status(
        [each for each in given if each.status not in OVER]
    ):
        numbers = found.setdefault(pk, {})
        numbers[status] = numbers.get(status, 0) + number
    return found


def people_of(dispatch: Dispatch, counted: Tally) -> int:
    """Distinct people; on one channel each has one entry, by a constraint."""
    if len(counted.entries) < 2:
        return sum(counted.entries.values())
    rows = _entries([dispatch.pk]).aggregate(n=Count("recipient", distinct=True))
    return int(rows["n"])


def counted_since(
    cluster: Cluster, moment: datetime, known: Mapping[int, Tally] | None = None
) -> Mapping[str, Mapping[str, int]]:
    """Entries that were planned since then, by channel and status."""
    began_before, still_written = Q(created_at__lt=moment), Q(fanned_out_at=None)
    written_since = Q(fanned_out_at__gte=moment) | (
        still_written & (Q(finished_at=None) | Q(finished_at__gte=moment))
    )
    ours = Dispatch.objects.filter(cluster=cluster)
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for counted in tallies(ours.exclude(began_before), known).values():
        for line in counted.lines:
            found[line.channel][line.status] += line.number
    # Of those that were being written down at that moment, entry by entry.
    astride = ours.filter(began_before, written_since).values_list("pk", flat=True)
    rows = _entries(list(astride)).filter(planned_at__gte=moment)
    for channel, status, number in rows.values_list("channel", "status").annotate(
        n=Count("pk")
    ):
        found[channel][status] += number
    return found


def _kept(wanted: Mapping[int, Dispatch]) -> Iterable[tuple[int, Tally]]:
    # Unscoped, here and below: by the keys of dispatches that were seen already.
    for row in DispatchTally._base_manager.filter(pk__in=list(wanted)):
        if row.version == wanted[row.pk].version:
            lines = tuple(Line(*line) for line in row.lines)
            failures = tuple(Failure(*each) for each in row.failures)
            yield row.pk, Tally(_sums(lines), lines, failures)


def _keep(over: Sequence[Dispatch], counted: Mapping[int, Tally]) -> None:
    rows = [
        DispatchTally(
            dispatch=each,
            cluster_id=each.cluster_id,
            version=each.version,
            lines=[
                [line.channel, line.status, line.reason, line.number]
                for line in counted[each.pk].lines
            ],
            failures=[
                [one.status, one.reason, one.detail, one.number]
                for one in counted[each.pk].failures
            ],
        )
        for each in over
    ]
    # When somebody else writes for long, whoever asks next counts again.
    with suppress(OperationalError):
        DispatchTally._base_manager.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["dispatch"],
            update_fields=["version", "lines", "failures", "people_as_of"],
        )


def by_zone(dispatch: Dispatch) -> list[tuple[int | None, str, int]]:
    """Zone, status, number: by where people live now, without what lies below."""
    # Every change of a person is on record, so its end says whether anybody moved.
    history: Any = Recipient.history.model._base_manager
    as_of = history.aggregate(last=Max("history_id"))["last"] or 0
    # Unscoped: by the key of a dispatch that was seen already.
    same = DispatchTally._base_manager.filter(pk=dispatch.pk, version=dispatch.version)
    kept = same.filter(people_as_of=as_of).values_list("zones", flat=True).first()
    if kept is not None:
        return [(zone, status, number) for zone, status, number in kept]
    rows = _entries([dispatch.pk]).values_list("recipient__zone", "status")
    counted = list(rows.annotate(n=Count("pk")))
    with suppress(OperationalError):
        same.update(zones=counted, people_as_of=as_of)
    return counted


def _sums(lines: Iterable[Line]) -> Mapping[str, int]:
    found: dict[str, int] = defaultdict(int)
    for line in lines:
        found[line.channel] += line.number
    return found


def _count(dispatches: Sequence[Dispatch]) -> dict[int, Tally]:
    keys = [dispatch.pk for dispatch in dispatches]
    entries: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    lines: dict[int, list[Line]] = defaultdict(list)
    for pk, channel, status, number in _by_status(dispatches):
        entries[pk][channel] += number
        if status in PLAIN:
            lines[pk].append(Line(channel, status, "", number))
    for pk, line in _explained(keys):
        lines[pk].append(line)
    failures = _failures(keys)
    return {
        pk: Tally(entries[pk], tuple(lines[pk]), tuple(failures[pk])) for pk in keys
    }


def _by_status(dispatches: Sequence[Dispatch]) -> Iterable[tuple[int, str, str, int]]:
    """Dispatch, channel, status, number: where there is one channel, from the index."""
    one = {each.pk: each.channels[0] for each in dispatches if len(each.channels) == 1}
    rows = _entries(list(one)).values_list("dispatch", "status")
    for pk, status, number in rows.annotate(n=Count("pk")):
        yield pk, one[pk], status, number
    several = [each.pk for each in dispatches if each.pk not in one]
    if several:
        names = ("dispatch", "channel", "status")
        yield from _entries(several).values_list(*names).annotate(n=Count("pk"))


def _explained(keys: Sequence[int]) -> Iterable[tuple[int, Line]]:
    # Named one by one: no index helps to find what is not among some.
    others = _entries(keys).filter(status__in=sorted(set(EntryStatus) - PLAIN))
    names = ("dispatch", "channel", "status", "reason")
    for pk, *line in others.values_list(*names).annotate(n=Count("pk")):
        yield pk, Line(*line)


def _failures(keys: Sequence[int]) -> Mapping[int, list[Failure]]:
    found: dict[int, list[Failure]] = defaultdict(list)
    names = ("dispatch", "status", "reason", "detail")
    rows = _entries(keys).filter(status__in=FAILED).values_list(*names)
    counted = rows.annotate(n=Count("pk")).order_by("-n", "status", "detail")
    for pk, *each in counted:
        if len(found[pk]) < MOST_FAILURES:
            found[pk].append(Failure(*each))
    return found


def _entries(keys: Sequence[int]) -> QuerySet[NotificationLog]:
    # Unscoped: naming the cluster too would lead SQLite to the index of all its log.
    return NotificationLog._base_manager.filter(dispatch_id__in=keys).order_by()
