"""Channels that answer what a test tells them, and providers made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from notifications.channels import Form, Message, Outcome, Receipt

Answer = Callable[[Message], Receipt]
FORM = Form(sender="office@riverside.example", subject=("Water",), text=("Off.",))


def message(name: str) -> Message:
    return Message(key=f"entry-{name}", to=f"{name}@example.org", form=FORM)


def messages(*names: str) -> list[Message]:
    return [message(name) for name in names]


def accepted(message: Message) -> Receipt:
    return Receipt(message.key, Outcome.ACCEPTED, "x", "its-id")


def away(message: Message) -> Receipt:
    return Receipt(message.key, Outcome.TEMPORARY, "x", reason="away", asked=False)


def later(message: Message) -> Receipt:
    return Receipt(message.key, Outcome.TEMPORARY, "x", reason="451")


def refused(message: Message) -> Receipt:
    return Receipt(message.key, Outcome.PERMANENT, "x", reason="550")


def unknown(message: Message) -> Receipt:
    return Receipt(message.key, Outcome.UNKNOWN, "x", reason="no word")


@dataclass
class Loft:
    """What stands behind a provider: how it answers, and whom it was asked for."""

    answer: Answer = accepted
    asked: list[str] = field(default_factory=list)
    opened: int = 0
    closed: int = 0
    deduplicates: bool = False


class Scripted(AbstractContextManager["Scripted"]):
    """A channel whose answers are its loft's."""

    kind = name = "email"

    def __init__(self, loft: Loft) -> None:
        self.loft = loft
        self.deduplicates = loft.deduplicates
        loft.opened += 1

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        for message in messages:
            self.loft.asked.append(message.to.partition("@")[0])
            yield self.loft.answer(message)

    def close(self) -> None:
        self.loft.closed += 1

    def __exit__(self, *problem: object) -> None:
        self.close()


def provider(name: str, loft: Loft) -> dict[str, object]:
    path = f"{__name__}.Scripted"
    return {"name": name, "class": path, "options": {"loft": loft}}
