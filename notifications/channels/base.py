"""What every channel takes and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import TracebackType
from typing import Protocol, Self, runtime_checkable


class Outcome(StrEnum):
    """What became of one attempt, in our words and no provider's."""

    ACCEPTED = "accepted"
    TEMPORARY = "temporary"
    PERMANENT = "permanent"
    # The provider may or may not have it: nobody can know.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Message:
    """One message to one person, ready to go.

    `key` is the idempotency key: the same for every attempt of one entry.
    """

    key: str
    to: str
    sender: str
    subject: str
    text: str
    html: str = ""
    to_name: str = ""
    sender_name: str = ""
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the provider answered at once.

    `reason` is for history and logs: short, and never with an address or a body in it.
    `retry_after` is in seconds, where the provider named a time. `asked` is False where
    the provider never heard of this address: the attempt says nothing about it.
    """

    key: str
    outcome: Outcome
    provider: str
    provider_id: str = ""
    reason: str = ""
    retry_after: float | None = None
    asked: bool = True

    @property
    def accepted(self) -> bool:
        return self.outcome is Outcome.ACCEPTED


@runtime_checkable
class Channel(Protocol):
    """A way to reach people. Not shared between threads; closed by whoever opened it.

    `kind` is the word that contact points use ("email"), `name` the provider's.
    `deduplicates` says that the provider drops a second message with the same key,
    so that sending again after `unknown` cannot make a double.
    """

    name: str
    kind: str
    deduplicates: bool

    def send(self, messages: Sequence[Message]) -> Iterator[Receipt]:
        """One receipt per message, in order; each is sent as its receipt is asked for.

        What goes wrong with a message or the provider is a receipt, never an exception.
        """
        ...

    def close(self) -> None: ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
