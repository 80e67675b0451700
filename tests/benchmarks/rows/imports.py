"""An import, beside a resource that is tuned as far as django-import-export goes."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks import import_benchmark
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, at_most

COUNT = 20_000


def measure(bench: Bench) -> Iterator[Finding]:
    count = bench.size(COUNT)
    seconds = import_benchmark.by_turns(count, bench.runs)
    slower = at_most(import_benchmark.SLOWER_AT_MOST)
    for ours, theirs in (
        ("rehearsal from the file", "dry run"),
        ("commit from the file", "for real"),
    ):
        yield Finding(
            "imports",
            bench.place.vendor,
            f"{ours}: the tuned resource, {theirs}",
            "s",
            [wall for wall, _cpu in seconds[f"Tocsin, {ours}"]],
            [wall for wall, _cpu in seconds[f"tuned, {theirs}"]],
            aim=slower,
        )
    idle, busy = import_benchmark.beside_pages(count)
    yield Finding(
        "imports",
        bench.place.vendor,
        "p99 of pages beside a commit: idle",
        "s",
        [import_benchmark.p99(busy)],
        [import_benchmark.p99(idle)],
        aim=at_most(import_benchmark.PAGES_SLOWER_AT_MOST),
    )
