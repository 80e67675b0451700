"""django-post_office at its best on this machine, found anew in every run.

One setting after the other, each at the best found so far: whether mails are rendered
when they are stored or when they are sent, threads, processes, batch size. Its
connections are kept as it keeps them by itself: one for each thread and batch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.benchmarks.bench import Bench
from tests.benchmarks.sinks import Sink

from .running import Peer

#: Mails of one trial.
COUNT = 3_000
Choices = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Setting:
    """One point of the search."""

    processes: int
    threads: int
    batch: int = 2_000
    later: bool = True

    @property
    def label(self) -> str:
        parts = [
            f"{self.processes} processes",
            f"{self.threads} threads",
            f"batches of {self.batch}",
            f"rendered when {'sent' if self.later else 'stored'}",
        ]
        return f"django-post_office at its best ({', '.join(parts)})"

    def peer(self) -> Peer:
        options = {"BATCH_SIZE": self.batch, "THREADS_PER_PROCESS": self.threads}
        return Peer("post_office", self.label, self.processes, options, self.later)


AT_HAND, FAR = Setting(2, 4), Setting(2, 32)
THREADS = {AT_HAND: (1, 2, 4, 8), FAR: (16, 32, 64, 128)}


def post_office(bench: Bench, sink: Sink, start: Setting) -> Peer:
    """The fastest that the search finds, from ``AT_HAND`` or ``FAR`` on."""
    if not bench.in_earnest:
        return start.peer()
    tried: dict[Setting, float] = {}

    def rate(setting: Setting) -> float:
        if setting not in tried:
            tried[setting] = setting.peer().run(bench.place, sink, COUNT)
            bench.say(f"{tried[setting]:6.0f} messages/s: {setting.label}")
        return tried[setting]

    found = start
    choices: Sequence[Choices] = (
        [{"later": each} for each in (True, False)],
        [{"threads": each} for each in THREADS[start]],
        [{"processes": each} for each in (1, 2, 3, 4)],
        [{"batch": each} for each in (500, 2_000, 10_000)],
    )
    for setting in choices:
        found = max((replace(found, **each) for each in setting), key=rate)
    return found.peer()
