"""Workers ended in the middle, at moments that the progress of the work chooses."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from tests.chaos.machine import Machine, Process
from tests.chaos.record import Record


@dataclass
class Ends:
    """What was so at each end: how far the work was, and what was in hand."""

    at: list[int] = field(default_factory=list)
    in_hand: list[int] = field(default_factory=list)
    #: Entry and attempt of all that was in hand at any of them.
    attempts: set[tuple[int, int]] = field(default_factory=set)
    gone_before: int = 0
    codes: list[int] = field(default_factory=list)

    @property
    def held(self) -> set[int]:
        return {pk for pk, _attempt in self.attempts}

    @property
    def number(self) -> int:
        return len(self.at)

    def why_invalid(self, wanted: int) -> list[str]:
        """Why these ends prove nothing, if they do not."""
        found = []
        if self.number < wanted:
            found.append(f"only {self.number} of {wanted} fell while it was sending")
        if self.gone_before:
            found.append(f"{self.gone_before} hit a worker that had ended by itself")
        if not any(self.in_hand) and not self.codes:
            found.append("nothing was in hand at any of them")
        return found


def kill_along(
    machine: Machine, record: Record, kills: int, people: int
) -> tuple[Ends, Process]:
    """Kill the one worker again and again while it sends; gives the last one alive.

    After each kill nothing runs, so that what it had in hand can be counted.
    """
    ends = Ends()
    worker = machine.worker()
    for number in range(kills):
        if not _progress(machine, record, people, kills - number):
            break
        ends.gone_before += not machine.kill(worker)
        # Those of a kill before may still wait for their lease to run out.
        in_hand = machine.sending() - ends.attempts
        if in_hand or _left(machine, people):
            ends.at.append(record.there)
            ends.in_hand.append(len(in_hand))
            ends.attempts |= in_hand
        worker = machine.worker()
    return ends, worker


def stop_along(
    machine: Machine, record: Record, stops: int, people: int
) -> tuple[Ends, Process]:
    """Tell the one worker to stop, as a deploy does; gives the last one alive."""
    ends = Ends()
    worker = machine.worker()
    for number in range(stops):
        if not _progress(machine, record, people, stops - number):
            break
        ends.gone_before += worker.poll() is not None
        before = record.there
        ends.codes.append(machine.stop(worker))
        if _left(machine, people):
            ends.at.append(before)
            ends.in_hand.append(len(machine.sending()))
        worker = machine.worker()
    return ends, worker


def _progress(machine: Machine, record: Record, people: int, to_come: int) -> bool:
    """Wait for some more to arrive: about what leaves as much for each end to come."""
    left = _left(machine, people)
    step = int(left / (to_come + 1) * random.uniform(0.6, 1.2))  # noqa: S311
    if left <= 1:
        return False
    record.wait_for(record.there + max(step, 1))
    return True


def _left(machine: Machine, people: int) -> int:
    """How many still have to go out, written down or not."""
    counts = machine.statuses()
    return people - sum(n for status, n in counts.items() if status not in WAITING)


WAITING = ("planned", "retrying", "deferred")
