"""Their headings and our fields."""

from __future__ import annotations

import pytest

from notifications.importing.columns import FIELDS, check_mapping, guess_mapping
from notifications.importing.grid import Row


def guessed(headings: str, *lines: str) -> dict[str, str]:
    names = headings.split("|")
    rows = [Row(n, tuple(text.split("|"))) for n, text in enumerate(lines, start=2)]
    found = guess_mapping(names, rows)
    return {names[column]: field for column, field in found.items()}


@pytest.mark.parametrize(
    ("headings", "fields"),
    [
        (
            "Ref|Surname|Forename|E-mail address|Tel.|Building|Unit no.|Language",
            "external_id last_name first_name email phone zone unit language",
        ),
        ("Full Name|EMAIL|Mobile No.|Tower|Apartment", "name email phone zone unit"),
        ("Résident ID|Nom|Prénom|Courriel|Portable|Bâtiment|Appt.|Langue", None),
        (
            "Nom|Prénom|Courriel|Téléphone|Bâtiment|Appartement|Langue",
            "last_name first_name email phone zone unit language",
        ),
        (
            "Name|Vorname|E-Mail-Adresse|Handynummer|Gebäude|Wohnung|Sprache",
            "last_name first_name email phone zone unit language",
        ),
        (
            "Imię i nazwisko|Adres e-mail|Nr telefonu|Budynek|Nr mieszkania|Język",
            "name email phone zone unit language",
        ),
        (
            "Apellidos|Nombre de pila|Correo electrónico|Móvil|Edificio|Piso|Idioma",
            "last_name first_name email phone zone unit language",
        ),
    ],
)
def test_headings_in_many_languages_are_understood(
    headings: str, fields: str | None
) -> None:
    found = guessed(headings)
    if fields is None:
        assert found["Prénom"] == "first_name"
    else:
        assert list(found.values()) == fields.split()


def test_two_columns_never_go_to_the_same_field() -> None:
    found = guessed("Email|Email 2|Mobile|Home phone|Phone")
    assert found == {"Email": "email", "Mobile": "phone"}


def test_several_columns_may_all_be_tags() -> None:
    assert guessed("Name|Role|Tags") == {"Name": "name", "Role": "tags", "Tags": "tags"}


def test_a_column_that_is_filled_wins_over_one_that_is_empty() -> None:
    found = guessed("Name|Mobile|Telephone", "Ann||020 7946 0123", "Bo||020 7946 0124")
    assert found == {"Name": "name", "Telephone": "phone"}


def test_the_content_decides_where_the_heading_is_silent() -> None:
    found = guessed(
        "Name|Contact|Other|Address",
        "Ann|07700 900123|ann@example.org|1 High Street",
        "Bo|07700 900124|bo@example.org|2 High Street",
    )
    assert found == {"Name": "name", "Contact": "phone", "Other": "email"}


def test_a_heading_that_its_content_contradicts_is_not_believed() -> None:
    found = guessed(
        "Name|Email|Mail", "Ann|yes|ann@example.org", "Bo|no|bo@example.org"
    )
    assert found == {"Name": "name", "Mail": "email"}


def test_a_number_that_a_household_shares_is_nobodys_own() -> None:
    lines = ("T1|Ann|ann@example.org", "T1|Bo|bo@example.org")
    assert "Account" not in guessed("Account|Name|Email", *lines)


def test_what_is_about_somebody_else_is_left_alone() -> None:
    found = guessed("Name|Email|Emergency contact phone|Date of birth|Email consent")
    assert found == {"Name": "name", "Email": "email"}


def test_a_mapping_without_a_name_or_a_contact_says_what_is_missing() -> None:
    assert check_mapping({0: "name", 1: "email"}) == []
    assert check_mapping({0: "last_name", 1: "phone"}) == []
    first, second = check_mapping({0: "unit"})
    assert "name" in first
    assert "email" in second
    assert "phone" in second


def test_a_mapping_with_a_doubled_or_unknown_field_is_refused() -> None:
    (doubled,) = check_mapping({0: "name", 1: "email", 2: "email"})
    assert "Two columns are mapped to “Email”" in doubled
    (unknown,) = check_mapping({0: "name", 1: "email", 2: "shoe_size"})
    assert "shoe_size" in unknown
    assert check_mapping({0: "name", 1: "email", 2: "tags", 3: "tags"}) == []


def test_every_field_has_words_for_the_screen() -> None:
    assert all(str(field.label) and str(field.help) for field in FIELDS.values())
