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


class Line:
    """A provider of the settings, with what this process knows about it."""

    def __init__(self, provider: Provider, breaker: Breaker) -> None:
        self.provider = provider
        self.breaker = breaker
        #: The settings' name, else the channel's own.
        self.name = provider.name or provider.kind
        self._channel: Channel | None = None

    @property
    def deduplicates(self) -> bool:
        channel = self.open()
        return channel is not None and channel.deduplicates

    def open(self) -> Channel | None:
        """Its channel; None where it cannot be made, and the breaker is open."""
        if self._channel is None:
            try:
                self._channel = self.provider.create()
                self.name = self.provider.name or self._channel.name
            except Exception as problem:  # noqa: BLE001 - a channel is others' code
                self.broke("cannot be opened", problem)
        return self._channel

    def broke(self, what: str, problem: Exception | None = None) -> None:
        """It did what no channel may do: it is dropped, and left alone for a while."""
        # The problem's text may hold an address: only its type is ours to log.
        kind = type(problem).__name__ if problem else "no error"
        logger.error("channel %s %s: %s", self.name, what, kind)
        self.breaker.trip()
        self.close()

    def sign(self, receipt: Receipt) -> Receipt:
        """The receipt under the name that the settings give the provider."""
        name = self.provider.name or receipt.provider or self.name
        return receipt if receipt.provider == name else replace(receipt, provider=name)

    def no_receipt(self, key: str) -> Receipt:
        """For a message that the channel took and said nothing about."""
        return Receipt(key, Outcome.UNKNOWN, self.name, reason=BROKE)

    def close(self) -> None:
        channel, self._channel = self._channel, None
        if channel is not None:
            # It is of no more use, whatever closing it raises.
            with suppress(Exception):
                channel.close()
