"""From the rows of a table to people, or to what a person has to look at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from django.utils.translation import gettext as _

from notifications.importing import cells
from notifications.importing.cells import CellError
from notifications.importing.grid import Row
from notifications.importing.people import (
    Bad,
    Parsed,
    Problem,
    columns_by_field,
    text_at,
)
from notifications.importing.reading import Table
from notifications.importing.repeats import Earlier

__all__ = ["Bad", "Parsed", "Problem", "read_people"]

T = TypeVar("T")

_NAMES: Final = ("name", "last_name", "first_name")
# A row is counted under the first of its problems in this order.
_ORDER: Final = (
    cells.NO_NAME,
    cells.NOT_AN_EMAIL,
    cells.NOT_A_PHONE,
    cells.NO_CONTACT,
    cells.TWICE,
)


def read_people(
    table: Table, mapping: Mapping[int, str], region: str, default_language: str
) -> Iterator[Parsed | Bad]:
    """Each row as a person or as one to look at, in the order of the file.

    A language without its country takes the cluster's: “English” among people who
    speak en-gb is en-gb.
    """
    reader = _Reader(columns_by_field(mapping), region, default_language.lower())
    earlier = Earlier(columns_by_field(mapping))
    for row in table.rows:
        found = reader.person(row)
        if isinstance(found, Parsed):
            twice = earlier.repeated_by(found, row)
            found = Bad(row.number, row.cells, (twice,)) if twice else found
        yield found


@dataclass
class _Reader:
    columns: Mapping[str, list[int]]
    region: str
    default_language: str
    problems: list[Problem] = field(default_factory=list)

    def person(self, row: Row) -> Parsed | Bad:
        self.problems = []
        first_name = self._cell(row, "first_name", cells.clean_words)
        name = self._name(row, first_name)
        email = self._cell(row, "email", cells.clean_email)
        phone = self._cell(row, "phone", self._phone)
        if not (email or phone) and not self._complained("email", "phone"):
            self._no_contact()
        parsed = Parsed(
            row=row.number,
            name=name or "",
            external_id=self._cell(row, "external_id", cells.clean_words),
            first_name=first_name,
            email=email,
            phone=phone,
            zone_text=self._cell(row, "zone", cells.clean_zone),
            unit=self._cell(row, "unit", cells.clean_unit),
            language=self._cell(row, "language", self._language),
            tags=self._tags(row),
        )
        if not self.problems:
            return parsed
        return Bad(row.number, row.cells, tuple(sorted(self.problems, key=_rank)))

    def _cell(self, row: Row, key: str, clean: Callable[[str], T]) -> T | None:
        for column in self.columns.get(key, ()):
            text = text_at(row, column)
            if text:
                return self._cleaned(column, key, text, clean)
        return None

    def _cleaned(
        self, column: int, key: str, text: str, clean: Callable[[str], T]
    ) -> T | None:
        try:
            return clean(text) or None
        except CellError as error:
            self.problems.append(Problem(column, key, error.reason, str(error), text))
            return None

    def _name(self, row: Row, first_name: str | None) -> str | None:
        whole = self._cell(row, "name", _name_part)
        last_name = self._cell(row, "last_name", _name_part)
        if self._complained("name", "first_name", "last_name"):
            return None
        joined = whole or " ".join(filter(None, (first_name, last_name)))
        key = next((k for k in _NAMES if self.columns.get(k)), "name")
        column = next(iter(self.columns.get(key, ())), None)
        value = joined or text_at(row, column)
        try:
            return cells.clean_name(joined)
        except CellError as error:
            self.problems.append(Problem(column, key, error.reason, str(error), value))
            return None

    def _phone(self, text: str) -> str:
        return cells.clean_phone(text, self.region)

    def _language(self, text: str) -> str:
        code = cells.clean_language(text)
        same = code == self.default_language.partition("-")[0]
        return self.default_language if same else code

    def _tags(self, row: Row) -> tuple[str, ...]:
        found: dict[str, None] = {}
        for column in self.columns.get("tags", ()):
            tags = self._cleaned(column, "tags", text_at(row, column), cells.split_tags)
            found.update(dict.fromkeys(tags or ()))
        return tuple(found)

    def _no_contact(self) -> None:
        key = "email" if "email" in self.columns else "phone"
        column = next(iter(self.columns.get(key, ())), None)
        sentence = _(
            "There is neither an email address nor a phone number. Add one, or "
            "remove the row."
        )
        self.problems.append(Problem(column, key, cells.NO_CONTACT, sentence, ""))

    def _complained(self, *keys: str) -> bool:
        return any(problem.field in keys for problem in self.problems)


def _name_part(text: str) -> str:
    return cells.clean_words(text, cells.MAX_NAME)


def _rank(problem: Problem) -> int:
    known = problem.reason in _ORDER
    return _ORDER.index(problem.reason) if known else len(_ORDER)
