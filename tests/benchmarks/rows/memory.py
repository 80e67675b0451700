"""A worker holds no more for a hundred thousand than for a thousand."""

from __future__ import annotations

from collections.abc import Iterator

from notifications.models import Cluster
from tests.benchmarks import estates, ours
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, at_most
from tests.benchmarks.sinks import Sink

FEW, MANY = 1_000, 100_000


def measure(bench: Bench) -> Iterator[Finding]:
    few = estates.make_estate("few", bench.size(FEW))
    many = estates.make_estate("many", bench.size(MANY))
    ours.remember(bench.place)
    with Sink() as sink:
        of_many, of_few = bench.by_turns(
            lambda: peak(bench, sink, many), lambda: peak(bench, sink, few)
        )
    yield Finding(
        "memory",
        bench.place.vendor,
        "1 000 entries",
        "MB",
        of_many,
        of_few,
        aim=at_most(1.3),
    )


def peak(bench: Bench, sink: Sink, cluster: Cluster) -> float:
    """The most that a new worker ever held, in megabytes."""
    ours.fresh(bench.place)
    with ours.Workers(bench.place, sink) as workers:
        ours.end_to_end(cluster, sink, workers)
        return max(workers.memory()) / 1e6
