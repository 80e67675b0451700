"""What is wrong with a template, or with the values meant to fill it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from notifications.errors import TocsinError
from notifications.languages import language_name


@dataclass(frozen=True)
class Problem:
    """One finding in what staff wrote: a sentence for them, and its place.

    `line` and `column` count from 1 inside the field named by `where`; `block` is the
    number of the block that this is in, 0 outside of blocks. `language` is the code of
    the one that this is in, where there are several.
    """

    sentence: str
    name: str = ""
    line: int = 1
    column: int = 1
    suggestion: str = ""
    where: str = ""
    block: int = 0
    language: str = ""

    def __str__(self) -> str:
        where = self.where
        if self.language:
            where = ", ".join(filter(None, [language_name(self.language), where]))
        return f"{where}: {self.sentence}" if where else self.sentence


class InvalidTemplate(TocsinError):
    """The words cannot be compiled; `problems` says why and where."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class FillError(TocsinError):
    """One person's message cannot be made from the values given."""

    def __init__(self, sentence: str | Promise, name: str = "") -> None:
        super().__init__(sentence)
        self.name = name


class MissingValue(FillError):
    """A placeholder has neither a value nor a default."""

    def __init__(self, name: str) -> None:
        sentence = _(
            "There is no value for “%(name)s” and the template has no default "
            "for it. Add the value, or give the placeholder a default."
        )
        super().__init__(sentence % {"name": name}, name)


class BadValue(FillError):
    """A value cannot be read the way the template wants it, as a date say."""


class BadPattern(BadValue):
    """The template itself asks for a date or currency in a way that does not exist."""


class UnsafeLink(FillError):
    """A value that was to become a link is not a web, mail or phone address."""

    def __init__(self, name: str) -> None:
        sentence = _(
            "The value of “%(name)s” cannot be used as a link. It must be a full "
            "address that starts with https://, http://, mailto: or tel:."
        )
        super().__init__(sentence % {"name": name}, name)


class UnsafeHeader(FillError):
    """A value would break out of the subject line."""

    def __init__(self, name: str) -> None:
        sentence = _(
            "The value of “%(name)s” has a line break or a control character in "
            "it, which a subject cannot carry. Correct the value."
        )
        super().__init__(sentence % {"name": name}, name)
