"""A compiled message filled for one person after another."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import NamedTuple, Protocol

from django.utils.translation import gettext as _
from liquid.exceptions import LiquidError

from .compiled import Compiled
from .formats import Locale
from .liquid import placeholders
from .placeholders import Value, Values, present
from .problems import FillError, InvalidTemplate, MissingValue, Problem, UnsafeHeader
from .sandbox import NEEDS_CARE, Kind, Sandbox, sandbox

BARE = re.compile(
    r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*"
    r'(?:\|\s*(_href|_query):\s*"([A-Za-z0-9_-]*)"\s*)?\}\}'
)
OTHER_LIQUID = re.compile(r"\{\{|\{%")
# Liquid reads these words as something else than a name.
RESERVED = {"true", "false", "nil", "null", "empty", "blank"}
RESERVED |= {"and", "or", "not", "contains", "in", "if", "else", "with", "for", "as"}
RESERVED |= {"offset", "limit", "reversed", "cols", "continue", "required"}
NOTHING: Mapping[str, Value] = MappingProxyType({})
LINE_BREAKER = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class Filled:
    """The message of one person, ready to be put in an envelope."""

    subject: str
    html: str
    text: str


class Parts(NamedTuple):
    """The words of the three parts of a message, or what stands in their gaps."""

    subject: tuple[str, ...]
    html: tuple[str, ...]
    text: tuple[str, ...]


class Renderer(Protocol):
    """One part of a message: the words that are the same for all, and the gaps.

    ``words`` has one piece more than ``gaps`` gives for the values of a person.
    """

    words: tuple[str, ...]

    def gaps(self, values: dict[str, Value]) -> tuple[str, ...]: ...


class Whole:
    """Runs Liquid: where there are conditions and filters, all of it is one gap."""

    words: tuple[str, ...] = ("", "")

    def __init__(self, source: str, box: Sandbox) -> None:
        try:
            self._template = box.from_string(source)
        except LiquidError:
            sentence = _("The message cannot be read. Open its template and save it.")
            raise InvalidTemplate([Problem(sentence)]) from None

    def gaps(self, values: dict[str, Value]) -> tuple[str, ...]:
        try:
            return (self._template.render(values),)
        except LiquidError as error:
            sentence = _("The message cannot be made with these values: %(why)s.")
            raise FillError(sentence % {"why": error.message}) from error


class Bare:
    """Puts values between ready-made words: many times faster, the same result."""

    def __init__(self, source: str, box: Sandbox, common: Mapping[str, Value]) -> None:
        pieces = BARE.split(source)
        self._box = box
        # What stands in several gaps is shown once.
        self._asked: dict[tuple[str, str, str], int] = {}
        self._order: list[int] = []
        words = pieces[:1]
        asked = (pieces[n::4] for n in range(1, 5))
        for name, how, label, after in zip(*asked, strict=True):
            if name in common:
                words[-1] += self._show(common[name], how, label) + after
            else:
                key = name, how, label
                self._order.append(self._asked.setdefault(key, len(self._asked)))
                words.append(after)
        self.words: tuple[str, ...] = tuple(words)

    @classmethod
    def of(
        cls, source: str, box: Sandbox, common: Mapping[str, Value] = NOTHING
    ) -> Bare | None:
        """None where something needs Liquid to be run."""
        pieces = BARE.split(source)
        if any(OTHER_LIQUID.search(words) for words in pieces[::4]):
            return None
        if any(name in RESERVED for name in pieces[1::4]):
            return None
        return cls(source, box, common)

    def gaps(self, values: dict[str, Value]) -> tuple[str, ...]:
        shown = []
        for name, how, label in self._asked:
            if name not in values:
                raise MissingValue(name)
            value = values[name]
            if how or type(value) is not str or NEEDS_CARE.search(value):
                value = self._show(value, how, label)
            shown.append(value)
        return tuple([shown[number] for number in self._order])

    def _show(self, value: Value, how: str, label: str) -> str:
        asked: object = value
        if how:
            asked = self._box.filters[how](value, label)
        return self._box.show(asked)


def renderer(
    source: str, box: Sandbox, common: Mapping[str, Value] = NOTHING
) -> Renderer:
    """The fastest way of filling this source that gives the right result.

    Values in ``common`` are the same for everybody and become words.
    """
    return Bare.of(source, box, common) or Whole(source, box)


def joined(words: tuple[str, ...], gaps: tuple[str, ...]) -> str:
    """The words with the gaps filled."""
    pieces = [words[0]]
    for gap, after in zip(gaps, words[1:], strict=True):
        pieces += (gap, after)
    return "".join(pieces)


class Filler:
    """Reads a compiled message once, then fills it for one person after another.

    ``names`` are the placeholders that it asks values for. ``common`` holds the values
    that are the same for everybody; ``defaults`` stand in where a person has none.
    """

    def __init__(
        self,
        compiled: Compiled,
        locale: Locale | None = None,
        defaults: Values | None = None,
        common: Values | None = None,
    ) -> None:
        locale = locale or Locale()
        self._defaults = defaults or {}
        self._common = present(common or {})
        self._subject = self._renderer(compiled.subject, Kind.HEADER, locale)
        self._html = self._renderer(compiled.html, Kind.HTML, locale)
        self._text = self._renderer(compiled.text, Kind.TEXT, locale)
        self._broken = any(map(LINE_BREAKER.search, self._subject.words))
        self._compiled = compiled

    @cached_property
    def names(self) -> frozenset[str]:
        found = placeholders(self._compiled.html) | placeholders(self._compiled.text)
        return frozenset(found) | placeholders(self._compiled.subject)

    @property
    def words(self) -> Parts:
        """What is the same for everybody: between two pieces goes a gap."""
        return Parts(self._subject.words, self._html.words, self._text.words)

    def gaps(self, values: Values) -> Parts:
        """What stands in the gaps for one person.

        Raises:
            MissingValue: a value is neither given nor a default.
            UnsafeHeader: a value would break the subject line.
            UnsafeLink: a value that becomes a link is not one.
            FillError: the base of these, and of values of the wrong kind.
        """
        known = present({**self._common, **values}, self._defaults)
        subject = self._subject.gaps(known)
        if self._broken or any(map(LINE_BREAKER.search, subject)):
            self._name_the_guilty(known)
        return Parts(subject, self._html.gaps(known), self._text.gaps(known))

    def fill(self, values: Values) -> Filled:
        """The message with these values in it; raises what `gaps` raises."""
        words, gaps = self.words, self.gaps(values)
        subject = joined(words.subject, gaps.subject)
        html, text = joined(words.html, gaps.html), joined(words.text, gaps.text)
        return Filled(subject=subject, html=html, text=text)

    def _renderer(self, source: str, kind: Kind, locale: Locale) -> Renderer:
        return renderer(source, sandbox(kind, locale), self._common)

    def _name_the_guilty(self, known: Values) -> None:
        guilty = [
            name
            for name in sorted(placeholders(self._compiled.subject))
            if LINE_BREAKER.search(str(known.get(name, "")))
        ]
        raise UnsafeHeader(", ".join(guilty))


def fill(
    compiled: Compiled,
    values: Values,
    defaults: Values | None = None,
    locale: Locale | None = None,
) -> Filled:
    """One message for one person; for many, make a `Filler` once."""
    return Filler(compiled, locale, defaults).fill(values)
