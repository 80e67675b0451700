"""The channel of a provider with idempotency keys, as a project would write one."""

from __future__ import annotations

import http.client
import os
from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Self

from notifications.channels.base import Message, Outcome, Receipt


class KeyedChannel:
    """Posts each message with its key to the provider on this machine."""

    kind = "email"
    name = "keyed"
    deduplicates = True

    def __init__(self) -> None:
        port = int(os.environ["CHAOS_KEYED_PROVIDER"])
        self._link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)

    def send(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        for message in messages:
            yield self._one(message)

    def _one(self, message: Message) -> Receipt:
        headers = {"Idempotency-Key": message.key, "To": message.to}
        try:
            self._link.request("POST", "/", message.text.encode(), headers)
            self._link.getresponse().read()
        except (OSError, http.client.HTTPException):
            self._link.close()
            reason = "the provider broke the connection"
            return Receipt(message.key, Outcome.UNKNOWN, self.name, reason=reason)
        return Receipt(message.key, Outcome.ACCEPTED, self.name)

    def close(self) -> None:
        self._link.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
