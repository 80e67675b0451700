"""What staff say of a file, and what its columns are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.typed import number_in
from notifications.importing.columns import FIELDS
from notifications.importing.delimited import DELIMITERS
from notifications.importing.encodings import ENCODINGS
from notifications.importing.reading import Table

#: Values of a column that are shown beside it.
SAMPLES = 3


class UploadForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=gettext_lazy("The list of people"),
        help_text=gettext_lazy(
            "CSV, TSV, XLSX or ODS, as you have it: up to 10 MB, 100 000 rows and 64 "
            "columns. Nothing is written before you have seen what it would do."
        ),
        error_messages={
            "required": gettext_lazy("Choose the file with the people."),
            "empty": gettext_lazy("The file is empty. Choose the one with the people."),
        },
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.tab,.txt,.xlsx,.ods"}),
        max_length=1_000,
    )


class ContentsForm(forms.Form):
    """How the file is read; only what this kind of file can be asked."""

    encoding = forms.ChoiceField(
        label=gettext_lazy("Letters (encoding)"), required=False
    )
    delimiter = forms.ChoiceField(
        label=gettext_lazy("Columns are separated by"), required=False
    )
    sheet = forms.ChoiceField(label=gettext_lazy("Sheet"), required=False)
    header_row = forms.TypedChoiceField(
        label=gettext_lazy("Headings"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, data: Any = None, *, table: Table) -> None:
        guess = table.guess
        initial = {name: getattr(guess, name) for name in self.base_fields}
        super().__init__(data, initial=initial)
        self._offer("encoding", ENCODINGS.items(), guess.encoding is not None)
        self._offer("delimiter", DELIMITERS.items(), guess.delimiter is not None)
        sheets = [(name, name) for name in guess.sheets]
        self._offer("sheet", sheets, len(sheets) > 1)
        self._sheet = guess.sheet
        rows = [(row.number, _row_words(row.number, row.cells)) for row in _rows(table)]
        none = (0, _("There are none: the first row is a person already"))
        self._offer("header_row", [*rows, none], True)

    def options(self) -> dict[str, Any]:
        """As the action takes them.

        On another sheet, or with other letters, the headings are looked for anew.
        """
        said = {name: value or None for name, value in self.cleaned_data.items()}
        said["header_row"] = self.cleaned_data.get("header_row")
        said.setdefault("sheet", self._sheet)
        if {"sheet", "delimiter"} & set(self.changed_data):
            said["header_row"] = None
        return said

    def _offer(self, name: str, choices: Any, wanted: bool) -> None:
        if wanted:
            self.fields[name].choices = list(choices)  # type: ignore[attr-defined]
        else:
            del self.fields[name]


@dataclass(frozen=True, slots=True)
class Choice:
    """One of their columns, with some of what stands in it."""

    column: int
    heading: str
    samples: str


@dataclass(frozen=True, slots=True)
class Line:
    """A field of ours, and the columns chosen for it; None offers one more."""

    key: str
    label: str | Promise
    help: str | Promise
    chosen: tuple[int | None, ...]
    choices: tuple[Choice, ...]

    @property
    def samples(self) -> str:
        """What stands in the first column that is chosen."""
        first = self.chosen[0]
        return next((c.samples for c in self.choices if c.column == first), "")


def fields_of(table: Table, mapping: dict[int, str]) -> list[Line]:
    """Every field of ours with what feeds it."""
    choices = tuple(
        Choice(column, heading, " · ".join(_samples(table, column)))
        for column, heading in enumerate(table.headings)
    )
    lines = []
    for key, field in FIELDS.items():
        chosen: list[int | None] = [c for c, mapped in mapping.items() if mapped == key]
        if field.several or not chosen:
            chosen.append(None)
        lines.append(Line(key, field.label, field.help, tuple(chosen), choices))
    return lines


def posted_mapping(posted: Any, width: int) -> tuple[dict[int, str], list[str]]:
    """Column → field as it was chosen, and what cannot be: one column for two."""
    mapping: dict[int, str] = {}
    problems: list[str] = []
    for key, field in FIELDS.items():
        for text in posted.getlist(key):
            column = number_in(text)
            if column is None or column >= width:
                continue
            other = mapping.setdefault(column, key)
            if other != key:
                problems.append(
                    _(
                        "One column is chosen for “%(one)s” and for “%(other)s”. "
                        "Choose another for one of them."
                    )
                    % {"one": FIELDS[other].label, "other": field.label}
                )
    return mapping, problems


def _rows(table: Table) -> list[Any]:
    return list(table.guess.first_rows)


def _row_words(number: int, cells: tuple[str, ...]) -> str:
    filled = [cell.strip() for cell in cells if cell.strip()]
    words = ", ".join(filled[:5]) + (" …" if len(filled) > 5 else "")
    return _("Row %(number)s: %(words)s") % {"number": number, "words": words[:90]}


def _samples(table: Table, column: int) -> list[str]:
    found: dict[str, None] = {}
    for row in table.rows:
        cell = row.cells[column].strip() if column < len(row.cells) else ""
        if cell:
            found[cell if len(cell) <= 40 else f"{cell[:39]}…"] = None
        if len(found) == SAMPLES:
            break
    return list(found)
