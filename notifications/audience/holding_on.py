"""How refusals know people again who get a new address or a new name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from notifications.models import (
    Cluster,
    ContactPoint,
    OptOut,
    OptOutAddress,
    Recipient,
)


class Place(NamedTuple):
    """An address as refusals know it."""

    channel: str
    fingerprint: str


def hold_on(cluster: Cluster, people: Iterable[Recipient]) -> None:
    """Let the refusals in force know their people as they are now.

    Every address that a refusal knows or the person has, under the name of now: to be
    called in the transaction that gave them an address or a name. Others who have the
    new address keep getting what they get, for nobody spoke from there.
    """
    here = {person.pk: person for person in people}
    rows = list(
        OptOut.objects.in_force()
        .filter(cluster=cluster, recipient__in=list(here))
        .prefetch_related("addresses")
        .order_by("pk")
    )
    if not rows:
        return
    refusers = {row.recipient_id for row in rows}
    points: dict[int, list[ContactPoint]] = defaultdict(list)
    for point in ContactPoint.objects.filter(recipient__in=refusers):
        points[point.recipient_id].append(point)
    OptOutAddress.objects.bulk_create(
        [
            held(row, here[row.recipient_id], place)
            for row in rows
            if row.recipient_id is not None
            for place in _places(row, points)
            if row.channel in ("", place.channel)
        ],
        ignore_conflicts=True,
    )


def _places(row: OptOut, points: dict[int, list[ContactPoint]]) -> list[Any]:
    return [*row.addresses.all(), *points[row.recipient_id or 0]]


def shared_by(rows: Iterable[OptOut]) -> dict[int, set[Place]]:
    """The addresses at which refusals hold for others too, by refusal."""
    found: dict[int, set[Place]] = defaultdict(set)
    keys = [row.pk for row in rows]
    for each in OptOutAddress.objects.filter(opt_out__in=keys, shared=True):
        found[each.opt_out_id].add(Place(each.channel, each.fingerprint))
    return found


def held(
    row: OptOut, person: Recipient, place: Any, *, shared: bool = False
) -> OptOutAddress:
    """``place`` knows a channel and a fingerprint, as points and addressees do."""
    return OptOutAddress(
        opt_out=row,
        cluster_id=row.cluster_id,
        channel=place.channel,
        fingerprint=place.fingerprint,
        person_fingerprint=person.fingerprint,
        shared=shared,
    )
