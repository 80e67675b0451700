"""Who comes twice in one file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from django.utils.translation import gettext as _

from notifications.fingerprints import name_key
from notifications.importing import cells
from notifications.importing.grid import Row
from notifications.importing.people import Parsed, Problem, text_at


class Earlier:
    """The good people so far, to find the one who comes again.

    The same number of theirs says so; else the same name and an equal address or
    phone number. An address alone never does: households share them.
    """

    def __init__(self, columns: Mapping[str, list[int]]) -> None:
        self._columns = columns
        self._by_id: dict[str, int] = {}
        self._by_contact: dict[tuple[str, str], list[tuple[int, str | None]]] = (
            defaultdict(list)
        )

    def repeated_by(self, person: Parsed, row: Row) -> Problem | None:
        """What to say if the person was there before; else they are remembered."""
        name = name_key(person.name)
        if person.external_id in self._by_id:
            first = self._by_id[person.external_id]
            return self._problem("external_id", first, row)
        for key, contact in (("email", person.email), ("phone", person.phone)):
            for first, number in self._by_contact.get((name, contact or ""), ()):
                # Two different numbers of theirs are two people, whatever they share.
                if not (number and person.external_id):
                    return self._problem(key, first, row)
        self._remember(person, name)
        return None

    def _remember(self, person: Parsed, name: str) -> None:
        if person.external_id:
            self._by_id[person.external_id] = person.row
        for contact in filter(None, (person.email, person.phone)):
            self._by_contact[name, contact].append((person.row, person.external_id))

    def _problem(self, key: str, first: int, row: Row) -> Problem:
        column = next(iter(self._columns.get(key, ())), None)
        sentence = _(
            "This is the same person as in row %(row)s. Keep one of the two rows."
        ) % {"row": first}
        return Problem(column, key, cells.TWICE, sentence, text_at(row, column))
