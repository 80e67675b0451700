"""A clock that can be put wrong for the processes of one machine only.

A process that was started with ``CHAOS_CLOCK`` reads the number of seconds in that file
and is so far ahead (or behind) from then on, in everything that asks for the time of
day. The monotonic clock goes on as it does on a real machine.
"""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import time_machine

EVERY = 0.02


class Clock:
    """The hand that puts it wrong."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.environment = {"CHAOS_CLOCK": str(path)}
        self.put(0)

    def put(self, ahead: float) -> None:
        """Seconds ahead of the true time."""
        new = self._path.with_suffix(".new")
        new.write_text(str(ahead))
        os.replace(new, self._path)


def follow(path: Path) -> None:
    """From now on this process has the time that the file says."""
    ahead = float(path.read_text())
    traveller = time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead))
    here = traveller.start()
    true_time = time_machine.escape_hatch.datetime.datetime.now

    def look() -> None:
        before = ahead
        while True:
            threading.Event().wait(EVERY)
            now = float(path.read_text())
            if now != before:
                there: datetime = true_time(UTC) + timedelta(seconds=now)
                here.move_to(there)
                before = now

    threading.Thread(target=look, name="clock", daemon=True).start()
