"""The same with the mail server ten milliseconds away."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks import estates, ours
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, at_least
from tests.benchmarks.peers import best
from tests.benchmarks.peers.running import write_letter
from tests.benchmarks.sinks import FAR, Sink

COUNT, THEIR_COUNT = 20_000, 5_000
WORKERS, POOL = 2, "?connections=64"


def measure(bench: Bench) -> Iterator[Finding]:
    place, count = bench.place, bench.size(COUNT)
    cluster = estates.make_estate("riverside", count)
    write_letter(place, cluster)
    ours.remember(place)
    with Sink(rtt=FAR) as sink:
        peer = best.post_office(bench, sink, best.FAR)

        def one() -> float:
            ours.fresh(place)
            with ours.Workers(place, sink, count=WORKERS, options=POOL) as workers:
                return ours.end_to_end(cluster, sink, workers).rate

        # Their rate does not grow with the number, and it would take a minute each.
        fewer = bench.size(THEIR_COUNT)
        rates = bench.by_turns(one, lambda: peer.run(place, sink, fewer))
    yield Finding(
        "round-trip",
        place.vendor,
        peer.label,
        "messages/s",
        *rates,
        aim=at_least(20),
    )
