"""The ledger of bypasses: how many people an emergency reached against their wish."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from notifications import scope
from notifications.audience.refusals import ENTRY, opted_out
from notifications.lifecycle import REACHED, DispatchStatus
from notifications.models import Broadcast, Bypass, Cluster, Dispatch, NotificationLog

logger = logging.getLogger("tocsin.broadcasts")

#: More live broadcasts in a month than this, and people stop reading them.
OFTEN = 3
OVER = (DispatchStatus.DONE, DispatchStatus.CANCELLED, DispatchStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Month:
    """What emergencies did in a month: how many there were, and whom they overrode."""

    first: date
    broadcasts: int
    people: int
    in_quiet_hours: int

    @property
    def often(self) -> bool:
        """Whether that was more than people take seriously."""
        return self.broadcasts > OFTEN


def count_bypasses() -> int:
    """Write down, once, what each finished message of an emergency overrode."""
    with scope.every_cluster():
        counted = Bypass.objects.filter(dispatch=OuterRef("pk"))
        # Unscoped, as below. Who is under way when it ends is counted when it is known.
        open_ones = NotificationLog._base_manager.filter(
            dispatch=OuterRef("pk"), settled_at=None
        )
        waiting = Dispatch.objects.filter(
            ~Exists(counted),
            ~Exists(open_ones),
            broadcast__isnull=False,
            broadcast__is_drill=False,
            status__in=OVER,
        )
        found = list(waiting.select_related("cluster", "broadcast")[:20])
    for dispatch in found:
        try:
            with scope.clusters(dispatch.cluster_id):
                _count(dispatch)
        except DatabaseError:
            logger.exception("dispatch %s: its bypasses wait", dispatch.pk)
    return len(found)


def months(cluster: Cluster, most: int = 12) -> list[Month]:
    """The last months in which there was an emergency, the newest first."""
    rows = Bypass.objects.filter(cluster=cluster).annotate(month=TruncMonth("at"))
    sums = (
        rows.order_by()
        .values("month")
        .annotate(
            people=Sum("people"),
            in_quiet_hours=Sum("in_quiet_hours"),
            broadcasts=Count("broadcast", distinct=True),
        )
    )
    return [
        Month(
            row["month"].date(),
            row["broadcasts"],
            row["people"],
            row["in_quiet_hours"],
        )
        for row in sums.order_by("-month")[:most]
    ]


def _count(dispatch: Dispatch) -> None:
    people = len(set(_overridden(dispatch)))
    try:
        with transaction.atomic():
            Bypass.objects.create(
                cluster=dispatch.cluster,
                broadcast=dispatch.broadcast,
                dispatch=dispatch,
                people=people,
                in_quiet_hours=len(set(_disturbed(dispatch))),
                at=dispatch.created_at or timezone.now(),
            )
    except IntegrityError:
        pass  # Another worker counted it at the same moment.


def _overridden(dispatch: Dispatch) -> Iterator[int]:
    """Keys of people who had it although they had said no."""
    event = dispatch.event_definition
    for channel in dispatch.channels:
        # Unscoped: naming the cluster too leads SQLite to the index of all its log.
        entries = NotificationLog._base_manager.filter(
            opted_out(dispatch.cluster_id, event, channel, ENTRY),
            dispatch=dispatch,
            channel=channel,
            status__in=REACHED,
        )
        yield from entries.order_by().values_list("recipient_id", flat=True)


def _disturbed(dispatch: Dispatch) -> Iterator[int]:
    """Keys of people who had it in the quiet hours of their cluster."""
    hours = dispatch.cluster.quiet_hours
    if hours is None:
        return
    # Unscoped, as above.
    entries = NotificationLog._base_manager.filter(
        dispatch=dispatch, status__in=REACHED, sent_at__isnull=False
    )
    for recipient, at in entries.order_by().values_list("recipient_id", "sent_at"):
        if at is not None and hours.over_at(at):
            yield recipient


def disturbed_by(broadcast: Broadcast) -> int:
    """How many people it reached in quiet hours, as far as counted."""
    found = Bypass.objects.filter(broadcast=broadcast).order_by("-in_quiet_hours")
    first = found.first()
    return first.in_quiet_hours if first else 0


def overridden_by(broadcast: Broadcast) -> int:
    """How many people a broadcast reached against their wish, as far as counted."""
    found = Bypass.objects.filter(broadcast=broadcast).order_by("-people").first()
    return found.people if found else 0
