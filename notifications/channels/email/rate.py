"""Keeps to so many messages a second, over all connections of a process."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from threading import Lock
from time import monotonic

from notifications.channels.email.server import MailServer

#: What was not used may be caught up with, so much of a second at most.
BURST = 0.1


class Allowance:
    """Grows by `rate` a second; every message takes one. A rate of 0 is no limit."""

    def __init__(self, rate: float, clock: Callable[[], float] = monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._most = max(1.0, rate * BURST)
        self._left, self._at = self._most, clock()
        self._lock = Lock()

    def take(self) -> bool:
        """Whether one more message may go now; if so it is counted."""
        if not self._rate:
            return True
        with self._lock:
            now = self._clock()
            self._left = min(self._most, self._left + (now - self._at) * self._rate)
            self._at = now
            if self._left < 1.0:
                return False
            self._left -= 1.0
            return True

    def wait(self) -> float:
        """Seconds until one more may go."""
        if not self._rate:
            return 0.0
        with self._lock:
            grown = self._left + (self._clock() - self._at) * self._rate
        return max(0.0, (1.0 - grown) / self._rate)


@lru_cache
def allowance_of(server: MailServer) -> Allowance:
    """The same for everybody in this process who speaks to this server."""
    return Allowance(server.rate)
