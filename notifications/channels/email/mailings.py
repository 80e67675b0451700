"""Several people's messages in one call of a provider's API, each their own.

Every recipient gets a message of their own, with nobody else's address in it: anymail
asks for that as soon as anything is said per recipient, and here the key always is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.mail import EmailMultiAlternatives

from notifications.channels.base import Form, Gaps, Message
from notifications.channels.email.mime import build
from notifications.channels.email.rules import ascii_domain

#: A lost answer leaves so many messages unknown: far fewer than providers would take.
MOST = 200
#: Characters in the gaps of all messages of a call.
LARGEST = 2_000_000
KEY = "tocsin_key"


@dataclass(frozen=True, slots=True)
class Way:
    """How a provider takes the messages of several people in one call.

    `gap` is how it wants a gap written, with its name for {}; without one it gives the
    same words to everybody. `own` is what it reads as its own wherever it stands.
    """

    most: int = MOST
    gap: str = ""
    own: re.Pattern[str] | None = None
    attachments: bool = False


#: By anymail's name for the provider. Who is not here gets one call for each message:
#: they fill only templates stored with them, say nothing of single addresses, or take
#: no header or metadata for one recipient (docs/channels.md names them all).
WAYS: Mapping[str, Way] = {
    "Brevo": Way(),
    "Mailgun": Way(
        gap="%recipient.{}%",
        own=re.compile("%(recipient|unsubscribe|tag_unsubscribe|mailing_list)", re.I),
        attachments=True,
    ),
    "Mailjet": Way(most=50),
    "Mailtrap": Way(),
    "Postmark": Way(),
    "Resend": Way(most=100),
}


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A message, and the mail that it is when it goes alone."""

    message: Message
    mail: EmailMultiAlternatives

    @property
    def address(self) -> str:
        """As anymail calls the recipient."""
        return ascii_domain(self.message.to)

    @property
    def size(self) -> int:
        return sum(map(len, _gaps(self.message)))


@dataclass(slots=True, eq=False)
class Mailing:
    """Who goes in one call: all of one form, and no address twice."""

    ready: list[Ready] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)
    size: int = 0

    def add(self, one: Ready) -> bool:
        """False where there is no room for it."""
        # A provider may take two spellings of an address for one.
        address = one.address.casefold()
        if address in self.addresses or self.size + one.size > LARGEST:
            return False
        self.ready.append(one)
        self.addresses.add(address)
        self.size += one.size
        return True


def may_share(message: Message, way: Way) -> bool:
    """Whether there may be others in its call at all."""
    return _is_fit(message.form, way) and _may_join(message, way)


def mailings(ready: Sequence[Ready], way: Way | None) -> Iterator[list[Ready]]:
    """Who goes in one call with whom."""
    alike: dict[tuple[int, frozenset[str]], list[Mailing]] = {}
    fit: dict[int, bool] = {}
    for one in ready:
        form = one.message.form
        if way and id(form) not in fit:
            fit[id(form)] = _is_fit(form, way)
        if way is None or not fit[id(form)] or not _may_join(one.message, way):
            yield [one]
            continue
        # A header that some have and others lack would be there for all, and empty.
        found = alike.setdefault((id(form), frozenset(one.mail.extra_headers)), [])
        if not any(mailing.add(one) for mailing in found):
            found.append(Mailing([one], {one.address.casefold()}, one.size))
    yield from (mailing.ready for found in alike.values() for mailing in found)


def merged(ready: Sequence[Ready], way: Way) -> EmailMultiAlternatives:
    """One mail for all of them, to be told apart by the provider."""
    mail = build(_with_marks(ready[0].message, way))
    mail.to = [one.mail.to[0] for one in ready]
    mail.extra_headers = _common_headers(ready) if way.gap else {}
    personal = ready[0].mail.extra_headers.keys() - mail.extra_headers.keys()
    said: dict[str, dict[str, dict[str, Any]]] = {
        "merge_metadata": {one.address: {KEY: one.message.key} for one in ready},
        "merge_headers": {
            one.address: {name: one.mail.extra_headers[name] for name in personal}
            for one in ready
        },
    }
    if way.gap:
        said["merge_data"] = {one.address: _filling(one.message) for one in ready}
    for name, value in said.items():
        setattr(mail, name, value)
    return mail


def _common_headers(ready: Sequence[Ready]) -> dict[str, str]:
    """Only who fills gaps adds them to a recipient's own: for others these are all."""
    first, *others = (one.mail.extra_headers for one in ready)
    return {
        name: value
        for name, value in first.items()
        if all(other[name] == value for other in others)
    }


def _is_fit(form: Form, way: Way) -> bool:
    if form.attachments and not way.attachments:
        return False
    words = (*form.subject, *form.text, *form.html, form.sender_name, form.reply_to)
    return not _is_own(way, (*words, *form.headers.values()))


def _may_join(message: Message, way: Way) -> bool:
    gaps = _gaps(message)
    if gaps and not way.gap:
        return False
    return not _is_own(way, (message.to_name, *message.headers.values(), *gaps))


def _is_own(way: Way, texts: Sequence[str]) -> bool:
    return way.own is not None and any(map(way.own.search, texts))


def _gaps(message: Message) -> Gaps:
    return (*message.subject_gaps, *message.text_gaps, *message.html_gaps)


def _names(message: Message) -> tuple[list[str], list[str], list[str]]:
    return (
        [f"subject{n}" for n in range(len(message.subject_gaps))],
        [f"text{n}" for n in range(len(message.text_gaps))],
        [f"html{n}" for n in range(len(message.html_gaps))],
    )


def _with_marks(message: Message, way: Way) -> Message:
    subject, text, html = (tuple(map(way.gap.format, n)) for n in _names(message))
    return replace(message, subject_gaps=subject, text_gaps=text, html_gaps=html)


def _filling(message: Message) -> dict[str, str]:
    names = (name for names in _names(message) for name in names)
    return dict(zip(names, _gaps(message), strict=True))
