"""The kinds of block in an email body: what each checks, lays out and says.

A kind reads the raw value that a StreamField stores, which may come from an old
version or another program: nothing in it is taken for granted.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .fragments import LITERAL, Vault, split
from .links import read_link
from .liquid import check
from .page import Page, one_line
from .problems import Problem
from .richtext import is_empty, problems, read
from .richwriting import link_text, to_html, to_text

Names = Collection[str] | None
Context = dict[str, Any]
MOST_COLUMNS = 6


class Kind(ABC):
    """One kind of block."""

    label: str | Promise

    @abstractmethod
    def check(self, value: object, allowed: Names) -> list[Problem]:
        """What is wrong with it; no `where`, the caller knows its place."""

    @abstractmethod
    def context(self, value: object, page: Page) -> Context:
        """What its MJML template in `email/blocks/` wants to know."""

    @abstractmethod
    def text(self, value: object) -> str:
        """It as plain text, Liquid still open."""


class Heading(Kind):
    label = gettext_lazy("heading")

    def check(self, value: object, allowed: Names) -> list[Problem]:
        return _needed(_word(value), allowed, _("The heading is empty."))

    def context(self, value: object, page: Page) -> Context:
        return {"words": page.text(one_line(_word(value)))}

    def text(self, value: object) -> str:
        words = one_line(_word(value))
        return f"{words}\n{_rule(words, '=')}"


class Text(Kind):
    label = gettext_lazy("text")

    def check(self, value: object, allowed: Names) -> list[Problem]:
        root = read(_word(value))
        if is_empty(root):
            return [Problem(_("The text is empty. Write it, or delete the block."))]
        return problems(root, allowed)

    def context(self, value: object, page: Page) -> Context:
        return {"rich": page.markup(to_html(read(_word(value)), page))}

    def text(self, value: object) -> str:
        return to_text(read(_word(value)))


class Callout(Kind):
    label = gettext_lazy("call-out")
    tones = {"info": gettext_lazy("Good to know"), "warning": gettext_lazy("Important")}

    def check(self, value: object, allowed: Names) -> list[Problem]:
        return Text().check(_part(value, "text"), allowed)

    def context(self, value: object, page: Page) -> Context:
        tone = self._tone(value)
        rich = Text().context(_part(value, "text"), page)
        return rich | {"tone": tone, "title": page.text(str(self.tones[tone]))}

    def text(self, value: object) -> str:
        title = self.tones[self._tone(value)]
        inner = Text().text(_part(value, "text"))
        return f"*** {title} ***\n{inner}"

    def _tone(self, value: object) -> str:
        tone = _word(_part(value, "tone"))
        return tone if tone in self.tones else "info"


class Button(Kind):
    label = gettext_lazy("button")

    def check(self, value: object, allowed: Names) -> list[Problem]:
        label = _word(_part(value, "label"))
        empty = _("The button has no words. Say what happens: Read the notice.")
        return _needed(label, allowed, empty) + _address(value, allowed)

    def context(self, value: object, page: Page) -> Context:
        return {
            "words": page.text(one_line(_word(_part(value, "label")))),
            "link": page.link(_word(_part(value, "url"))),
        }

    def text(self, value: object) -> str:
        label = one_line(_word(_part(value, "label")))
        return link_text(label, _word(_part(value, "url")))


class Image(Kind):
    label = gettext_lazy("image")

    def check(self, value: object, allowed: Names) -> list[Problem]:
        empty = _(
            "The image has no description. Say what it shows, for who cannot see."
        )
        alt = _needed(_word(_part(value, "alt")), allowed, empty)
        return _address(value, allowed, schemes=("https",)) + alt

    def context(self, value: object, page: Page) -> Context:
        return {
            "link": page.link(_word(_part(value, "url"))),
            "alt": page.text(one_line(_word(_part(value, "alt")))),
        }

    def text(self, value: object) -> str:
        return f"[{one_line(_word(_part(value, 'alt')))}]"


class Table(Kind):
    label = gettext_lazy("table")

    def check(self, value: object, allowed: Names) -> list[Problem]:
        written = _word(_part(value, "rows"))
        rows = self._rows(value)
        if not rows:
            sentence = _("The table is empty. Write one row per line: Monday | 9:00.")
            return [Problem(sentence)]
        found = check(written, allowed)
        if len(rows[0]) > MOST_COLUMNS:
            sentence = _(
                "The table has %(n)d columns; at most %(most)d fit on a phone."
            )
            found.append(Problem(sentence % {"n": len(rows[0]), "most": MOST_COLUMNS}))
        return found or [
            problem for row in rows for cell in row for problem in check(cell, allowed)
        ]

    def context(self, value: object, page: Page) -> Context:
        rows = [[page.text(cell) for cell in row] for row in self._rows(value)]
        head = rows[:1] if self._has_head(value) else []
        return {"head": head, "rows": rows[len(head) :]}

    def text(self, value: object) -> str:
        lines = [" | ".join(row) for row in self._rows(value)]
        if self._has_head(value) and lines:
            lines.insert(1, _rule(lines[0], "-"))
        return "\n".join(lines)

    def _has_head(self, value: object) -> bool:
        return _part(value, "header") is True

    def _rows(self, value: object) -> list[list[str]]:
        """Cells per row, all rows equally long; a bar inside Liquid divides nothing."""
        written = _word(_part(value, "rows"))
        vault = Vault(written)
        rows = [
            [vault.restore(cell.strip()) for cell in line.strip().strip("|").split("|")]
            for line in vault.keep_liquid(written).splitlines()
            if line.strip().strip("|")
        ]
        longest = max(map(len, rows), default=0)
        return [row + [""] * (longest - len(row)) for row in rows]


class Divider(Kind):
    label = gettext_lazy("divider")

    def check(self, value: object, allowed: Names) -> list[Problem]:
        return []

    def context(self, value: object, page: Page) -> Context:
        return {}

    def text(self, value: object) -> str:
        return "-" * 40


KINDS: Mapping[str, Kind] = {
    "heading": Heading(),
    "text": Text(),
    "callout": Callout(),
    "button": Button(),
    "image": Image(),
    "table": Table(),
    "divider": Divider(),
}


def _rule(words: str, mark: str) -> str:
    """A line about as long as the words will be once they are filled."""
    pieces = split(words)
    length = sum(len(p.text) if p.kind == LITERAL else 8 for p in pieces)
    return mark * max(4, min(length, 60))


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _part(value: object, name: str) -> object:
    return value.get(name) if isinstance(value, Mapping) else None


def _needed(words: str, allowed: Names, empty: str) -> list[Problem]:
    return check(words, allowed) if words.strip() else [Problem(empty)]


def _address(
    value: object, allowed: Names, *, schemes: tuple[str, ...] = ()
) -> list[Problem]:
    written = _word(_part(value, "url"))
    if broken := check(written, allowed):
        return broken
    objection = read_link(written, schemes=schemes).objection
    return [Problem(objection)] if objection else []
