"""The three files that estates gave us, against what is known of them."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from notifications.importing.columns import check_mapping, guess_mapping
from notifications.importing.reading import inspect, read
from notifications.importing.rows import Bad, Parsed, read_people

from .files import DATA

EXPECTED = json.loads((DATA / "expected.json").read_text())


def people_of(filename: str) -> list[Parsed | Bad]:
    table = read(DATA / filename, filename)
    mapping = guess_mapping(table.headings, table.rows)
    assert check_mapping(mapping) == []
    return list(read_people(table, mapping, "GB", "en-gb"))


@pytest.mark.parametrize("filename", EXPECTED)
def test_each_file_gives_exactly_what_is_known_of_it(filename: str) -> None:
    known = EXPECTED[filename]
    table = read(DATA / filename, filename)
    people = people_of(filename)
    bad = Counter(found.reason for found in people if isinstance(found, Bad))

    assert len(table.rows) == len(people) == known["rows"]
    assert table.blank == known.get("blank", 0)
    assert bad == (known["bad"] or {})
    assert len(people) - bad.total() == known["good"]
    assert table.guess.header_row == known.get("header_row", 1)
    assert len(table.guess.sheets) == known.get("sheets", 0)


def test_the_columns_of_riverside_quay_are_found() -> None:
    table = read(DATA / "riverside-quay.csv", "riverside-quay.csv")
    assert list(guess_mapping(table.headings, table.rows[:50]).values()) == [
        "external_id",
        "first_name",
        "last_name",
        "email",
        "phone",
        "zone",
        "unit",
        "language",
    ]


def test_the_other_words_of_st_annes_are_understood_and_notes_are_left_alone() -> None:
    guess = inspect(DATA / "st-annes-estate.csv", "st-annes-estate.csv")
    table = read(DATA / "st-annes-estate.csv", "st-annes-estate.csv")

    assert (guess.encoding, guess.delimiter) == ("windows-1252", ";")
    assert guess_mapping(table.headings, table.rows[:50]) == {
        0: "last_name",
        1: "first_name",
        2: "email",
        3: "phone",
        4: "zone",
        5: "unit",
    }


def test_a_bad_row_has_its_number_and_the_cell_that_is_wrong() -> None:
    bad = [
        found for found in people_of("st-annes-estate.csv") if isinstance(found, Bad)
    ]
    spoilt = next(found for found in bad if found.row == 19)
    (problem,) = spoilt.problems

    assert (problem.column, problem.field, problem.value) == (2, "email", "no email")
    assert "no email" in problem.sentence
    assert spoilt.cells[0] == "Price"


def test_a_repeated_row_names_the_row_that_it_repeats() -> None:
    bad = [
        found for found in people_of("st-annes-estate.csv") if isinstance(found, Bad)
    ]
    repeated = next(found for found in bad if found.row == 613)
    assert "row 203" in repeated.problems[0].sentence


def test_two_people_of_one_name_with_other_addresses_stay_two() -> None:
    names = Counter(
        found.name
        for found in people_of("st-annes-estate.csv")
        if isinstance(found, Parsed)
    )
    assert names["Louise Smith"] == 2


def test_harbour_court_is_read_below_its_title_and_from_its_first_sheet() -> None:
    guess = inspect(DATA / "harbour-court.xlsx", "harbour-court.xlsx")
    assert guess.sheets == ("Residents 2026", "Notes")
    assert guess.sheet == "Residents 2026"
    assert [row.number for row in guess.first_rows[:3]] == [1, 2, 4]


def test_what_excel_did_to_harbour_court_is_undone() -> None:
    table = read(DATA / "harbour-court.xlsx", "harbour-court.xlsx")
    people = [p for p in people_of("harbour-court.xlsx") if isinstance(p, Parsed)]
    phones = [row.cells[3] for row in table.rows]
    addresses = Counter(person.email for person in people)

    assert sum(1 for phone in phones if phone.startswith("7")) == 192
    assert all((p.phone or "+447").startswith("+447") for p in people)
    assert sum(1 for person in people if person.unit is None) == 16
    assert sum(count - 1 for count in addresses.values()) == 51
    assert table.rows[0].cells[6] == "2024-02-11"
    assert {person.language for person in people} == {None, "en-gb", "de", "fr", "pl"}
    assert {"李 小龍", "محمد العلي", "Олена Шевченко"} <= {p.name for p in people}
