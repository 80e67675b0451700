"""Who will get it and why not, against counting the same rows joined."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.db import connection

from notifications import events
from notifications.audience import reach
from notifications.models import (
    Cluster,
    ContactPoint,
    OptOut,
    OptOutAddress,
    Recipient,
    Suppression,
)
from tests.benchmarks import estates, ours, seeding
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, Invalid, at_most

COUNT = 100_000
#: Calls of which a run takes the median: one is over before the machine has settled.
CALLS = 5
JOINED = """
    SELECT COUNT(*), COUNT(p.id), COUNT(s.id), COUNT(o.id), COUNT(a.id)
    FROM {recipient} r
    LEFT JOIN {point} p ON p.recipient_id = r.id AND p.cluster_id = r.cluster_id
        AND p.channel = 'email' AND p."primary" AND p.active
    LEFT JOIN {suppression} s ON s.cluster_id = r.cluster_id
        AND s.channel = 'email' AND s.fingerprint = p.fingerprint
    LEFT JOIN {opt_out} o ON o.recipient_id = r.id AND o.lifted_at IS NULL
    LEFT JOIN {address} a ON a.cluster_id = r.cluster_id
        AND a.channel = 'email' AND a.fingerprint = p.fingerprint
    WHERE r.cluster_id = %s AND r.archived_at IS NULL AND NOT r.for_staff
"""


def measure(bench: Bench) -> Iterator[Finding]:
    cluster = estates.make_estate("riverside", 0)
    seeding.add_people(cluster, COUNT)
    ours.remember(bench.place)
    for what, identical in (("personal words", False), ("the same for all", True)):
        times = bench.by_turns(
            lambda identical=identical: timed(lambda: by_reason(cluster, identical)),
            lambda: timed(lambda: joined(cluster)),
        )
        yield Finding(
            "reach",
            bench.place.vendor,
            f"{what}: a plain COUNT over the same joins",
            "s",
            *times,
            aim=at_most(5),
        )


def by_reason(cluster: Cluster, identical: bool) -> None:
    found = reach(
        cluster,
        ours.EVERYONE,
        events.ANNOUNCEMENT_POSTED,
        "email",
        identical=identical,
    )
    if len(found.reasons) < 3 + identical:
        raise Invalid(f"only {len(found.reasons)} reasons were found")


def joined(cluster: Cluster) -> Any:
    models = {
        "recipient": Recipient,
        "point": ContactPoint,
        "suppression": Suppression,
        "opt_out": OptOut,
        "address": OptOutAddress,
    }
    tables = {name: model._meta.db_table for name, model in models.items()}
    with connection.cursor() as cursor:
        cursor.execute(JOINED.format(**tables), [cluster.pk])
        return cursor.fetchone()


def timed(call: Callable[[], Any]) -> float:
    seconds = []
    for _call in range(CALLS):
        began = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)
