"""Channels that answer what a test tells them, and providers made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from notifications.channels import Form, Message, Outcome, Receipt
from notifications.channels.breaker import ERRORS
from notifications.channels.routes import Routes


@dataclass
class Clock:
    """Time as the test has it."""

    now: float = 1000.0

    def __call__(self) -> float:
        return self.now


Answer = Callable[[Message], Receipt]
FORM = Form(sender="office@riverside.example", subject=("Water",), text=("Off.",))


def message(name: str, avoid: str = "") -> Message:
    to = f"{name}@example.org"
    return Message(key=f"entry-{name}", to=to, form=FORM, avoid=avoid)


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
    """What stands behind a provider: how it answers, and whom it was asked for.

    `way` is one of the things that no channel may do: say nothing ("silent"), take
    nothing ("idle", "deaf") or not even be made ("unmade").
    """

    answer: Answer = accepted
    way: str = ""
    asked: list[str] = field(default_factory=list)
    opened: int = 0
    closed: int = 0
    deduplicates: bool = False


class Scripted(AbstractContextManager["Scripted"]):
    """A channel whose answers are its loft's."""

    kind = name = "email"

    def __init__(self, loft: Loft) -> None:
        if loft.way == "unmade":
            raise LookupError("no such loft")
        self.loft = loft
        self.deduplicates = loft.deduplicates
        loft.opened += 1

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        if self.loft.way == "deaf":
            raise LookupError("nothing is taken")
        if self.loft.way == "idle":
            return
        for message in messages:
            self.loft.asked.append(message.to.partition("@")[0])
            if self.loft.way == "silent":
                return
            yield self.loft.answer(message)

    def close(self) -> None:
        self.loft.closed += 1

    def __exit__(self, *problem: object) -> None:
        self.close()


class Plain(Scripted):
    """A channel that a table names without anything else."""

    name = "plain"

    def __init__(self) -> None:
        super().__init__(Loft())


def provider(name: str, loft: Loft) -> dict[str, object]:
    path = f"{__name__}.Scripted"
    return {"name": name, "class": path, "options": {"loft": loft}}


def many(count: int) -> list[Message]:
    return messages(*(f"n{number}" for number in range(count)))


def sent(routes: Routes, *names: str) -> dict[str, tuple[str, str]]:
    """Name → what became of it, and with whom."""
    receipts = list(routes.of("email").send(messages(*names)))
    assert len({one.key for one in receipts}) == len(receipts)
    return {
        one.key.removeprefix("entry-"): (one.outcome.value, one.provider)
        for one in receipts
    }


def states(routes: Routes) -> list[str]:
    return [one["state"] for one in routes.states()]


def only_for(name: str, answer: Answer) -> Answer:
    return lambda m: answer(m) if m.to.startswith(f"{name}@") else accepted(m)


def fail_open(routes: Routes, loft: Loft) -> None:
    """Let the breaker of this provider open."""
    loft.answer, before = away, loft.answer
    list(routes.of("email").send(many(ERRORS)))
    loft.answer = before
    loft.asked.clear()


def raising(after: int) -> Answer:
    seen: list[str] = []

    def answer(m: Message) -> Receipt:
        seen.append(m.key)
        if len(seen) > after:
            raise RuntimeError(f"cannot write to {m.to}")
        return accepted(m)

    return answer
