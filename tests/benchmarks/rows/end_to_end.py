"""From the button to the last outcome, beside the best that a team would pick."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks import estates, ours
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, at_least
from tests.benchmarks.peers import best
from tests.benchmarks.peers.running import write_letter
from tests.benchmarks.sinks import Sink

COUNT = 20_000
AIM = {"sqlite": 15, "postgresql": 10}


def measure(bench: Bench) -> Iterator[Finding]:
    place, count = bench.place, bench.size(COUNT)
    cluster = estates.make_estate("riverside", count)
    write_letter(place, cluster)
    ours.remember(place)
    with Sink() as sink:
        peer = best.post_office(bench, sink, best.AT_HAND)

        def one() -> float:
            ours.fresh(place)
            with ours.Workers(place, sink, count=ours.AT_BEST) as workers:
                return ours.end_to_end(cluster, sink, workers).rate

        rates = bench.by_turns(one, lambda: peer.run(place, sink, count))
    yield Finding(
        "end-to-end",
        place.vendor,
        peer.label,
        "messages/s",
        *rates,
        aim=at_least(AIM[place.vendor]),
    )
