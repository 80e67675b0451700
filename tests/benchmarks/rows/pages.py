"""Every list and report of the console, however much is behind it."""

from __future__ import annotations

from collections.abc import Iterator

from tests.benchmarks import pages
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, at_most

#: A page is over in milliseconds: more of them make its median steadier.
TIMES = 4


def measure(bench: Bench) -> Iterator[Finding]:
    for name, sizes in pages.SIZES.items():
        people, entries = map(bench.size, sizes)
        pages.SIZES[name] = (people, entries)
    vendor = bench.place.vendor
    found = []
    times = bench.runs * TIMES if bench.in_earnest else 1
    for page in pages.measure(vendor, times):
        bench.say(f"{page.name}: {page.ratio:.2f}")
        found.append(page)
    worst = max(found, key=lambda page: page.ratio)
    kept = sum(page.kept for page in found)
    changed = [page.name for page in found if len(set(page.queries)) > 1]
    yield Finding(
        "pages",
        vendor,
        f"with 1 000 entries: “{worst.name}”, which grows most; "
        f"{kept} of {len(found)} keep it",
        "ms",
        [worst.large * 1000],
        [worst.small * 1000],
        aim=at_most(pages.SLOWER_AT_MOST),
        problem=f"other queries on {', '.join(changed)}" if changed else "",
    )
