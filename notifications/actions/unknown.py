"""Those of whom nobody can know whether they have it, over a whole cluster."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from notifications.actions import dispatches
from notifications.errors import MoveRefused, Refused
from notifications.lifecycle import EntryStatus
from notifications.models import Cluster, Dispatch, NotificationLog


@dataclass(frozen=True, slots=True)
class Settled:
    """How many were settled, and of which messages none could be, each with why."""

    count: int
    refused: tuple[tuple[Dispatch, str], ...] = ()


def unknown_in(
    cluster: Cluster, dispatch: Dispatch | None = None
) -> QuerySet[NotificationLog]:
    """The unknown entries of a cluster, or of one of its messages; newest first."""
    ours = Dispatch.objects.filter(cluster=cluster)
    if dispatch is not None:
        ours = ours.filter(pk=dispatch.pk)
    # Unscoped: by way of the messages, whose index knows the status. Naming the
    # cluster too would lead SQLite to all of its log.
    entries = NotificationLog._base_manager.filter(dispatch__in=ours)
    return entries.filter(status=EntryStatus.UNKNOWN).order_by("-id")


def messages_with_unknown(cluster: Cluster) -> list[tuple[Dispatch, int]]:
    """Each message that has unknown ones, with how many; the newest first."""
    rows = unknown_in(cluster).order_by().values("dispatch").annotate(n=Count("pk"))
    counts = {row["dispatch"]: row["n"] for row in rows}
    found = Dispatch.objects.filter(pk__in=counts).order_by("-pk")
    return [(dispatch, counts[dispatch.pk]) for dispatch in found]


def resend(
    cluster: Cluster,
    *,
    by: Any,
    reason: str,
    entries: Collection[int] | None = None,
    dispatch: Dispatch | None = None,
) -> Settled:
    """Send these again, or all of a message or cluster, at the risk of a double."""
    act = dispatches.resend_unknown
    return _settle(act, cluster, dispatch, entries, by=by, reason=reason)


def close(
    cluster: Cluster,
    *,
    by: Any,
    reason: str,
    entries: Collection[int] | None = None,
    dispatch: Dispatch | None = None,
) -> Settled:
    """Call these failed, or all of a message or cluster: nothing is sent twice."""
    act = dispatches.close_unknown
    return _settle(act, cluster, dispatch, entries, by=by, reason=reason)


def _settle(
    act: Callable[..., int],
    cluster: Cluster,
    dispatch: Dispatch | None,
    entries: Collection[int] | None,
    **given: Any,
) -> Settled:
    """Message by message, each by itself: one that is over keeps back no other."""
    chosen = unknown_in(cluster, dispatch)
    if entries is not None:
        chosen = chosen.filter(pk__in=entries)
    keys = chosen.order_by().values_list("dispatch", flat=True).distinct()
    count, refused = 0, []
    for each in Dispatch.objects.filter(pk__in=list(keys)).order_by("pk"):
        try:
            count += act(each, entries=entries, **given)
        except MoveRefused as problem:
            refused.append((each, str(problem)))
    if not count and not refused:
        raise Refused(
            _(
                "None of these is unknown any more: somebody else settled them, or the "
                "provider told. Nothing was done."
            )
        )
    return Settled(count, tuple(refused))
