"""What every channel takes and answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
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


#: Words with gaps: one piece more than there are gaps between them.
Words = tuple[str, ...]
#: What stands in the gaps of one message, already harmless where it stands.
Gaps = tuple[str, ...]


def join(words: Words, gaps: Gaps) -> str:
    """The words with the gaps filled."""
    if not gaps:
        return words[0]
    pieces = [words[0]]
    for gap, after in zip(gaps, words[1:], strict=True):
        pieces += (gap, after)
    return "".join(pieces)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes along, the same for everybody."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """All that many messages have in common; a channel may prepare it once.

    One object serves a dispatch and a language: channels know it by its identity.
    """

    sender: str
    subject: Words
    text: Words
    html: Words = ("",)
    sender_name: str = ""
    reply_to: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """One message to one person, ready to go: a form and what stands in its gaps.

    `key` is the idempotency key: the same for every attempt of one entry. `avoid` names
    the provider that may have it already: another is asked, where there is one.
    """

    key: str
    to: str
    form: Form
    to_name: str = ""
    subject_gaps: Gaps = ()
    text_gaps: Gaps = ()
    html_gaps: Gaps = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    avoid: str = ""

    @property
    def sender(self) -> str:
        return self.form.sender

    @property
    def sender_name(self) -> str:
        return self.form.sender_name

    @property
    def reply_to(self) -> str:
        return self.form.reply_to

    @property
    def all_headers(self) -> dict[str, str]:
        """Those of the form and its own."""
        return {**self.form.headers, **self.headers}

    @property
    def subject(self) -> str:
        return join(self.form.subject, self.subject_gaps)

    @property
    def text(self) -> str:
        return join(self.form.text, self.text_gaps)

    @property
    def html(self) -> str:
        return join(self.form.html, self.html_gaps)


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

    def send(self, messages: Iterable[Message]) -> Iterator[Receipt]:
        """One receipt per message, in any order, as the provider answers.

        A message is taken from `messages` only when it can be handed over at once: what
        was never taken was never sent, and whoever feeds may end at any message. What
        goes wrong with a message or the provider is a receipt, never an exception.
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
