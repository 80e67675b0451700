"""What else a team would pick, for comparison: no aim hangs on these."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.benchmarks import estates
from tests.benchmarks.bench import Bench
from tests.benchmarks.figures import Finding, Invalid
from tests.benchmarks.peers.running import Peer, write_letter
from tests.benchmarks.sinks import FAR, Sink

COUNT = 2_000
PEERS = (
    Peer("post_office", "django-post_office as it comes"),
    Peer("one_huey", "one Huey task for each mail", processes=2),
    Peer("mailer", "django-mailer"),
    Peer("one_celery", "one Celery task for each mail", processes=2),
)


def measure(bench: Bench) -> Iterator[Finding]:
    place, count = bench.place, bench.size(COUNT)
    write_letter(place, estates.make_estate("riverside", 1))
    for rtt in (0.0, FAR):
        where = ", 10 ms away" if rtt else ""
        with Sink(rtt=rtt) as sink:
            for peer in PEERS:
                label = f"{peer.label}{where}"
                found: dict[str, Any] = {"theirs": [], "problem": ""}
                try:
                    (found["theirs"],) = bench.by_turns(
                        lambda peer=peer, sink=sink: peer.run(place, sink, count)
                    )
                except Invalid as problem:
                    # Celery may have no Redis here; the others are measured anyway.
                    found["problem"] = str(problem)
                yield Finding("peers", place.vendor, label, "messages/s", (), **found)
