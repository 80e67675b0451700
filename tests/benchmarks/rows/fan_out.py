"""Entries, addressees and batches for everybody, against Django's own bulk_create."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from notifications import dispatching, events, fingerprints
from notifications.models import (
    Addressee,
    Batch,
    Cluster,
    Content,
    Dispatch,
    NotificationLog,
    Recipient,
)
from tests.benchmarks import estates, letter, ours
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, Invalid, at_least

COUNT = 100_000
AIM = {"sqlite": 12, "postgresql": 5}
#: Rows handed to ``bulk_create`` at once: the fastest of those that were tried.
AT_ONCE = 1_000


def measure(bench: Bench) -> Iterator[Finding]:
    place, count = bench.place, bench.size(COUNT)
    cluster = estates.make_estate("riverside", count)
    ours.remember(place)
    later: tuple[list[float], list[float]] = ([], [])

    def of_ours() -> float:
        ours.fresh(place)
        first, second = (fan_out(cluster, count) for _n in range(2))
        later[0].append(second)
        return first

    def of_theirs() -> float:
        ours.fresh(place)
        first, second = (create_in_bulk(cluster, count) for _n in range(2))
        later[1].append(second)
        return first

    rates = bench.by_turns(of_ours, of_theirs)
    for what, pair in (
        ("entries, addressees and batches by bulk_create", rates),
        ("the same, of people who had mail before", later),
    ):
        aim = at_least(AIM[place.vendor])
        yield Finding("fan-out", place.vendor, what, "entries/s", *pair, aim=aim)


def fan_out(cluster: Cluster, count: int) -> float:
    """Entries a second of ours, from the dispatch to the last entry."""
    dispatch = prepared(cluster)
    began = time.perf_counter()
    dispatching.fan_out(dispatch.pk)
    seconds = time.perf_counter() - began
    return count_of(dispatch, count) / seconds


def create_in_bulk(cluster: Cluster, count: int) -> float:
    """Entries a second when Django makes the very rows, one transaction for all."""
    dispatch = prepared(cluster)
    content = dispatch.contents.get().content
    people = list(everybody(cluster))
    known = dict(
        Addressee.objects.filter(cluster=cluster).values_list("recipient_id", "pk")
    )
    began = time.perf_counter()
    with transaction.atomic():
        if not known:
            known = make_addressees(cluster, people)
        batches = make_batches(dispatch, len(people))
        make_entries(dispatch, content, people, known, batches)
    seconds = time.perf_counter() - began
    return count_of(dispatch, count) / seconds


def prepared(cluster: Cluster) -> Dispatch:
    content = dispatching.pin(
        cluster, letter.compiled(cluster), channel="email", language=cluster.language
    )
    return dispatching.prepare(
        dispatching.Plan(
            cluster=cluster,
            event=events.ANNOUNCEMENT_POSTED,
            title=str(uuid.uuid4()),
            criteria=ours.EVERYONE,
            contents=(content,),
        )
    )


def everybody(cluster: Cluster) -> Any:
    points = Recipient.objects.filter(cluster=cluster, contact_points__channel="email")
    return points.values_list(
        "pk", "name", "unit", "contact_points__value", "contact_points__fingerprint"
    ).order_by("pk")


def make_addressees(cluster: Cluster, people: list[Any]) -> dict[int, int]:
    made = Addressee.objects.bulk_create(
        [
            Addressee(
                cluster=cluster,
                recipient_id=key,
                channel="email",
                name=name,
                unit=unit,
                address=address,
                fingerprint=fingerprint,
                commitment=fingerprints.commitment(name, unit, address),
            )
            for key, name, unit, address, fingerprint in people
        ],
        batch_size=AT_ONCE,
    )
    return {each.recipient_id or 0: each.pk for each in made}


def make_batches(dispatch: Dispatch, count: int) -> list[Batch]:
    now, size = timezone.now(), dispatching.fanout.CHUNK
    return Batch.objects.bulk_create(
        [
            Batch(
                cluster_id=dispatch.cluster_id,
                dispatch=dispatch,
                lane=dispatch.lane,
                size=size,
                due_at=now,
            )
            for _start in range(0, count, size)
        ],
        batch_size=AT_ONCE,
    )


def make_entries(
    dispatch: Dispatch,
    content: Content,
    people: list[Any],
    known: dict[int, int],
    batches: list[Batch],
) -> None:
    now, size = timezone.now(), dispatching.fanout.CHUNK
    entries = (
        NotificationLog(
            cluster_id=dispatch.cluster_id,
            dispatch=dispatch,
            recipient_id=key,
            channel="email",
            addressee_id=known[key],
            content=content,
            batch=batches[number // size],
            status="planned",
            commitment=fingerprints.commitment(name, unit, address),
            planned_at=now,
        )
        for number, (key, name, unit, address, _print) in enumerate(people)
    )
    while lot := list(islice(entries, 20 * AT_ONCE)):
        NotificationLog.objects.bulk_create(lot, batch_size=AT_ONCE)


def count_of(dispatch: Dispatch, count: int) -> int:
    """How many are planned; raises Invalid unless it is everybody."""
    entries = NotificationLog.objects.filter(dispatch=dispatch, status="planned")
    if (found := entries.count()) != count:
        raise Invalid(f"{found} entries for {count} people")
    return found
