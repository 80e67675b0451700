"""Text messages: what may stand in one, and what it costs.

A phone network carries 140 octets at a time. In its own alphabet (GSM 03.38) these are
160 characters of 7 bits; with any other character in it the whole message goes as
UTF-16, 70 to a segment. A longer text is cut, and each segment then loses six octets to
say where it belongs. (3GPP TS 23.038 and 23.040.)
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from .compiled import Compiled
from .liquid import check
from .problems import InvalidTemplate, Problem

#: One septet each.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
#: Two septets each: an escape goes before them.
EXTENDED = frozenset("\f^{}\\[~]|€")
#: What texts are full of when they come out of a word processor, in cheap.
CHEAPER = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "‚": ",",
        "“": '"',
        "”": '"',
        "„": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "•": "-",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2011": "-",
        "\t": " ",
    }
)


class Alphabet(StrEnum):
    """How the characters of a message travel."""

    GSM = "GSM-7"
    UNICODE = "UCS-2"


#: Room in a message that is not cut, and in each segment of one that is.
ALONE = {Alphabet.GSM: 160, Alphabet.UNICODE: 70}
IN_PARTS = {Alphabet.GSM: 153, Alphabet.UNICODE: 67}


@dataclass(frozen=True, slots=True)
class Measure:
    """What a text costs: segments, the room it takes and the room left in the last.

    ``used`` and ``left`` are septets, or UTF-16 units. ``costly`` are the characters
    that made it leave the cheap alphabet, in the order in which they come.
    """

    alphabet: Alphabet
    segments: int
    used: int
    left: int
    costly: tuple[str, ...] = ()

    @property
    def ruler(self) -> list[int]:
        """How full each segment is, in per cent."""
        alone = self.segments < 2
        room = (ALONE if alone else IN_PARTS)[self.alphabet]
        last = round(100 * (room - self.left) / room)
        return [100] * (self.segments - 1) + [last] if self.segments else []


def measure(text: str) -> Measure:
    """How a network would carry this text, with nothing open in it any more."""
    costly = tuple(dict.fromkeys(each for each in text if each not in BASIC | EXTENDED))
    alphabet = Alphabet.UNICODE if costly else Alphabet.GSM
    widths = [_width(each, alphabet) for each in text]
    used = sum(widths)
    if used <= ALONE[alphabet]:
        return Measure(alphabet, 1 if text else 0, used, ALONE[alphabet] - used, costly)
    *_full, last = _filled(widths, IN_PARTS[alphabet])
    segments = len(_full) + 1
    return Measure(alphabet, segments, used, IN_PARTS[alphabet] - last, costly)


def _width(character: str, alphabet: Alphabet) -> int:
    if alphabet is Alphabet.UNICODE:
        return 2 if ord(character) > 0xFFFF else 1
    return 2 if character in EXTENDED else 1


def _filled(widths: list[int], room: int) -> Iterator[int]:
    """How full each segment is: neither an escape nor a pair is cut in two."""
    taken = 0
    for width in widths:
        if taken + width > room:
            yield taken
            taken = 0
        taken += width
    yield taken


def cheaper(text: str) -> str:
    """The same words with the quotes, dashes and spaces of the cheap alphabet."""
    return text.translate(CHEAPER)


def check_sms(text: str, allowed: Collection[str] | None) -> list[Problem]:
    """Everything wrong with a text; None for ``allowed`` lets any placeholder pass."""
    where = _("Text message")
    found = check(text, allowed, where=where)
    if not text.strip():
        sentence = _("The text message is empty. Write what people should do.")
        found.append(Problem(sentence, where=where))
    return found


def compile_sms(text: str) -> Compiled:
    """The text with all done that is the same for everybody; raises InvalidTemplate."""
    if problems := check_sms(text, None):
        raise InvalidTemplate(problems)
    lines = [line.rstrip() for line in cheaper(text).strip().splitlines()]
    return Compiled(subject="", html="", text="\n".join(lines))
