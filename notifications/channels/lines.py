"""One provider in use: its channel, kept open, and its breaker."""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import replace

from notifications.channels.base import Channel, Outcome, Receipt
from notifications.channels.breaker import Breaker
from notifications.channels.registry import Provider

logger = logging.getLogger("tocsin.channels")

BROKE = "the channel failed in a way that it should not"

ANOTHER = "the other provider could not be asked"


class Line:
    """A provider of the settings, with what this process knows about it."""

    def __init__(self, provider: Provider, breaker: Breaker) -> None:
        self.provider = provider
        self.breaker = breaker
        #: The settings' name, else the channel's own.
        self.name = provider.name or provider.kind
        self._channel: Channel | None = None
        self._deduplicates: bool | None = None

    @property
    def deduplicates(self) -> bool:
        if self._deduplicates is None:
            self.open()
        return bool(self._deduplicates)

    def open(self) -> Channel | None:
        """Its channel; None where it cannot be made, and the breaker is open."""
        if self._channel is None:
            try:
                self._channel = self.provider.create()
                self.name = self.provider.name or self._channel.name
                self._deduplicates = self._channel.deduplicates
            except Exception as problem:  # noqa: BLE001 - a channel is others' code
                self.broke("cannot be opened", problem)
        return self._channel

    def hear(self, receipt: Receipt) -> Receipt:
        """Learns from what came back; gives it under the provider's name."""
        breaker = self.breaker
        was_closed = breaker.is_closed
        breaker.record(receipt)
        if was_closed and not breaker.is_closed:
            seconds, reason = round(breaker.wait()), receipt.reason
            logger.warning(
                "provider %s left alone for %s s: %s", self.name, seconds, reason
            )
        elif breaker.is_closed and not was_closed:
            logger.warning("provider %s is well again", self.name)
        name = self.provider.name or receipt.provider or self.name
        return receipt if receipt.provider == name else replace(receipt, provider=name)

    def broke(self, what: str, problem: Exception | None = None) -> None:
        """It did what no channel may do: it is dropped, and left alone for a while."""
        # The problem's text may hold an address: only its type is ours to log.
        kind = type(problem).__name__ if problem else "no error"
        logger.error("channel %s %s: %s", self.name, what, kind)
        self.breaker.trip()
        self.close()

    def no_receipt(self, key: str) -> Receipt:
        """For a message that the channel took and said nothing about."""
        return Receipt(key, Outcome.UNKNOWN, self.name, reason=BROKE)

    def not_asked(self, key: str) -> Receipt:
        """For a message that another provider was to have, if none of them can."""
        return Receipt(key, Outcome.TEMPORARY, self.name, reason=ANOTHER, asked=False)

    def close(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            # It is of no more use, whatever closing it raises.
            with suppress(Exception):
                channel.close()
