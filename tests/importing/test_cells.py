"""What one cell means."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from notifications.fingerprints import name_key
from notifications.importing import cells
from notifications.importing.cells import CellError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("  Ann.Lee@Example.ORG ", "ann.lee@example.org"),
        ("mailto:ann@example.org?subject=Hi", "ann@example.org"),
        ("Ann Lee <ann@example.org>", "ann@example.org"),
        ("ann@example.org;", "ann@example.org"),
        ("\u200bann@\u00adexample.org\u00a0", "ann@example.org"),
        ("o'brien+flat2@mail.example.org", "o'brien+flat2@mail.example.org"),
        ("anna@MÜNCHEN.example.org", "anna@xn--mnchen-3ya.example.org"),
        ("anna@xn--mnchen-3ya.example.org", "anna@xn--mnchen-3ya.example.org"),
    ],
)
def test_an_address_has_one_form(text: str, address: str) -> None:
    assert cells.clean_email(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no email",
        "anna@",
        "@example.org",
        "a b@example.org",
        "x@exa_mple..org",
        "ann@example",
        "ann..lee@example.org",
        ".ann@example.org",
        "ann@-example.org",
        "ann@example.org, bo@example.org",
        "ann@example.org\nBcc: bo@example.org",
        "ann@192.168.0.1",
        f"{'a' * 65}@example.org",
        f"a@{'b' * 250}.org",
    ],
)
def test_what_is_not_an_address_is_refused_with_its_value(text: str) -> None:
    with pytest.raises(CellError) as refused:
        cells.clean_email(text)
    assert refused.value.reason == "email is not an address"
    assert text.partition("\n")[0][:50] in str(refused.value)


@pytest.mark.parametrize(
    ("text", "region", "number"),
    [
        ("07700 900123", "GB", "+447700900123"),
        ("7700900123", "GB", "+447700900123"),
        ("+44 (0)7700 900123", "GB", "+447700900123"),
        ("+44 (0)7700 900123", "FR", "+447700900123"),
        ("00 44 7700 900123", "GB", "+447700900123"),
        ("0044 7700 900123", "US", "+447700900123"),
        ("(0044) 7700 900123", "GB", "+447700900123"),
        ("447700900123", "GB", "+447700900123"),
        ("Tel: 07700-900-123", "GB", "+447700900123"),
        ("tel:+447700900123", "GB", "+447700900123"),
        ("０７７００ ９００１２３", "GB", "+447700900123"),
        ("\u202a+447700900123\u202c", "GB", "+447700900123"),
        ("020 7946 0123", "GB", "+442079460123"),
        ("01632 960001", "GB", "+441632960001"),
        ("06 39 98 00 01", "FR", "+33639980001"),
        ("639980001", "FR", "+33639980001"),
        ("0171/3920001", "DE", "+491713920001"),
        ("512 345 678", "PL", "+48512345678"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("02 1234 5678", "IT", "+390212345678"),
        ("7700900123", "gb", "+447700900123"),
    ],
)
def test_a_number_has_one_form(text: str, region: str, number: str) -> None:
    assert cells.clean_phone(text, region) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000",
        "0000000000",
        "00000000000",
        "07700 90",
        "07700 900",
        "077009001234",
        "ask reception",
        "0800 FLOWERS",
        "07700 900123 ext 4",
        "07700 900123 / 07700 900124",
        "7.7009E+09",
        "999",
        "+44",
        "2026-05-04",
    ],
)
def test_what_is_not_a_number_is_refused(text: str) -> None:
    with pytest.raises(CellError) as refused:
        cells.clean_phone(text, "GB")
    assert refused.value.reason == "phone is not a number"


def test_a_name_keeps_its_letters_and_loses_stray_spaces() -> None:
    assert cells.clean_name("  Siobhán \u00a0 O’Brien\u200b ") == "Siobhán O’Brien"
    assert cells.clean_name("Jose\u0301") == "José"
    assert cells.clean_name("李 小龍") == "李 小龍"
    # The joiner is part of how this is written.
    assert cells.clean_name("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize("text", ["", "  ", "--", "123", "\u200b"])
def test_a_name_without_a_letter_is_none(text: str) -> None:
    with pytest.raises(CellError) as refused:
        cells.clean_name(text)
    assert refused.value.reason == "no name"


def test_one_name_has_one_key_and_word_order_matters() -> None:
    key = name_key
    assert key("  SIOBHÁN  o’brien ") == key("Siobha\u0301n O'Brien")
    assert key("Weiß") == key("WEISS")
    assert key("ＡＮＮ Lee") == key("ann lee")
    assert key("Lee, Ann") != key("Ann Lee")
    assert key("Müller") != key("Muller")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("en", "en"),
        ("EN_gb", "en-gb"),
        ("fr-BE", "fr-be"),
        ("Polish", "pl"),
        ("polski", "pl"),
        (" Français ", "fr"),
        ("DEUTSCH", "de"),
        ("Somali", "so"),
        ("العربيّة", "ar"),
        ("Farsi", "fa"),
    ],
)
def test_a_language_is_known_by_code_and_by_name(text: str, code: str) -> None:
    assert cells.clean_language(text) == code


@pytest.mark.parametrize("text", ["", "Klingon", "xx", "xx-yy", "Tenant"])
def test_an_unknown_language_is_refused(text: str) -> None:
    with pytest.raises(CellError) as refused:
        cells.clean_language(text)
    assert refused.value.reason == "language is not known"


def test_tags_are_split_and_each_kept_once() -> None:
    assert cells.split_tags(" Owner, key holder;OWNER |  ") == ("Owner", "key holder")
    assert cells.split_tags("") == ()


@pytest.mark.parametrize(
    ("clean", "text", "reason"),
    [
        (cells.clean_unit, "2026-05-04", "unit became a date"),
        (cells.clean_words, "x" * 101, "text is too long"),
        (cells.clean_name, "x" * 201, "text is too long"),
        (cells.clean_name, "Ren\ufffd", "letters are damaged"),
        (cells.split_tags, ",".join(f"t{n}" for n in range(21)), "text is too long"),
    ],
)
def test_other_spoilt_cells_say_what_is_wrong(
    clean: Callable[[str], object], text: str, reason: str
) -> None:
    with pytest.raises(CellError) as refused:
        clean(text)
    assert refused.value.reason == reason
    assert str(refused.value).endswith(".")
