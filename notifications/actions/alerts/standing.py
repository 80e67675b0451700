"""Incidents as rows: opened by one worker only, and closed when they are over."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from notifications.models import Cluster, Dispatch, Incident, IncidentKind

#: What comes back so soon is the same trouble: nobody is told again.
SAME = timedelta(hours=1)


def open_incidents(cluster: Cluster) -> list[Incident]:
    """The trouble that staff of a cluster should see now, the engine's first."""
    # Unscoped: the engine's belongs to no cluster.
    every = Incident._base_manager.filter(closed_at=None)
    ours = every.filter(cluster=None) | every.filter(cluster=cluster)
    return list(ours.select_related("dispatch", "alert").order_by("-kind", "-id"))


def open_once(incident: Incident) -> Incident | None:
    """Write it down; None where it is known already, so that nobody is told twice.

    A message is told of once for ever, anything else again after a while.
    """
    same = _same(incident)
    if same.filter(closed_at=None).exists():
        return None
    if incident.dispatch is None:
        same = same.filter(closed_at__gt=timezone.now() - SAME)
    before = same.order_by("-id").first()
    try:
        with transaction.atomic():
            if before is None:
                incident.save()
                return incident
            _rows(before).update(closed_at=None)
    except IntegrityError:
        # Another worker looked at the same moment.
        pass
    return None


def close_over(kind: IncidentKind, still: Collection[Dispatch | Cluster]) -> None:
    """Close every open one of a kind, but for those that are still trouble."""
    every = Incident._base_manager.filter(kind=kind, closed_at=None)
    for each in every.select_related("dispatch", "cluster"):
        if (each.dispatch or each.cluster) not in still:
            _rows(each).update(closed_at=timezone.now())


def _same(incident: Incident) -> QuerySet[Incident]:
    # Unscoped, as above.
    return Incident._base_manager.filter(
        kind=incident.kind, cluster=incident.cluster, dispatch=incident.dispatch
    )


def _rows(incident: Incident) -> QuerySet[Incident]:
    return Incident._base_manager.filter(pk=incident.pk)
