"""Which of their columns is which of our fields."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.importing.grid import Row
from notifications.importing.headings import meaning


@dataclass(frozen=True)
class Field:
    """A field of ours that a column can be mapped to."""

    key: str
    label: Promise
    help: Promise
    several: bool = False


FIELDS: Final[dict[str, Field]] = {
    field.key: field
    for field in (
        Field(
            "name",
            gettext_lazy("Full name"),
            gettext_lazy("The whole name in one column."),
        ),
        Field(
            "first_name",
            gettext_lazy("First name"),
            gettext_lazy("Also used to greet people in messages."),
        ),
        Field(
            "last_name",
            gettext_lazy("Last name"),
            gettext_lazy("Joined to the first name when there is no full name."),
        ),
        Field(
            "email",
            gettext_lazy("Email"),
            gettext_lazy("One address for each person. People may share one."),
        ),
        Field(
            "phone",
            gettext_lazy("Mobile phone"),
            gettext_lazy(
                "With or without the country code. A zero that Excel dropped is "
                "put back."
            ),
        ),
        Field(
            "zone",
            gettext_lazy("Building or block"),
            gettext_lazy("Matched to the zones of the cluster by name."),
        ),
        Field(
            "unit",
            gettext_lazy("Flat or unit"),
            gettext_lazy("The flat, apartment, room or plot."),
        ),
        Field(
            "language",
            gettext_lazy("Language"),
            gettext_lazy("A code such as “pl”, or a name: “Polish”, “polski”."),
        ),
        Field(
            "tags",
            gettext_lazy("Tags"),
            gettext_lazy("Several in one cell are separated by commas."),
            several=True,
        ),
        Field(
            "external_id",
            gettext_lazy("Your own number for the person"),
            gettext_lazy(
                "Says who is the same person as before. Map it only if it never "
                "changes and is never used again for somebody else."
            ),
        ),
    )
}

_SAMPLE: Final = 200
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+?[\d\s()./-]{8,22}")
_DATE = re.compile(r"\d{4}-\d\d-\d\d.*|\d\d?[./-]\d\d?[./-]\d{2,4}")


def guess_mapping(
    headings: Sequence[str], sample_rows: Sequence[Row]
) -> dict[int, str]:
    """A field for each column that says what it is, by heading and then by content."""
    wishes: list[tuple[float, int, str]] = []
    for column, heading in enumerate(headings):
        values = _values(sample_rows, column)
        for field, score in _wishes(heading, values):
            wishes.append((-score, column, field))
    taken: dict[int, str] = {}
    for _score, column, field in sorted(wishes):
        free = FIELDS[field].several or field not in taken.values()
        if column not in taken and free:
            taken[column] = field
    return dict(sorted(_surname_beside_first_name(taken).items()))


def check_mapping(mapping: Mapping[int, str]) -> list[str]:
    """What a mapping lacks before anybody can be imported, in sentences."""
    fields = list(mapping.values())
    found: list[str] = []
    if unknown := sorted(set(fields) - set(FIELDS)):
        found.append(
            _("“%(field)s” is not a field. Choose one from the list.")
            % {"field": unknown[0]}
        )
    for key, field in FIELDS.items():
        if fields.count(key) > 1 and not field.several:
            found.append(
                _("Two columns are mapped to “%(field)s”. Keep one of them.")
                % {"field": field.label}
            )
    if not {"name", "first_name", "last_name"} & set(fields):
        found.append(_("No column holds the name. Choose the one that does."))
    if not {"email", "phone"} & set(fields):
        found.append(
            _(
                "No column holds an email address or a phone number, so nobody "
                "could be reached. Choose at least one."
            )
        )
    return found


def looks_like_data(text: str) -> bool:
    """Whether a cell holds an address or a number rather than a heading."""
    return bool(_EMAIL.fullmatch(text) or _looks_like_phone(text))


def _wishes(heading: str, values: list[str]) -> list[tuple[str, float]]:
    meant = meaning(heading)
    emails = _share(values, lambda text: bool(_EMAIL.fullmatch(text)))
    phones = _share(values, _looks_like_phone)
    if meant is None:
        found = [("email", 1.5)] if emails >= 0.6 else []
        return found + ([("phone", 1.2)] if phones >= 0.6 else [])
    field, score = meant
    evidence = {"email": emails, "phone": phones}.get(field)
    if not values:
        score -= 0.5
    elif field == "external_id" and len(set(values)) < len(values):
        # What a household shares cannot say who somebody is.
        score = 0
    elif evidence is not None:
        # Spoilt values do not unmake a clear heading that has no rival.
        score += 2 if evidence >= 0.5 else -3 if evidence < 0.1 else 0
    elif emails >= 0.6:
        field, score = "email", 1.5
    return [(field, score)] if score > 0 else []


def _surname_beside_first_name(mapping: dict[int, str]) -> dict[int, str]:
    """“Name, Vorname” and “Nom, Prénom” mean the surname."""
    fields = set(mapping.values())
    if "first_name" in fields and "last_name" not in fields:
        return {
            column: "last_name" if field == "name" else field
            for column, field in mapping.items()
        }
    return mapping


def _values(rows: Sequence[Row], column: int) -> list[str]:
    cells = (row.cells[column] for row in rows[:_SAMPLE] if column < len(row.cells))
    return [cell.strip() for cell in cells if cell.strip()]


def _looks_like_phone(text: str) -> bool:
    return bool(_PHONE.fullmatch(text)) and not _DATE.fullmatch(text)


def _share(values: list[str], test: Callable[[str], bool]) -> float:
    if not values:
        return 0
    return sum(1 for value in values if test(value)) / len(values)
