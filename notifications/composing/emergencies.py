"""The words of an emergency: short, in several languages, for every channel.

People write four plain texts for each language, with a few blanks. Here they become a
mail and a text message in which only the personal link is still open.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.errors import TocsinError

from .compiled import Compiled
from .email import Brand, compile_email
from .page import literal
from .sms import cheaper, compile_sms

#: A blank in the words: {{ assembly_point }}.
BLANK = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
#: What no channel can carry, but for the end of a line.
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
#: What fills itself in: where it is, and whose message it is.
BY_ITSELF = ("place", "cluster")
ANSWER_LINK = "{{ answer_url }}"
#: The same as the layout left it, to be filled for each person.
ANSWER_GAP = re.compile(r"\{\{\s*answer_url[^}]*\}\}")


#: What was filled in: the same in every language, or language by language.
Blanks = Mapping[str, str | Mapping[str, str]]


def in_language(blanks: Blanks, language: str) -> dict[str, str]:
    """The values as who reads this language has them; any, where there is no such."""
    found = {}
    for name, value in blanks.items():
        if isinstance(value, str):
            found[name] = value.strip()
        else:
            found[name] = (
                value.get(language) or next(iter(value.values()), "")
            ).strip()
    return found


class UnfilledBlank(TocsinError):
    """Words ask for something that nobody filled in; ``names`` say for what."""

    def __init__(self, names: Collection[str]) -> None:
        self.names = tuple(names)
        sentence = _("Fill in: %(names)s.")
        super().__init__(sentence % {"names": ", ".join(self.names)})


@dataclass(frozen=True, slots=True)
class Words:
    """One message in one language.

    ``headline`` is the subject; ``description`` says what is wrong and where,
    ``instruction`` what to do; ``sms`` is all of it in a breath.
    """

    headline: str = ""
    description: str = ""
    instruction: str = ""
    sms: str = ""

    @classmethod
    def from_json(cls, data: Any) -> Words:
        """What was kept, whatever is missing in it."""
        given = data if isinstance(data, Mapping) else {}
        return cls(**{each.name: str(given.get(each.name, "")) for each in fields(cls)})

    def to_json(self) -> dict[str, str]:
        return asdict(self)

    def parts(self) -> Iterator[tuple[str, str]]:
        """Name and text of each."""
        yield from self.to_json().items()

    @property
    def blanks(self) -> frozenset[str]:
        """What they ask for."""
        return frozenset(
            name for _part, text in self.parts() for name in BLANK.findall(text)
        )

    def filled(self, values: Mapping[str, str]) -> Words:
        """With the blanks filled; raises UnfilledBlank."""
        given = {name: value.strip() for name, value in values.items()}
        if empty := sorted(name for name in self.blanks if not given.get(name)):
            raise UnfilledBlank(empty)

        def fill(text: str) -> str:
            filled = BLANK.sub(lambda found: given[found[1]], text)
            return CONTROL.sub(" ", filled).strip()

        return Words(**{name: fill(text) for name, text in self.parts()})


def compile_mail(
    words: Words,
    brand: Brand,
    *,
    drill: bool = False,
    answer: bool = False,
    calm: bool = False,
    for_contact: bool = False,
) -> Compiled:
    """A mail that says it in this order: what, what to do, and how to answer.

    Nothing in it is personal but the link. A drill says so before anything else. It is
    ``calm`` where there is nothing to fear any more. ``for_contact`` it says first why
    they have it: not of whom, for that is the other's to tell.
    """
    with override(brand.language):
        blocks = [*_exercise(drill)]
        if for_contact:
            blocks.append({"type": "text", "value": _paragraphs(_not_answered())})
        blocks.append({"type": "heading", "value": literal(words.headline)})
        if words.instruction:
            tone = "info" if calm else "warning"
            do = {"tone": tone, "text": _paragraphs(words.instruction)}
            blocks.append({"type": "callout", "value": do})
        if words.description:
            blocks.append({"type": "text", "value": _paragraphs(words.description)})
        if answer:
            label = _("I’m safe, or I need help")
            button = {"label": label, "url": ANSWER_LINK}
            blocks.append({"type": "button", "value": button})
        subject = words.headline
        if drill:
            subject = _("EXERCISE: %(subject)s") % {"subject": subject}
    return compile_email(subject=literal(subject), blocks=blocks, brand=brand)


def compile_text(
    words: Words,
    language: str,
    *,
    drill: bool = False,
    answer: bool = False,
    for_contact: bool = False,
) -> Compiled:
    """A text message; the link stands at its end, on a line of its own."""
    with override(language):
        text = literal(words.sms)
        if for_contact:
            text = f"{_not_answered()} {text}"
        if drill:
            text = _("EXERCISE, not real: %(text)s") % {"text": text}
        if answer:
            ask = _("Safe or need help?")
            text = f"{text}\n{ask} {ANSWER_LINK}"
    return compile_sms(cheaper(text))


def _not_answered() -> str:
    return _("Somebody who names you as their contact has not answered.")


def _exercise(drill: bool) -> Iterator[dict[str, Any]]:
    if drill:
        text = _("This is an exercise. Nothing has happened.")
        value = {"tone": "info", "text": f"<p><b>{escape(text)}</b></p>"}
        yield {"type": "callout", "value": value}


def _paragraphs(text: str) -> str:
    """Plain words as rich text, in which braces are only braces."""
    lines = (escape(literal(line.strip())) for line in text.splitlines())
    return "".join(f"<p>{line}</p>" for line in lines if line)
