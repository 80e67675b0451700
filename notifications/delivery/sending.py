"""A marked window handed to the provider, outside any transaction."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from notifications.channels import Channel, Message, Outcome, Receipt, get_channel
from notifications.composing import FillError
from notifications.errors import TocsinError
from notifications.models import NotificationLog

from .letters import Letters

logger = logging.getLogger("tocsin.delivery")

NOT_TRIED = "the worker stopped before this was tried"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one entry in this attempt.

    ``receipt`` is None where the provider was never asked; ``problem`` says why, or
    is empty where the message can simply be tried again at once.
    """

    entry: NotificationLog
    at: datetime
    receipt: Receipt | None = None
    problem: str = ""

    @property
    def asked(self) -> bool:
        """Whether this attempt says anything about the address."""
        return bool(self.problem) or (self.receipt is not None and self.receipt.asked)


class Channels(ExitStack):
    """One open channel per kind, for as long as a worker drains."""

    def __init__(self) -> None:
        super().__init__()
        self._open: dict[str, Channel] = {}

    def of(self, kind: str) -> Channel:
        """The channel of a kind; raises UnknownChannel or ImportError."""
        if kind not in self._open:
            self._open[kind] = self.enter_context(get_channel(kind))
        return self._open[kind]

    def deduplicates(self, kind: str) -> bool:
        """Whether the provider drops a second message with the same key."""
        channel = self._open.get(kind)
        return channel is not None and channel.deduplicates


def send(
    entries: Sequence[NotificationLog],
    letters: Letters,
    channels: Channels,
    *,
    go_on: Callable[[], bool],
) -> Iterator[Result]:
    """A result for each entry, as it comes; ``go_on`` is asked before each message.

    When it says no, the rest comes back untried.
    """
    written: list[tuple[NotificationLog, Message]] = []
    for entry in entries:
        try:
            written.append((entry, letters.write(entry)))
        except FillError as problem:
            yield Result(entry, timezone.now(), problem=_short(problem))
    for kind in dict.fromkeys(entry.channel for entry, _message in written):
        pairs = [pair for pair in written if pair[0].channel == kind]
        yield from _by_channel(kind, pairs, channels, go_on)


def _by_channel(
    kind: str,
    pairs: Sequence[tuple[NotificationLog, Message]],
    channels: Channels,
    go_on: Callable[[], bool],
) -> Iterator[Result]:
    try:
        channel = channels.of(kind)
    except (TocsinError, ImportError):
        logger.exception("channel %s cannot be used", kind)
        for entry, _message in pairs:
            yield Result(entry, timezone.now(), _temporary(kind, _SET_UP))
        return
    receipts = iter(channel.send([message for _entry, message in pairs]))
    stopped = False
    for entry, message in pairs:
        stopped = stopped or not go_on()
        if stopped:
            yield Result(entry, timezone.now())
            continue
        receipt = _next(receipts, message, kind)
        # A channel that breaks is left alone; what it was not asked for is untried.
        stopped = receipt.outcome is Outcome.UNKNOWN and receipt.reason == _BROKE
        yield Result(entry, timezone.now(), receipt)


_SET_UP = "the channel is not set up here"
_BROKE = "the channel failed in a way that it should not"


def _next(receipts: Iterator[Receipt], message: Message, kind: str) -> Receipt:
    try:
        receipt = next(receipts)
    except Exception as problem:  # noqa: BLE001 - a channel is somebody else's code
        # Its text may hold an address: only the kind of error is ours to log.
        logger.error("channel %s raised %s", kind, type(problem).__name__)
        return Receipt(message.key, Outcome.UNKNOWN, kind, reason=_BROKE)
    if receipt.key != message.key:
        logger.error("channel %s answered out of order", kind)
        return Receipt(message.key, Outcome.UNKNOWN, kind, reason=_BROKE)
    return receipt


def _temporary(kind: str, reason: str) -> Receipt:
    return Receipt("", Outcome.TEMPORARY, kind, reason=reason, asked=False)


def _short(problem: FillError) -> str:
    """What is wrong without any value: only the placeholder's name."""
    return f"{type(problem).__name__}: {problem.name}" if problem.name else str(problem)
