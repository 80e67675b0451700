"""Phone numbers, in the one form that a carrier takes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberFormat, PhoneNumberType

# Letters spell nothing here: “ask reception” and “0800 FLOWERS” are for a person to
# look at, and so is a number with an extension, which no text message reaches.
_SHAPE = re.compile(r"\+?[\d\s().\-/\u2010-\u2015\xa0]+")
_LABEL = re.compile(r"(?:telephone|tel|phone|mobile|mob)\s*[.:]*\s*", re.IGNORECASE)
_NATIONAL = re.compile(r"[0-9]{6,15}")
_PUNCTUATION: Final = str.maketrans("", "", " ()-.")
_KINDS: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE)


def to_e164(text: str, region: str) -> str | None:
    """The number with its country code, or nothing if it cannot be one."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = _LABEL.sub("", text, count=1) if text[:1].isalpha() else text
    return _usual(text.translate(_PUNCTUATION), region) or _parsed(text, region)


def _usual(digits: str, region: str) -> str | None:
    """A mobile number as its own country writes it, without the slow parser.

    Nothing is refused here: what does not fit goes to the parser, and what fits
    gives what the parser would give.
    """
    form = _form(region)
    if form is not None and digits.startswith(f"+{form.country}"):
        return _international(digits, form)
    if form is None or not _NATIONAL.fullmatch(digits):
        return None
    prefix = form.prefix.match(digits)
    if (prefix[0] if prefix else "") not in ("", form.trunk):
        return None
    rest = digits[len(form.trunk) :] if prefix else digits
    if (len(rest), rest[:1]) != form.mobile or len(set(rest[1:])) < 2:
        return None
    return None if rest.startswith(form.country) else f"+{form.country}{rest}"


def _international(digits: str, form: _Form) -> str | None:
    rest = digits[len(form.country) + 1 :]
    usual = (len(rest), rest[:1]) == form.mobile and len(set(rest[1:])) > 1
    if not usual or not _NATIONAL.fullmatch(rest):
        return None
    # What looks like a trunk prefix after the country code is the parser's to judge.
    prefix = form.prefix.match(rest)
    return digits if not (prefix and prefix[0]) else None


def _parsed(text: str, region: str) -> str | None:
    if not _SHAPE.fullmatch(text):
        return None
    if text.lstrip(" (").startswith("00"):
        text = "+" + text.lstrip(" (")[2:]
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number) and not _looks_right(number):
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _looks_right(number: phonenumbers.PhoneNumber) -> bool:
    """As long as a number of the country, and beginning like one.

    The tables know neither the ranges kept for drama (07700 900xxx, 01632 960xxx)
    nor ranges opened last month, and somebody's real number must not be refused.
    """
    possible = phonenumbers.is_possible_number_with_reason(number)
    if possible != phonenumbers.ValidationResult.IS_POSSIBLE:
        return False
    national = phonenumbers.national_significant_number(number)
    region = phonenumbers.region_code_for_country_code(number.country_code or 0)
    same_digit = len(set(national[1:])) < 2
    return not same_digit and (len(national), national[0]) in _openings(region)


@cache
def _openings(region: str) -> frozenset[tuple[int, str]]:
    """Length and first digit of the country's numbers, mobile and fixed."""
    examples = (phonenumbers.example_number_for_type(region, kind) for kind in _KINDS)
    written = (phonenumbers.national_significant_number(n) for n in examples if n)
    return frozenset((len(national), national[0]) for national in written)


@dataclass(frozen=True)
class _Form:
    """How the people of a country write their own mobile numbers."""

    country: str
    trunk: str
    prefix: re.Pattern[str]
    mobile: tuple[int, str]


@cache
def _form(region: str) -> _Form | None:
    code = phonenumbers.country_code_for_region(region)
    if not code or phonenumbers.region_code_for_country_code(code) != region:
        return None
    metadata = PhoneMetadata.metadata_for_region(region, None)
    example = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    if metadata is None or example is None or metadata.national_prefix_transform_rule:
        return None
    national = phonenumbers.national_significant_number(example)
    return _Form(
        country=str(code),
        trunk=metadata.national_prefix or "",
        prefix=re.compile(metadata.national_prefix_for_parsing or r"(?!)"),
        mobile=(len(national), national[0]),
    )
