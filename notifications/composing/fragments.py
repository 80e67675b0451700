"""A source cut into plain words and Liquid, and Liquid kept out of harm's way."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

LITERAL, OUTPUT, TAG, OPEN = "literal", "output", "tag", "open"
# An opening brace never swallows the next one: the first of the two is then open.
INSIDE = r"(?:(?!\{\{|\{%).)*?"
LIQUID = re.compile(rf"\{{\{{{INSIDE}\}}\}}|\{{%{INSIDE}%\}}|\{{\{{|\{{%", re.DOTALL)
# Nothing that a person reads; some of it ends lines or strings somewhere else.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
CURLY_QUOTES = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'"})


@dataclass(frozen=True)
class Fragment:
    """A run of plain words, one `{{ output }}`, one `{% tag %}`, or an open brace."""

    kind: str
    text: str
    start: int

    @property
    def inner(self) -> str:
        """What stands between the braces, without the whitespace control."""
        return self.text[2:-2].strip().strip("-").strip()


def split(source: str) -> list[Fragment]:
    """The source in order, every character in its place, typing marks tidied."""
    source = CONTROL.sub(" ", source)
    found: list[Fragment] = []
    at = 0
    for match in LIQUID.finditer(source):
        if match.start() > at:
            found.append(Fragment(LITERAL, source[at : match.start()], at))
        found.append(Fragment(_kind(match.group()), tidy(match.group()), match.start()))
        at = match.end()
    if at < len(source):
        found.append(Fragment(LITERAL, source[at:], at))
    return found


def tidy(fragment: str) -> str:
    """Undo what word processors do to typed Liquid: curly quotes, hard spaces."""
    fragment = fragment.replace("\u00a0", " ").replace("\u200b", " ")
    if '"' in fragment or "'" in fragment:
        return fragment
    return fragment.translate(CURLY_QUOTES)


def tidied(source: str) -> str:
    """The whole source with its Liquid tidied, every character in its place."""
    return "".join(fragment.text for fragment in split(source))


def _kind(text: str) -> str:
    if len(text) == 2:
        return OPEN
    return OUTPUT if text.startswith("{{") else TAG


class Vault:
    """Keeps texts aside under names that no layout tool can read anything into."""

    def __init__(self, seed: str) -> None:
        digest = sha256(seed.encode("utf-8", "surrogatepass")).hexdigest()
        self._prefix = f"kept{digest[:16]}n"
        self._kept: list[str] = []
        self._names = re.compile(rf"{self._prefix}(\d+)z")

    def keep(self, text: str) -> str:
        """A name to lay out in the text's place."""
        self._kept.append(text)
        return f"{self._prefix}{len(self._kept) - 1}z"

    def keep_liquid(self, source: str) -> str:
        """The source with only its Liquid put away."""
        return "".join(
            f.text if f.kind == LITERAL else self.keep(f.text) for f in split(source)
        )

    def restore(self, text: str) -> str:
        """Every name replaced by what it stands for."""
        return self._names.sub(lambda found: self._kept[int(found.group(1))], text)
