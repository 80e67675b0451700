"""The ways to people: for each kind of channel its providers, the healthy one first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from time import monotonic
from types import TracebackType
from typing import Self, TypedDict

from django.utils import timezone

from notifications.channels.base import Message, Receipt
from notifications.channels.breaker import Breaker, Clock
from notifications.channels.handover import Handover
from notifications.channels.lines import Line
from notifications.channels.registry import registry


class ProviderState(TypedDict):
    """How a provider fares in this process; `errors` are the last minute's."""

    name: str
    kind: str
    state: str
    since: str | None
    errors: int


class Route:
    """The providers of one kind of channel, used as if they were one.

    A message goes to the first provider whose breaker is closed. What a provider could
    not be asked (temporary, not asked) goes on to the next at once; every other answer
    stands. Where nobody is left, the last one's answer stands.
    """

    def __init__(self, lines: tuple[Line, ...], clock: Clock = monotonic) -> None:
        self._lines = lines
        self._clock = clock

    @property
    def deduplicates(self) -> bool:
        """Whether a message that is sent again with the same key cannot be a double.

        With several providers it may be sent again through another, which knows
        nothing of the first time, however well each of them keeps count.
        """
        return len(self._lines) == 1 and self._lines[0].deduplicates

    def wait(self) -> float:
        """Seconds until some provider may be tried; 0.0 where one may be now."""
        return min(line.breaker.wait() for line in self._lines)

    def send(self, feed: Iterable[Message]) -> Iterator[Receipt]:
        """One receipt for each message that is taken from the feed, in any order.

        A message is taken when a provider's channel takes it. While every breaker is
        open nothing is: what is left in the feed then was not tried.
        """
        return Handover(self._lines, feed, self._clock).receipts()


class Routes:
    """The routes of a worker process: keep it as long as the process lives.

    Not shared between threads, but for `states`.
    """

    def __init__(self, clock: Clock = monotonic) -> None:
        self._clock = clock
        self._lines: dict[str, tuple[Line, ...]] = {}

    def of(self, kind: str) -> Route:
        """The route of a kind; raises UnknownChannel or ImportError."""
        if kind not in self._lines:
            providers = registry().providers(kind)
            for provider in providers:
                provider.load()
            self._lines[kind] = tuple(
                Line(provider, Breaker(self._clock)) for provider in providers
            )
        return Route(self._lines[kind], self._clock)

    def states(self) -> list[ProviderState]:
        """How each provider fares that was used here."""
        lines = [line for kind in tuple(self._lines.values()) for line in kind]
        return [_state(line) for line in lines]

    def close(self) -> None:
        """Closes the channels; what the breakers know is kept."""
        for lines in self._lines.values():
            for line in lines:
                line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _state(line: Line) -> ProviderState:
    open_for = line.breaker.open_for
    since = None
    if open_for is not None:
        since = (timezone.now() - timedelta(seconds=open_for)).isoformat()
    return ProviderState(
        name=line.name,
        kind=line.provider.kind,
        state=line.breaker.state.value,
        since=since,
        errors=line.breaker.errors,
    )
