"""What one cell means: the same cleaning for files, screens and the API."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

from django.utils.translation import gettext as _
from email_validator import EmailNotValidError, validate_email

from notifications.errors import TocsinError
from notifications.fingerprints import name_key
from notifications.importing.languages import code_of
from notifications.importing.phones import to_e164

NOT_AN_EMAIL: Final = "email is not an address"
NOT_A_PHONE: Final = "phone is not a number"
NO_NAME: Final = "no name"
NO_CONTACT: Final = "no email and no phone"
TWICE: Final = "same person twice in the file"
NOT_A_LANGUAGE: Final = "language is not known"
NOT_A_UNIT: Final = "unit became a date"
TOO_LONG: Final = "text is too long"
DAMAGED: Final = "letters are damaged"
UNCLEAR_ZONE: Final = "building could be several zones"
NOT_KEPT: Final = "row could not be kept"

MAX_NAME: Final = 200
MAX_TEXT: Final = 100
MAX_UNIT: Final = 60
MAX_TAG: Final = 50
MAX_TAGS: Final = 20
# As wide as the columns of the folded forms: some signs grow when they are folded.
MAX_NAME_KEY: Final = 240
MAX_WORDS_KEY: Final = 160
MAX_TAG_KEY: Final = 80

# Marks that nobody sees and that make equal things differ. In names the two joiners
# stay: Persian and the languages of India spell with them.
_JOINERS: Final = "\u200c\u200d"
_UNSEEN: Final = "\u00ad\u061c\u180e\u200b\u200e\u200f\u2060\ufeff" + "".join(
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
_DROP_UNSEEN: Final = dict.fromkeys(map(ord, _UNSEEN))
_DROP_ALL: Final = dict.fromkeys(map(ord, _UNSEEN + _JOINERS))

_LOCAL: Final = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
_LABEL: Final = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN_EMAIL = re.compile(
    rf"(?=.{{6,254}}\Z)(?=[^@]{{1,64}}@){_LOCAL}@(?:{_LABEL}\.)+(?=[a-z]){_LABEL}"
)
_NAMED_EMAIL = re.compile(r"[^<>]*<([^<>]+)>")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class CellError(TocsinError):
    """A cell that a person has to look at; `reason` is the code that is counted."""

    def __init__(self, reason: str, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason


def clean_email(text: str) -> str:
    """The address in the one form that we store and compare: all in lower case.

    An international domain is kept in its ASCII form, which is the one mail uses.
    """
    address = _bare_address(text)
    if _PLAIN_EMAIL.fullmatch(address):
        return address
    try:
        checked = validate_email(address, strict=True, check_deliverability=False)
        # Lower case can change the length, so the result has to pass as well.
        ascii_form = _lower(f"{checked.local_part}@{checked.ascii_domain}")
        validate_email(ascii_form, strict=True, check_deliverability=False)
    except (EmailNotValidError, UnicodeError) as error:
        raise CellError(NOT_AN_EMAIL, _not_an_email(text)) from error
    return ascii_form


def clean_phone(text: str, region: str) -> str:
    """The number as E.164; one without a country code belongs to the region."""
    number = to_e164(text.translate(_DROP_ALL).strip(), region.upper())
    if number is None:
        raise CellError(
            NOT_A_PHONE,
            _(
                "“%(value)s” is not a phone number. Correct it, or leave the cell "
                "blank if there is none."
            )
            % {"value": _short(text)},
        )
    return number


def clean_name(text: str) -> str:
    """The name as people write it, without stray spaces and invisible marks."""
    name = clean_words(text, MAX_NAME)
    if not any(character.isalpha() for character in name):
        raise CellError(NO_NAME, _("There is no name. Add one, or remove the row."))
    return _foldable(name, MAX_NAME, MAX_NAME_KEY)


def clean_words(text: str, most: int = MAX_TEXT) -> str:
    """Short text on one line; too much of it, or damaged letters, is an error."""
    words = text if text.isascii() else _composed(text.translate(_DROP_UNSEEN))
    words = " ".join(words.split())
    if "\ufffd" in words:
        raise CellError(
            DAMAGED,
            _(
                "“%(value)s” has letters that were lost on the way. Choose another "
                "encoding, or type the text again."
            )
            % {"value": _short(words)},
        )
    if len(words) > most:
        raise _too_long(words, most)
    return words


def clean_zone(text: str) -> str:
    """The name of a building or block."""
    return _foldable(clean_words(text), MAX_TEXT, MAX_WORDS_KEY)


def clean_unit(text: str) -> str:
    """A flat or unit; one that Excel turned into a date is an error."""
    unit = clean_words(text, MAX_UNIT)
    if _DATE.fullmatch(unit):
        raise CellError(
            NOT_A_UNIT,
            _(
                "Excel turned this flat into the date %(value)s. Type the flat "
                "again; in Excel, format the column as text."
            )
            % {"value": unit},
        )
    return unit


@lru_cache(maxsize=1_024)
def clean_language(text: str) -> str:
    """A lower-case code, from a code or a name in English or in its own tongue."""
    code = code_of(unicodedata.normalize("NFC", text.translate(_DROP_ALL)))
    if code is None:
        raise CellError(
            NOT_A_LANGUAGE,
            _(
                "“%(value)s” is not a language we know. Use its English name or its "
                "code, such as “pl”."
            )
            % {"value": _short(text)},
        )
    return code


def split_tags(text: str) -> tuple[str, ...]:
    """The tags of one cell, each once, in the order they were written."""
    found: dict[str, str] = {}
    for part in re.split(r"[,;|\n]", text):
        tag = clean_words(part, MAX_TAG)
        if tag:
            found.setdefault(name_key(_foldable(tag, MAX_TAG, MAX_TAG_KEY)), tag)
    if len(found) > MAX_TAGS:
        raise CellError(
            TOO_LONG, _("There are more than %(most)s tags.") % {"most": MAX_TAGS}
        )
    return tuple(found.values())


def _bare_address(text: str) -> str:
    """The address alone: no name around it, no mailto:, no separator behind it."""
    address = text.translate(_DROP_ALL).strip()
    if named := _NAMED_EMAIL.fullmatch(address):
        address = named[1].strip()
    address = _lower(address)
    if address.startswith("mailto:"):
        address = address.removeprefix("mailto:").partition("?")[0]
    return address.strip().rstrip(";,").rstrip()


def _lower(text: str) -> str:
    return text.lower() if text.isascii() else _composed(_composed(text).lower())


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _foldable(words: str, most: int, most_folded: int) -> str:
    if len(name_key(words)) > most_folded:
        raise _too_long(words, most)
    return words


def _too_long(words: str, most: int) -> CellError:
    sentence = _("“%(value)s” is too long. Use %(most)s characters at most.")
    return CellError(TOO_LONG, sentence % {"value": _short(words), "most": most})


def _not_an_email(text: str) -> str:
    return _(
        "“%(value)s” is not an email address. Correct it, or leave the cell blank if "
        "there is none."
    ) % {"value": _short(text)}


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else f"{words[:59]}…"
