"""From rows to people: blanks, several problems, who comes twice."""

from __future__ import annotations

from notifications.importing.columns import guess_mapping
from notifications.importing.reading import read
from notifications.importing.rows import Bad, Parsed, read_people


def people(*lines: str, language: str = "en-gb") -> list[Parsed | Bad]:
    table = read("\n".join(lines).encode(), "people.csv")
    mapping = guess_mapping(table.headings, table.rows)
    return list(read_people(table, mapping, "GB", language))


def only_bad(*lines: str) -> list[Bad]:
    return [found for found in people(*lines) if isinstance(found, Bad)]


def test_a_full_row_becomes_a_person() -> None:
    (ann,) = people(
        "Ref,First name,Surname,Email,Mobile,Block,Flat,Language,Tags",
        'A1,Ann,Lee,ANN@example.org,07700 900123,Heron, 9A ,Polish,"owner, deaf"',
    )
    assert ann == Parsed(
        row=2,
        name="Ann Lee",
        external_id="A1",
        first_name="Ann",
        email="ann@example.org",
        phone="+447700900123",
        zone_text="Heron",
        unit="9A",
        language="pl",
        tags=("owner", "deaf"),
    )


def test_a_blank_cell_leaves_alone_what_we_have() -> None:
    (ann,) = people(
        "Ref,Name,Email,Mobile,Block,Flat,Language", ",Ann,a@example.org,,,,"
    )
    assert ann == Parsed(row=2, name="Ann", email="a@example.org")


def test_the_first_name_alone_is_a_name() -> None:
    (ann,) = people("Forename,Surname,Email", "Ann,,a@example.org")
    assert isinstance(ann, Parsed)
    assert (ann.name, ann.first_name) == ("Ann", "Ann")


def test_a_full_name_wins_over_its_parts() -> None:
    (ann,) = people(
        "Full name,Forename,Surname,Email", "Ann B Lee,Ann,Lee,a@example.org"
    )
    assert isinstance(ann, Parsed)
    assert (ann.name, ann.first_name) == ("Ann B Lee", "Ann")


def test_the_clusters_own_kind_of_a_language_is_taken() -> None:
    lines = ("Name,Email,Language", "Ann,a@example.org,English")
    (british,) = people(*lines, language="en-GB")
    (french,) = people(*lines, language="fr")
    assert isinstance(british, Parsed)
    assert isinstance(french, Parsed)
    assert (british.language, french.language) == ("en-gb", "en")


def test_a_bad_address_beside_a_good_number_is_one_to_look_at() -> None:
    (bad,) = only_bad("Name,Email,Mobile", "Ann,anna@,07700 900123")
    assert [problem.reason for problem in bad.problems] == ["email is not an address"]


def test_every_problem_of_a_row_is_told_and_the_first_is_counted() -> None:
    (bad,) = only_bad("Name,Email,Mobile,Language", ",anna@,0000,Klingon")
    assert bad.reason == "no name"
    assert [(p.column, p.field, p.reason) for p in bad.problems] == [
        (0, "name", "no name"),
        (1, "email", "email is not an address"),
        (2, "phone", "phone is not a number"),
        (3, "language", "language is not known"),
    ]


def test_a_row_nobody_can_reach_says_so_at_the_address() -> None:
    (bad,) = only_bad("Name,Email,Mobile", "Ann,,")
    assert bad.reason == "no email and no phone"
    assert (bad.problems[0].column, bad.problems[0].value) == (1, "")


def test_a_household_with_one_address_stays_several_people() -> None:
    lines = ("Ann Lee,a@example.org,", "Bo Lee,a@example.org,", "Cy Lee,a@example.org,")
    assert only_bad("Name,Email,Mobile", *lines) == []


def test_the_same_name_and_any_equal_contact_are_one_person() -> None:
    bad = only_bad(
        "Name,Email,Mobile",
        "Ann Lee,a@example.org,07700 900123",
        "ANN  LEE,other@example.org,+44 7700 900123",
        "Ann Lee,third@example.org,07700 900124",
        "ann lee,A@example.org,",
    )
    assert [(found.row, found.reason) for found in bad] == [
        (3, "same person twice in the file"),
        (5, "same person twice in the file"),
    ]
    assert [found.problems[0].field for found in bad] == ["phone", "email"]
    assert all("row 2" in found.problems[0].sentence for found in bad)


def test_their_own_number_says_who_is_the_same() -> None:
    bad = only_bad(
        "Ref,Name,Email",
        "A1,Ann Lee,a@example.org",
        "A2,Ann Lee,a@example.org",
        "A1,Ann Smith,b@example.org",
        ",Ann Lee,a@example.org",
    )
    # Mapped by hand would be the same: the guess leaves a repeated number alone.
    table = read(
        b"Ref,Name,Email\nA1,Ann Lee,a@example.org\nA2,Ann Lee,a@example.org\n"
        b"A1,Ann Smith,b@example.org\n,Ann Lee,a@example.org\n",
        "people.csv",
    )
    mapping = {0: "external_id", 1: "name", 2: "email"}
    mapped = [
        (found.row, found.problems[0].field)
        for found in read_people(table, mapping, "GB", "en")
        if isinstance(found, Bad)
    ]
    assert [found.row for found in bad] == [3, 5]
    assert mapped == [(4, "external_id"), (5, "email")]


def test_a_row_that_stays_out_keeps_nobody_else_out() -> None:
    bad = only_bad(
        "Name,Email,Mobile",
        "Ann Lee,a@example.org,0000",
        "Ann Lee,a@example.org,07700 900123",
    )
    assert [found.row for found in bad] == [2]
