"""What came to a provider's door: every key, in order, never forgotten."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

PATIENCE = 150.0


class Came(StrEnum):
    """What became of a message at the provider."""

    ARRIVED = "arrived"
    #: Dropped by a provider that knew its key.
    REPEATED = "repeated"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    #: Turned away by a server that is down, before anybody was named.
    AWAY = "away"
    #: Arrived, and was never answered.
    HUNG = "hung"


#: Where all the people of a run have their mail.
PEOPLE = "@people.example.org"
#: Its recipient has it.
THERE = (Came.ARRIVED, Came.HUNG)


@dataclass(frozen=True, slots=True)
class Line:
    """One message, with the time by the clock of this program."""

    at: float
    what: Came
    address: str
    key: str


class Record:
    """Appends a line to a file before anybody is answered; safe between threads."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", buffering=1)
        self._changed = threading.Condition()
        self.lines: list[Line] = []
        self.there = 0

    def close(self) -> None:
        self._file.close()

    def add(self, what: Came, address: str, key: str) -> None:
        line = Line(time.time(), what, address, key)
        self._file.write(f"{line.at:.6f}\t{what}\t{address}\t{key}\n")
        with self._changed:
            self.lines.append(line)
            self.there += what in THERE
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        """Until so many messages have reached their recipients, doubles included."""
        with self._changed:
            came = self._changed.wait_for(lambda: self.there >= count, PATIENCE)
        assert came, f"only {self.there} of {count} messages came"

    def first_after(self, moment: float, among: set[str]) -> float | None:
        """Seconds from a moment to the first arrival at one of these addresses."""
        times = (
            line.at - moment
            for line in list(self.lines)
            if line.at > moment and line.what in THERE and line.address in among
        )
        return min(times, default=None)

    def arrived(self) -> Counter[str]:
        """How often each address has got it."""
        return Counter(line.address for line in self.people() if line.what in THERE)

    def addresses(self, *what: Came) -> set[str]:
        return {line.address for line in self.people() if line.what in what}

    def people(self) -> list[Line]:
        """All but what went to staff: they are told when much of it fails."""
        return [line for line in list(self.lines) if line.address.endswith(PEOPLE)]
