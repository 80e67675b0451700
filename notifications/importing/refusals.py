"""No file can revive an opt-out: refusals find a person who comes back in one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from notifications.audience.holding_on import held
from notifications.models import (
    Cluster,
    ContactPoint,
    OptOut,
    OptOutAddress,
    OptOutSource,
    Recipient,
)


def carry_over(cluster: Cluster, people: Sequence[Recipient]) -> None:
    """Let refusals go on for somebody who left and is new again under another number.

    The name and one address are equal, so it is the same person; without this, a
    further address in the file would be written to. Those who are still here keep
    their refusals to themselves: two different numbers are two people.
    """
    named: dict[str, list[Recipient]] = defaultdict(list)
    for person in people:
        named[person.fingerprint].append(person)
    known = OptOutAddress.objects.filter(
        cluster=cluster, person_fingerprint__in=list(named)
    )
    gone = OptOut.objects.in_force().filter(
        Q(recipient=None) | Q(recipient__archived_at__isnull=False),
        cluster=cluster,
        pk__in=known.values("opt_out"),
    )
    for row in gone.order_by("pk").prefetch_related("addresses"):
        held_on_to = row.addresses.all()
        prints = {address.fingerprint for address in held_on_to}
        for name in {address.person_fingerprint for address in held_on_to} - {""}:
            for person in named.get(name, ()):
                points = list(ContactPoint.objects.filter(recipient=person))
                if any(point.fingerprint in prints for point in points):
                    _copy(row, person, points)


def _copy(row: OptOut, person: Recipient, points: Iterable[ContactPoint]) -> None:
    again: Any = OptOut(
        cluster_id=row.cluster_id,
        recipient=person,
        channel=row.channel,
        category=row.category,
        source=OptOutSource.IMPORT,
        reason=row.reason,
        evidence=f"Goes on from opt-out {row.pk}: same name and address in a file.",
        expires_at=row.expires_at,
    )
    again._change_reason = "Somebody who had opted out came back in a file"
    again.save()
    OptOutAddress.objects.bulk_create(
        [
            held(again, person, point)
            for point in points
            if row.channel in ("", point.channel)
        ]
    )
