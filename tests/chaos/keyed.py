"""The channel of a provider with idempotency keys, as a project would write one."""

from __future__ import annotations

import http.client
import os
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Self

from django.conf import settings

from notifications.channels.base import Message, Outcome, Receipt

OUTCOMES = {
    200: Outcome.ACCEPTED,
    422: Outcome.PERMANENT,
    503: Outcome.TEMPORARY,
}


class KeyedChannel:
    """Posts each message with its key to the provider on this machine."""

    kind = "email"
    name = "keyed"
    deduplicates = True

    def __init__(self) -> None:
        port = int(os.environ["CHAOS_KEYED_PROVIDER"])
        timeout = settings.EMAIL_TIMEOUT
        self._link = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        for message in messages:
            yield self._one(message)

    def _one(self, message: Message) -> Receipt:
        headers = {"Idempotency-Key": message.key, "To": message.to}
        try:
            self._link.request("POST", "/", message.text.encode(), headers)
            answer = self._link.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self._link.close()
            reason = "the provider broke the connection"
            return Receipt(message.key, Outcome.UNKNOWN, self.name, reason=reason)
        outcome = OUTCOMES.get(answer.status, Outcome.UNKNOWN)
        return Receipt(message.key, outcome, self.name, reason=answer.reason)

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
