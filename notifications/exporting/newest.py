"""The newest entries that a filter picks, and how many: in a log of any size.

What is picked out of a large log is either rare, and then an index knows every key of
it; or it is frequent, and then the newest of it are soon found from the end backwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import F, Max, Q, QuerySet, Subquery, Value

from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import Cluster, NotificationLog

from .filters import LogFilter, about

#: Nobody pages further than this, so nobody needs to know how much further it goes.
COUNT_UP_TO = 10_000
#: The same where each entry has to be read to know whether it counts.
READ_UP_TO = 1_000


@dataclass(frozen=True, slots=True)
class Newest:
    """Some entries, newest first; ``more`` of them were found than ``count``."""

    entries: QuerySet[NotificationLog]
    count: int
    more: bool


def newest(chosen: LogFilter, cluster: Cluster, before: int | None = None) -> Newest:
    """The entries that the filter picks, to be cut to a page; those before a key."""
    everything = chosen.entries(cluster)
    if not chosen.stored() or chosen.recipient:
        count = everything.order_by()[: COUNT_UP_TO + 1].count()
        found = _before(everything, before)
        return Newest(found, min(count, COUNT_UP_TO), count > COUNT_UP_TO)
    most = COUNT_UP_TO if _index_tells(chosen) else READ_UP_TO
    keys = _keys(chosen, cluster, most)
    if len(keys) <= most:
        # Unscoped: keys that were found in the cluster.
        page = sorted(key for key in keys if before is None or key < before)
        rare = NotificationLog._base_manager.filter(pk__in=page[-_LONGEST_PAGE:])
        return Newest(rare.order_by("-pk"), len(keys), more=False)
    return Newest(_frequent(chosen, cluster, before), most, more=True)


#: More than any page shows.
_LONGEST_PAGE = 500


def _index_tells(chosen: LogFilter) -> bool:
    """Whether message and status say all, as they do where they are the question."""
    asked = chosen.stored().keys()
    return asked <= {"dispatch", "event", "status"}


def _keys(chosen: LogFilter, cluster: Cluster, most: int) -> set[int]:
    """Keys of what is picked, in no order; one more than ``most`` says enough."""
    found: set[int] = set()
    for some in _ways(chosen, cluster):
        found.update(some.order_by().values_list("pk", flat=True)[: most + 1])
    return found


def _ways(chosen: LogFilter, cluster: Cluster) -> Iterable[QuerySet[NotificationLog]]:
    """How to come to them without walking through the log."""
    # Unscoped: by way of people and messages of the cluster; naming it once more
    # would lead SQLite to all of its log.
    log = NotificationLog._base_manager.filter(
        replace(chosen, person="").rows(cluster),
        dispatch__in=chosen.messages(cluster),
    )
    if chosen.person.strip():
        people, addressees = about(chosen.person)
        yield log.filter(recipient__in=people)
        yield log.filter(addressee__in=addressees)
    elif chosen.reason in SkipReason.values and not chosen.status:
        yield log.filter(status=EntryStatus.SKIPPED)
    else:
        yield log


def _frequent(
    chosen: LogFilter, cluster: Cluster, before: int | None
) -> QuerySet[NotificationLog]:
    """From the end backwards, by the index of the cluster's log."""
    found = NotificationLog.objects.filter(chosen.rows(cluster), cluster=cluster)
    if chosen.is_about_messages:
        messages = chosen.messages(cluster)
        # A sum has no index, so that no planner gathers whole messages to sort them.
        found = found.alias(message=F("dispatch_id") + 0).filter(
            pk__lte=_last_of(messages), message__in=messages.values("pk")
        )
    return _before(found, before)


def _last_of(messages: QuerySet[Any]) -> Subquery:
    """The key of the last entry that was written of any of these messages.

    It is of the one that was finished last, or of one that was written meanwhile.
    """
    latest = messages.order_by(F("fanned_out_at").desc(nulls_first=True), "-pk")
    began = Subquery(latest.values("created_at")[:1])
    meanwhile = messages.filter(Q(fanned_out_at=None) | Q(fanned_out_at__gte=began))
    entries = NotificationLog._base_manager.filter(dispatch__in=meanwhile).order_by()
    return Subquery(entries.values(all=Value(1)).annotate(n=Max("pk")).values("n"))


def _before(
    entries: QuerySet[NotificationLog], before: int | None
) -> QuerySet[NotificationLog]:
    found = entries.order_by("-pk")
    return found if before is None else found.filter(pk__lt=before)
