"""How many entries are marked at once: about as many as go out in a moment."""

from __future__ import annotations

from time import monotonic

FIRST, LEAST, MOST = 50, 10, 1_000
#: Seconds that a window should take: so long may somebody more urgent wait, and so
#: much can one crash leave unknown.
MOMENT = 0.25
#: Outcomes wait no longer to be written down.
OVERDUE = 1.0


class Pace:
    """Learns from each window how big the next may be."""

    def __init__(self) -> None:
        self._size = FIRST
        self._marked_at: float | None = None
        self._written_at = monotonic()

    def begin(self) -> None:
        """A new run: the time before it tells nothing."""
        self._marked_at = None
        self.written()

    def next(self) -> int:
        """The size of the window that begins now."""
        now = monotonic()
        if self._marked_at is not None:
            took = now - self._marked_at
            if took < MOMENT / 2:
                self._size = min(MOST, self._size * 2)
            elif took > MOMENT * 2:
                self._size = max(LEAST, self._size // 2)
        self._marked_at = now
        return self._size

    def written(self) -> None:
        """What was known is written down."""
        self._written_at = monotonic()

    def overdue(self) -> bool:
        """Whether what is known has waited long enough."""
        return monotonic() - self._written_at > OVERDUE
