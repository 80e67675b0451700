"""A channel that answers what a test tells it, and remembers whom it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from notifications.channels import Message, Outcome, Receipt
from notifications.channels.registry import Provider

Answer = Callable[[Message], Receipt]


class Scripted(AbstractContextManager):
    kind = name = "email"
    deduplicates = False

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.asked: list[str] = []

    def send(self, messages) -> Iterator[Receipt]:
        for message in messages:
            self.asked.append(message.to)
            yield self.answer(message)

    def close(self) -> None:
        pass

    def __exit__(self, *problem) -> None:
        self.close()


def answering(monkeypatch, answer: Answer) -> Scripted:
    """Let every message of the test go to one scripted channel."""
    channel = Scripted(answer)
    monkeypatch.setattr(Provider, "create", lambda provider: channel)
    return channel


def accepted(message: Message) -> Receipt:
    return Receipt(message.key, Outcome.ACCEPTED, "scripted", "its-id")


def unknown(message: Message) -> Receipt:
    return Receipt(message.key, Outcome.UNKNOWN, "scripted", reason="no word")


def refused(message: Message) -> Receipt:
    return Receipt(message.key, Outcome.PERMANENT, "scripted", reason="no such user")
