"""Which letters the bytes of a text file mean, decided the same way every time."""

from __future__ import annotations

import codecs
import re
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.importing.limits import ImportRefused

# What a screen offers, in the order of how often it is met.
ENCODINGS: Final = {
    "utf-8": gettext_lazy("UTF-8"),
    "utf-16": gettext_lazy("UTF-16 (Unicode text of Excel)"),
    "windows-1252": gettext_lazy("Western European (Windows)"),
    "iso-8859-15": gettext_lazy("Western European (ISO)"),
    "mac-roman": gettext_lazy("Western European (Mac)"),
    "cp850": gettext_lazy("Western European (DOS)"),
    "windows-1250": gettext_lazy("Central European (Windows)"),
    "iso-8859-2": gettext_lazy("Central European (ISO)"),
    "windows-1251": gettext_lazy("Cyrillic (Windows)"),
    "windows-1253": gettext_lazy("Greek (Windows)"),
    "windows-1254": gettext_lazy("Turkish (Windows)"),
}
# On equal evidence the first wins.
_SINGLE_BYTE: Final = (
    "windows-1252",
    "iso-8859-15",
    "windows-1250",
    "iso-8859-2",
    "mac-roman",
    "cp850",
    "windows-1251",
)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CODECS: Final = {"utf-8": "utf-8-sig"}
_WORD = re.compile(rb"[A-Za-z\x80-\xff]*[\x80-\xff][A-Za-z\x80-\xff]*")
_UTF8_PIECE = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
_LATIN_ODDITIES = frozenset("ªºµƒˆ˜ÐðÞþ")


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text, and the name of the encoding that was used."""
    used = encoding or guess_encoding(data)
    if used not in ENCODINGS:
        raise ImportRefused(
            _("“%(name)s” is not an encoding we know. Choose one from the list.")
            % {"name": used}
        )
    # A few spoilt bytes in UTF-8 are shown as such; a wrong choice is refused.
    errors = "strict" if encoding else "replace"
    try:
        text = data.decode(_CODECS.get(used, used), errors)
    except UnicodeError as error:
        raise ImportRefused(
            _("The file cannot be read as %(name)s. Choose another encoding.")
            % {"name": ENCODINGS[used]}
        ) from error
    if "\x00" in text:
        raise ImportRefused(
            _(
                "The file holds characters that are not text. Choose another "
                "encoding, or save the list again as CSV UTF-8 or XLSX."
            )
        )
    return text, used


def guess_encoding(data: bytes) -> str:
    """The mark at the start, else UTF-8 if it fits, else what makes the best words."""
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    if _fits(data, "utf-8") or _mostly_utf8(data):
        return "utf-8"
    words = sorted(set(_WORD.findall(data)))[:5000]
    ranked = sorted(_SINGLE_BYTE, key=lambda name: -_likeness(words, name))
    return next((name for name in ranked if _fits(data, name)), "windows-1252")


def _fits(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True


def _mostly_utf8(data: bytes) -> bool:
    """A file of good UTF-8 in which an export cut a few characters in half."""
    high = len(data) - len(data.translate(None, bytes(range(128, 256))))
    good = sum(len(piece) for piece in _UTF8_PIECE.findall(data))
    return good >= 20 and good >= 0.9 * high


def _likeness(words: list[bytes], encoding: str) -> int:
    return sum(_word_likeness(word.decode(encoding, "replace")) for word in words)


def _word_likeness(word: str) -> int:
    """Plus for letters that sit well in a word, minus for what no word has."""
    score = 0
    before = ""
    for letter in word:
        if not letter.isascii():
            score += 1 if letter.isalpha() and letter not in _LATIN_ODDITIES else -3
        if before.islower() and letter.isupper():
            score -= 3
        if _is_accented(before) and _is_accented(letter):
            score -= 2
        if before and _is_latin(before) != _is_latin(letter):
            score -= 3
        before = letter
    return score


def _is_accented(letter: str) -> bool:
    return "\x7f" < letter < "\u0250"


def _is_latin(letter: str) -> bool:
    return letter < "\u0250"
