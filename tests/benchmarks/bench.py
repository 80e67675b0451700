"""What a row is given: where to measure, how often, and how much of it."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass

from .places import Place


def heed_signals() -> None:
    """Told to stop, end what was started and take away what was made."""

    told = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

    def stop(number: int, frame: object) -> None:
        # Once is enough: a second one would break off the tidying up.
        for each in told:
            signal.signal(each, signal.SIG_IGN)
        raise SystemExit(128 + number)

    for number in told:
        signal.signal(number, stop)


@dataclass(frozen=True)
class Bench:
    """``scale`` below 1 is for a smoke run: its figures mean nothing."""

    place: Place
    runs: int
    scale: float = 1.0

    @property
    def in_earnest(self) -> bool:
        """Whether the figures are to mean something."""
        return self.scale == 1

    def size(self, number: int) -> int:
        return max(int(number * self.scale), 10)

    def by_turns(self, *calls: Callable[[], float]) -> list[list[float]]:
        """What each gives, run after run, one beside the other."""
        found: list[list[float]] = [[] for _call in calls]
        for run in range(self.runs):
            for number, call in enumerate(calls):
                found[number].append(call())
            so_far = ", ".join(f"{each[-1]:.5g}" for each in found)
            self.say(f"run {run + 1}: {so_far}")
        return found

    def say(self, text: str) -> None:
        print(f"    {self.place.vendor}: {text}", file=sys.stderr, flush=True)
