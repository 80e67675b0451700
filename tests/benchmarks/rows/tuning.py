"""Which settings of django-post_office are fastest here: what ``peers.best`` holds.

One setting after the other, each at the best found so far; not part of a whole run.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import dataclass, replace

from tests.benchmarks import estates
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding
from tests.benchmarks.peers import best
from tests.benchmarks.peers.running import write_letter
from tests.benchmarks.sinks import FAR, Sink

COUNT = 4_000
NEAR_THREADS, FAR_THREADS = (1, 2, 4, 8), (16, 32, 64, 128)


@dataclass(frozen=True)
class Setting:
    """One point of the search."""

    processes: int
    threads: int
    batch: int = 2_000
    later: bool = False


def measure(bench: Bench) -> Iterator[Finding]:
    write_letter(bench.place, estates.make_estate("riverside", 1))
    for rtt, start in ((0.0, Setting(2, 2)), (FAR, Setting(2, 32))):
        with Sink(rtt=rtt) as sink:
            setting, rates = search(bench, sink, start)
        where = f"{rtt * 1000:.0f} ms away: {setting}"
        yield Finding("tuning", bench.place.vendor, where, "messages/s", rates)


def search(bench: Bench, sink: Sink, start: Setting) -> tuple[Setting, list[float]]:
    tried: dict[Setting, list[float]] = {}

    def rate(setting: Setting) -> float:
        if setting not in tried:
            peer = best.post_office(**vars(setting))
            count = bench.size(COUNT)
            tried[setting] = [
                peer.run(bench.place, sink, count) for _n in range(bench.runs)
            ]
            bench.say(f"{statistics.median(tried[setting]):7.1f} {setting}")
        return statistics.median(tried[setting])

    threads = FAR_THREADS if start.threads >= FAR_THREADS[0] else NEAR_THREADS
    found = start
    for choices in (
        [{"later": each} for each in (False, True)],
        [{"threads": each} for each in threads],
        [{"processes": each} for each in (1, 2, 3, 4)],
        [{"batch": each} for each in (500, 1_000, 2_000, 10_000)],
    ):
        found = max((replace(found, **each) for each in choices), key=rate)
    return found, tried[found]
