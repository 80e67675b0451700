"""Against the limit of the machine: the very messages of ours, ready-made."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from notifications.models import Cluster
from tests.benchmarks import estates, ours
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, at_least
from tests.benchmarks.places import ROOT
from tests.benchmarks.sinks import Sink

COUNT = 20_000
CONNECTIONS = 8
AIM = {"sqlite": 0.40, "postgresql": 0.30}


def measure(bench: Bench) -> Iterator[Finding]:
    place, count = bench.place, bench.size(COUNT)
    cluster = estates.make_estate("riverside", count)
    ours.remember(place)
    ready = place.folder / "ready-made"
    with Sink() as sink:

        def one() -> float:
            return send_all(bench, cluster, sink)

        sink.keep(ready)
        one()
        sink.keep(None)
        size = ready.stat().st_size / count
        rates = bench.by_turns(one, lambda: push(sink, ready, count))
    yield Finding(
        "raw",
        place.vendor,
        f"raw SMTP of the same bytes, {size / 1000:.0f} kB each",
        "messages/s",
        *rates,
        aim=at_least(AIM[place.vendor]),
    )


def send_all(bench: Bench, cluster: Cluster, sink: Sink) -> float:
    ours.fresh(bench.place)
    with ours.Workers(bench.place, sink, count=ours.AT_BEST) as workers:
        return ours.end_to_end(cluster, sink, workers).rate


def push(sink: Sink, ready: Path, count: int) -> float:
    """Messages a second; the sink has to have them all."""
    sink.reset()
    call = [sys.executable, "-m", "tests.benchmarks.raw", str(sink.port), str(ready)]
    call += [str(count), "--connections", str(CONNECTIONS)]
    done = subprocess.run(call, cwd=ROOT, capture_output=True, text=True, check=True)
    sink.checked(count)
    return count / float(json.loads(done.stdout)["seconds"])
