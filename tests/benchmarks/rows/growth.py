"""What a message costs does not depend on how many there are, or ever were."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from notifications.models import Cluster
from tests.benchmarks import estates, ours, seeding_log
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, at_most
from tests.benchmarks.sinks import Sink

FEW, MANY, OLD, OLD_DISPATCHES = 10_000, 100_000, 1_000_000, 40
AIM = at_most(1.15)


def measure(bench: Bench) -> Iterator[Finding]:
    place = bench.place
    few = estates.make_estate("few", bench.size(FEW))
    many = estates.make_estate("many", bench.size(MANY))
    # Nobody's first message: with a log that is years old it could not be either.
    for cluster in (few, many):
        estates.introduce(cluster)
    ours.remember(place, "empty")
    seeding_log.add_log(
        many,
        entries=bench.size(OLD),
        dispatches=OLD_DISPATCHES,
        by=estates.manager(many),
    )
    ours.remember(place, "old")
    with Sink() as sink:
        one = partial(cost, bench, sink)
        of_few, of_many, of_old = bench.by_turns(
            lambda: one("empty", few),
            lambda: one("empty", many),
            lambda: one("old", many),
        )
    for what, ours_, theirs in (
        ("100 000 entries against 10 000", of_many, of_few),
        ("1 000 000 old entries in the log against none", of_old, of_many),
    ):
        yield Finding("growth", place.vendor, what, "ms", ours_, theirs, aim=AIM)


def cost(bench: Bench, sink: Sink, start: str, cluster: Cluster) -> float:
    """Milliseconds a message."""
    ours.fresh(bench.place, start)
    with ours.Workers(bench.place, sink) as workers:
        return ours.end_to_end(cluster, sink, workers).cost
