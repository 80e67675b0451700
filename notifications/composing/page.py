"""Words on their way into a layout, where nothing may be read as markup."""

from __future__ import annotations

import html
import re

from .fragments import LITERAL, Vault, split, tidied
from .links import read_link


class Page:
    """One compilation: words and Liquid travel through the layout under cover.

    MJML and the inlining of styles see made-up names in their place. Markup that
    wants styles comes back between the two; words come back last, escaped.
    """

    def __init__(self, seed: str) -> None:
        self._markup = Vault(f"markup{seed}")
        self._words = Vault(f"words{seed}")

    def text(self, source: str) -> str:
        """Words with Liquid in them, for text and attributes alike."""
        return self._words.keep(
            "".join(
                html.escape(piece.text) if piece.kind == LITERAL else piece.text
                for piece in split(source)
            )
        )

    def lines(self, source: str) -> str:
        """The same, its line breaks kept."""
        return "<br />".join(map(self.text, source.split("\n")))

    def link(self, source: str) -> str:
        """The address of a link or picture, already checked."""
        return self.text(read_link(source).source)

    def markup(self, safe: str) -> str:
        """HTML that this package made itself, from words put away in the page."""
        return self._markup.keep(safe)

    def unfold(self, laid_out: str) -> str:
        """The markup back in its places."""
        return self._markup.restore(laid_out)

    def fill_in(self, styled: str) -> str:
        """The words and the Liquid back in their places."""
        return self._words.restore(styled)


def literal(text: str) -> str:
    """Words of settings and people, in which braces are only braces."""
    return re.sub(r"\{(?=[{%])", "{ ", text)


def one_line(source: str) -> str:
    """The source on one line, its Liquid tidied."""
    return " ".join(tidied(source).split())
