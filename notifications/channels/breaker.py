"""Whether a provider is in trouble, judged by what it answered in the last minute.

Two questions are asked of every result but a permanent one:

- *Is the provider itself in trouble?* Nobody there (temporary, not asked) and no answer
  (unknown). Fifty of those in a minute are enough, however many others went well: each
  is a message that came late or that nobody knows about.
- *Does it take too little?* Any temporary refusal and any unknown, against all results.
  A server that answers 451 to everybody is well enough to say so, and of no use.

A permanent refusal is about an address, and says nothing of the provider: a list of
people who moved away must not close the way for everybody else. It counts neither for
nor against, and closes nothing that is open.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from time import monotonic

from notifications.channels.base import Outcome, Receipt

#: Seconds that count.
MEMORY = 60
ERRORS = 50
#: One in so many of the results, of at least `ENOUGH`.
ONE_IN = 5
ENOUGH = 50
#: Seconds until the first probe, and at most between two.
FIRST_PAUSE = 2.0
LONGEST_PAUSE = 30.0
#: A provider may ask for more; then it is asked again whether it still wants it.
LONGEST_ASKED = 15 * 60.0
#: A probe that hangs holds up everybody: at most one part in so many of the time.
PROBING_SHARE = 10

Clock = Callable[[], float]


class State(StrEnum):
    CLOSED = "closed"
    OPEN = "open"
    PROBING = "probing"


@dataclass(slots=True)
class Second:
    """What came back within one second."""

    at: int
    results: int = 0
    refused: int = 0
    errors: int = 0


class Breaker:
    """Closed: go on. Open: hand nothing over. Probing: one message decides.

    Ask `ready`, say `taken` for every message handed over, and `record` its receipt.
    Whoever abandons messages without a receipt says `forget`.
    """

    def __init__(
        self,
        clock: Clock = monotonic,
        jitter: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._clock, self._jitter = clock, jitter
        self._seconds: deque[Second] = deque()
        self._sum = Second(0)
        self._state = State.CLOSED
        self._pause = self._until = self._probed_at = self._opened_at = 0.0
        self._closed_at = float("-inf")

    @property
    def state(self) -> State:
        """Probing is also said of a provider whose next message will be the probe."""
        if self._state is State.OPEN and self.wait() == 0:
            return State.PROBING
        return self._state

    @property
    def is_closed(self) -> bool:
        return self._state is State.CLOSED

    @property
    def errors(self) -> int:
        """How often it was not there or did not answer, in the last minute."""
        first = int(self._clock()) - MEMORY
        return sum(each.errors for each in tuple(self._seconds) if each.at > first)

    @property
    def open_for(self) -> float | None:
        """Seconds since it opened, probes included; None while closed."""
        if self._state is State.CLOSED:
            return None
        return self._clock() - self._opened_at

    def wait(self) -> float:
        """Seconds until a message may be handed over; 0.0 is now."""
        if self._state is not State.OPEN:
            return 0.0
        return max(0.0, self._until - self._clock())

    def ready(self) -> bool:
        """Whether one more message may be handed over now."""
        if self._state is State.CLOSED:
            return True
        return self._state is State.OPEN and self.wait() == 0

    def taken(self) -> None:
        """A message was handed over; while open it is the probe."""
        if self._state is State.OPEN:
            self._state = State.PROBING
            self._probed_at = self._clock()

    def record(self, receipt: Receipt) -> None:
        """What became of a message that was handed over."""
        if receipt.outcome is Outcome.ACCEPTED and self._state is not State.PROBING:
            self._count()
            return
        if receipt.outcome is Outcome.PERMANENT:
            self.forget()
            return
        good = receipt.outcome is Outcome.ACCEPTED
        unknown = receipt.outcome is Outcome.UNKNOWN
        self._count(refused=not good, error=unknown or not (good or receipt.asked))
        if self._state is State.PROBING:
            self._judge_probe(good=good)
        elif self._state is State.CLOSED and not good and self._too_bad():
            self._open()
        if not good and receipt.retry_after:
            self._rest(receipt.retry_after)

    def trip(self) -> None:
        """It cannot even be asked: open at once."""
        self._count(refused=True, error=True)
        if self._state is State.PROBING:
            self._judge_probe(good=False)
        else:
            self._open()

    def forget(self) -> None:
        """The probe said nothing: the next message is another."""
        if self._state is State.PROBING:
            self._state = State.OPEN

    def _judge_probe(self, *, good: bool) -> None:
        if good:
            self._state = State.CLOSED
            self._closed_at = self._clock()
            self._seconds.clear()
            self._sum = Second(0)
        else:
            self._open(lasted=self._clock() - self._probed_at)

    def _open(self, lasted: float = 0.0) -> None:
        self._leave_closed()
        self._pause = min(LONGEST_PAUSE, max(FIRST_PAUSE, self._pause * 2))
        pause = self._jitter(self._pause / 2, self._pause)
        self._until = self._clock() + max(pause, lasted * (PROBING_SHARE - 1))

    def _rest(self, seconds: float) -> None:
        """The provider asked to be left alone for a while."""
        self._leave_closed()
        until = self._clock() + min(seconds, LONGEST_ASKED)
        self._until = max(self._until, until)

    def _leave_closed(self) -> None:
        if self._state is State.CLOSED:
            self._opened_at = self._clock()
            # Who is well for a moment only is not trusted anew each time.
            if self._opened_at - self._closed_at > MEMORY:
                self._pause = 0.0
        self._state = State.OPEN

    def _too_bad(self) -> bool:
        found = self._sum
        if found.errors >= ERRORS:
            return True
        return found.results >= ENOUGH and found.refused * ONE_IN >= found.results

    def _count(self, *, refused: bool = False, error: bool = False) -> None:
        now = int(self._clock())
        if not self._seconds or self._seconds[-1].at != now:
            self._forget_old(now)
            self._seconds.append(Second(now))
        last, total = self._seconds[-1], self._sum
        last.results += 1
        total.results += 1
        if refused:
            last.refused += 1
            total.refused += 1
        if error:
            last.errors += 1
            total.errors += 1

    def _forget_old(self, now: int) -> None:
        while self._seconds and self._seconds[0].at <= now - MEMORY:
            old = self._seconds.popleft()
            self._sum.results -= old.results
            self._sum.refused -= old.refused
            self._sum.errors -= old.errors
