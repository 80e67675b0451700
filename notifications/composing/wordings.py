"""What a message says in each language: as a mail, and as a text message of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from notifications.languages import language_name

from .email import Block, check_email
from .filling import Filler
from .linting import Finding, Weight, weigh_text
from .placeholders import examples
from .problems import FillError, InvalidTemplate, Problem
from .sms import cheaper, check_sms, compile_sms, measure

#: What phones still put together, and what anybody reads.
MOST_SEGMENTS = 10
EMAIL, SMS = "email", "sms"


@dataclass(frozen=True, slots=True)
class Wording:
    """One message in one language; ``blocks`` are the raw ones of a StreamField."""

    subject: str = ""
    blocks: tuple[Block, ...] = ()
    sms: str = ""

    @classmethod
    def from_json(cls, data: Any) -> Wording:
        """What was kept, whatever is missing in it."""
        given = data if isinstance(data, Mapping) else {}
        return cls(
            subject=str(given.get("subject", "")),
            blocks=tuple(given.get("body", ())),
            sms=str(given.get("sms", "")),
        )

    def to_json(self) -> dict[str, Any]:
        return {"subject": self.subject, "body": list(self.blocks), "sms": self.sms}

    def says(self, channel: str) -> bool:
        """Whether anything is written for a channel."""
        if channel == SMS:
            return bool(self.sms.strip())
        return bool(self.subject.strip() or self.blocks)

    @property
    def is_empty(self) -> bool:
        return not (self.says(EMAIL) or self.says(SMS))


#: Language → words, the main language first.
Wordings = Mapping[str, Wording]


def spoken(wordings: Wordings, channel: str) -> tuple[str, ...]:
    """The languages of a channel: the main one, and those in which it says something.

    In the main language every channel has to say it: that is what everybody gets for
    whom there is nothing else.
    """
    main, *others = wordings
    return (main, *(code for code in others if wordings[code].says(channel)))


def channels_of(wordings: Wordings) -> tuple[str, ...]:
    """The channels for which something is written; mail, where nothing is."""
    said = (EMAIL, SMS)
    found = tuple(c for c in said if any(each.says(c) for each in wordings.values()))
    return found or (EMAIL,)


def check_wordings(
    wordings: Wordings, channels: Sequence[str], allowed: Collection[str] | None
) -> list[Problem]:
    """Everything wrong with a message on these channels, language by language."""
    several = len(wordings) > 1
    found = []
    for language, wording in wordings.items():
        named = language if several else ""
        for channel in channels:
            if language in spoken(wordings, channel):
                problems = _check(wording, channel, allowed)
                found += [replace(each, language=named) for each in problems]
    return found


def _check(
    wording: Wording, channel: str, allowed: Collection[str] | None
) -> list[Problem]:
    if channel != SMS:
        return check_email(wording.subject, wording.blocks, allowed)
    found = check_sms(wording.sms, allowed)
    if not found and (segments := measure(shown(wording.sms)).segments) > MOST_SEGMENTS:
        sentence = _("It takes %(n)d segments, and %(most)d is the most: say less.")
        told = sentence % {"n": segments, "most": MOST_SEGMENTS}
        found.append(Problem(told, where=_("Text message")))
    return found


def shown(sms: str) -> str:
    """A text as somebody might get it, with example values in it."""
    try:
        return Filler(compile_sms(sms)).fill(examples()).text
    except (FillError, InvalidTemplate):
        return cheaper(sms)


def lint_texts(wordings: Wordings) -> Iterator[Finding]:
    """What is weak in the text messages, with the language where there are several."""
    several = len(spoken(wordings, SMS)) > 1
    for language in spoken(wordings, SMS):
        named = f"{language_name(language)}: " if several else ""
        for sentence in weigh_text(shown(wordings[language].sms)):
            yield Finding(Weight.WARNING, named + sentence, language=language)
