"""Counts of every cluster: what a platform admin sees of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from notifications import scope
from notifications.lifecycle import DispatchStatus
from notifications.models import Cluster, Dispatch, Membership, Recipient, Role

UNDER_WAY = (DispatchStatus.PREPARING, DispatchStatus.SENDING, DispatchStatus.PAUSED)


@dataclass(frozen=True, slots=True)
class Line:
    """One cluster in numbers."""

    cluster: Cluster
    people: int
    members: int
    managers: int
    under_way: int


def overview() -> list[Line]:
    """All clusters: only counts leave the scope, never a person."""
    with scope.every_cluster():
        people = _counts(Recipient.objects.present().filter(for_staff=False))
        under_way = _counts(Dispatch.objects.filter(status__in=UNDER_WAY))
        staff = {
            row["cluster"]: row
            for row in Membership.objects.filter(active=True, user__is_active=True)
            .order_by()
            .values("cluster")
            .annotate(
                members=Count("pk"), managers=Count("pk", filter=Q(role=Role.MANAGER))
            )
        }
        return [
            Line(
                cluster=cluster,
                people=people.get(cluster.pk, 0),
                members=staff.get(cluster.pk, {}).get("members", 0),
                managers=staff.get(cluster.pk, {}).get("managers", 0),
                under_way=under_way.get(cluster.pk, 0),
            )
            for cluster in Cluster.objects.all()
        ]


def _counts(rows: object) -> dict[int, int]:
    counted = rows.order_by().values_list("cluster").annotate(Count("pk"))  # type: ignore[attr-defined]
    return dict(counted)
