"""How often to try, and how long to wait in between."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import timedelta

from notifications.events import Event, Lane
from notifications.models import Dispatch

#: A provider that could not be reached for so long is not waited for any more.
UNREACHED = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Policy:
    """Tries in all, and the bounds of the pause before the next, in seconds.

    ``risks_double`` says that what may have arrived goes out once more all the same.
    """

    tries: int
    shortest: float
    longest: float
    risks_double: bool = False

    def pause(self, attempts: int, asked: float | None = None) -> float:
        """Seconds to wait after so many attempts: anywhere below a growing ceiling.

        Full jitter keeps thousands of retries from coming back together. A pause
        that the provider asked for is kept, up to the longest of ours.
        """
        own = self._below(self.shortest * 2**attempts)
        return max(own, min(asked or 0, self.longest))

    def pause_in_trouble(self, lasting: timedelta, asked: float | None = None) -> float:
        """Seconds to wait for a provider that has been away for so long."""
        own = self._below(max(self.shortest * 2, lasting.total_seconds()))
        return max(own, min(asked or 0, self.longest))

    def _below(self, ceiling: float) -> float:
        highest = min(self.longest, ceiling)
        return random.uniform(self.shortest, highest)  # noqa: S311 - no secret


ORDINARY = Policy(tries=8, shortest=30, longest=30 * 60)
#: A double beats a miss.
EMERGENCY = Policy(tries=12, shortest=2, longest=30, risks_double=True)


def is_emergency(dispatch: Dispatch) -> bool:
    """Whether this travels in lane 0."""
    return dispatch.lane == Lane.EMERGENCY


def policy_for(event: Event, lane: int) -> Policy:
    """The policy of a lane, with what the event says otherwise."""
    usual = EMERGENCY if lane == Lane.EMERGENCY else ORDINARY
    shortest = usual.shortest
    if event.retry_interval is not None:
        shortest = event.retry_interval.total_seconds()
    return Policy(
        tries=event.tries or usual.tries,
        shortest=shortest,
        longest=max(usual.longest, shortest),
        risks_double=usual.risks_double,
    )
