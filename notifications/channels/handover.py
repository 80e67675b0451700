"""Messages handed to the providers of a route, and on from one to the next."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from notifications.channels.base import Channel, Message, Outcome, Receipt
from notifications.channels.breaker import Clock
from notifications.channels.lines import Line

logger = logging.getLogger("tocsin.channels")

#: Seconds that what moves may wait for others like it while the feed goes on: for each
#: turn the provider at work has to finish what it has.
WAITING_LONGEST = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """A message that waits for another provider, and what the last one said."""

    message: Message
    tried: tuple[Line, ...]
    receipt: Receipt


#: A message, and who could not be asked to take it before.
Given = tuple[Message, tuple[Line, ...]]


class Turn(NamedTuple):
    """Whose turn it is, and whether only for what others could not be asked."""

    line: Line
    moved_only: bool


class Handover:
    """One call of a route: from a feed to receipts, by turns of its providers.

    A turn lasts until somebody else should have the next message: a provider that is
    preferred may be probed, or messages wait to be moved. Then the provider at work
    gets nothing more, answers what it has, and the next turn begins.
    """

    def __init__(
        self, lines: tuple[Line, ...], feed: Iterable[Message], clock: Clock
    ) -> None:
        self._lines = lines
        self._clock = clock
        self._feed = iter(feed)
        self._ended = False
        self._problem: Exception | None = None
        self._moved: deque[Moved] = deque()
        self._moved_at = 0.0
        # What the provider at work has not answered yet, by its key.
        self._out: dict[str, Given] = {}
        self._asked = False

    def receipts(self) -> Iterator[Receipt]:
        """A receipt for every message taken; then raises what the feed raised."""
        while turn := self._next_turn():
            yield from self._take(turn)
        yield from (moved.receipt for moved in self._moved)
        if self._problem is not None:
            raise self._problem

    def _next_turn(self) -> Turn | None:
        if self._moved and self._waited_enough():
            for line in self._lines:
                if line.breaker.ready() and self._first_for(line):
                    return Turn(line, moved_only=True)
        for line in self._lines:
            if line.breaker.ready() and (not self._ended or self._first_for(line)):
                return Turn(line, moved_only=False)
        return None

    def _waited_enough(self) -> bool:
        return self._clock() - self._moved_at > WAITING_LONGEST

    def _take(self, turn: Turn) -> Iterator[Receipt]:
        line = turn.line
        channel = line.open()
        if channel is None:
            return
        self._asked = False
        try:
            yield from self._answers(line, channel, self._messages(turn))
        finally:
            # Nothing is learnt from a probe whose answer nobody waits for.
            line.breaker.forget()
        left, self._out = list(self._out), {}
        yield from map(line.no_receipt, left)

    def _answers(
        self, line: Line, channel: Channel, messages: Iterator[Message]
    ) -> Iterator[Receipt]:
        try:
            for receipt in channel.send(messages):
                if receipt.key not in self._out:
                    logger.error("channel %s answered what nobody asked", line.name)
                    continue
                heard = line.hear(receipt)
                if self._stands(line, heard):
                    yield heard
        except Exception as problem:  # noqa: BLE001 - a channel is others' code
            line.broke("raised", problem)
        else:
            if self._out or not self._asked:
                line.broke("left something unanswered")

    def _stands(self, line: Line, receipt: Receipt) -> bool:
        """Whether this is the last word; if not, another provider is asked."""
        message, before = self._out.pop(receipt.key)
        if receipt.outcome is not Outcome.TEMPORARY or receipt.asked:
            return True
        tried = (*before, line)
        if not self._any_but(*tried):
            return True
        self._move(Moved(message, tried, receipt))
        return False

    def _any_but(self, *tried: Line) -> bool:
        return any(one.breaker.ready() for one in self._lines if one not in tried)

    def _move(self, moved: Moved) -> None:
        if not self._moved:
            self._moved_at = self._clock()
        self._moved.append(moved)

    def _messages(self, turn: Turn) -> Iterator[Message]:
        self._asked = True
        breaker = turn.line.breaker
        while breaker.ready() and self._goes_on(turn):
            given = self._next_for(turn.line)
            if given is None:
                return
            breaker.taken()
            self._out[given[0].key] = given
            yield given[0]

    def _next_for(self, line: Line) -> Given | None:
        if self._moved and (moved := self._first_for(line)):
            self._moved.remove(moved)
            return moved.message, moved.tried
        try:
            for message in self._feed:
                if message.avoid != line.name or not self._any_but(line):
                    return message, ()
                receipt = line.not_asked(message.key)
                self._move(Moved(message, (line,), receipt))
        except Exception as problem:  # noqa: BLE001 - raised when all is answered
            self._problem = problem
        self._ended = True
        return None

    def _goes_on(self, turn: Turn) -> bool:
        if turn.moved_only:
            return self._first_for(turn.line) is not None
        if turn.line is self._lines[0] and not self._moved and not self._ended:
            return True
        return self._next_turn() == turn

    def _first_for(self, line: Line) -> Moved | None:
        """What waits for somebody whom it was not tried with yet."""
        return next((each for each in self._moved if line not in each.tried), None)
