"""A second worker helps where the provider is slow, and never harms."""

from __future__ import annotations

from collections.abc import Iterator

from notifications.models import Cluster
from tests.benchmarks import estates, ours
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, at_least
from tests.benchmarks.sinks import FAR, Sink

#: Each message takes four answers without PIPELINING: fewer of them are enough.
CAPPED_COUNT, COUNT = 4_000, 20_000
CAP, POOL = 8, 64


def measure(bench: Bench) -> Iterator[Finding]:
    capped = estates.make_estate("capped", bench.size(CAPPED_COUNT))
    free = estates.make_estate("free", bench.size(COUNT))
    ours.remember(bench.place)
    for what, cluster, aim in (
        (f"one; {CAP} unpipelined connections a worker", capped, 1.8),
        ("one; uncapped", free, 1.0),
    ):
        limit = CAP if cluster is capped else None
        two, one = bench.by_turns(
            lambda cluster=cluster, limit=limit: rate(bench, cluster, 2, limit),
            lambda cluster=cluster, limit=limit: rate(bench, cluster, 1, limit),
        )
        yield Finding(
            "two-workers",
            bench.place.vendor,
            what,
            "messages/s",
            two,
            one,
            aim=at_least(aim),
        )


def rate(bench: Bench, cluster: Cluster, workers: int, cap: int | None) -> float:
    """Messages a second; with a cap, the server refuses whatever is above it."""
    ours.fresh(bench.place)
    most = cap * workers if cap else None
    options = f"?connections={cap or POOL}"
    with (
        Sink(rtt=FAR, most=most, pipelining=cap is None) as sink,
        ours.Workers(bench.place, sink, count=workers, options=options) as at_work,
    ):
        return ours.end_to_end(cluster, sink, at_work).rate
