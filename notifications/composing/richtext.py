"""Rich text as the editor stores it: made safe, read, checked."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3
from django.utils.translation import gettext as _

from .fragments import LITERAL, OPEN, split, tidied
from .grammar import unknown
from .links import read_link
from .liquid import check
from .problems import Problem

BOLD, ITALIC = {"b", "strong"}, {"i", "em"}
TAGS = {"p", "br", "a", "ul", "ol", "li", "placeholder"} | BOLD | ITALIC
ATTRIBUTES = {"a": {"href"}, "placeholder": {"name"}}
SCHEMES = {"https", "http", "mailto", "tel"}
NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass
class Element:
    """An element of the few kinds that a message may hold."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def is_block(self) -> bool:
        return self.tag in ("p", "li", "ul", "ol", "")

    def words(self) -> list[str]:
        """The runs of words directly in it, formatting inside cut out."""
        return [child for child in self.children if isinstance(child, str)]

    def elements(self) -> list[Element]:
        return [child for child in self.children if isinstance(child, Element)]


def read(stored: str) -> Element:
    """The stored HTML as a tree of harmless elements; the root has no tag."""
    clean = nh3.clean(
        stored,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes=SCHEMES,
        link_rel=None,
        strip_comments=True,
    )
    reader = _Reader()
    reader.feed(clean)
    reader.close()
    return reader.root


class _Reader(HTMLParser):
    """nh3 has closed what was open, so that a stack is enough."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag != "br":
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag != "br":
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(tidied(data))


def is_empty(root: Element) -> bool:
    """Whether there is nothing to read in it."""
    return not _content(root, placeholders=True).strip()


def problems(root: Element, allowed: Collection[str] | None) -> list[Problem]:
    """Unknown, broken and split placeholders, and links that lead nowhere."""
    found: list[Problem] = []
    for block in [root, *descendants(root)]:
        if block.is_block:
            found += _split(block) or _inline(block, allowed)
    return found


def _split(block: Element) -> list[Problem]:
    """Braces that formatting has torn apart are whole only in the bare words."""
    runs = [words for part in _inline_parts(block) for words in part.words()]
    whole = {
        p.text for run in runs for p in split(run) if p.kind not in (LITERAL, OPEN)
    }
    found = []
    for piece in split(_content(block)):
        if piece.kind in (LITERAL, OPEN) or piece.text in whole:
            continue
        sentence = _(
            "Formatting starts or ends inside “%(written)s”. Delete it and pick the "
            "placeholder from the menu, then format all of it."
        )
        name = piece.inner.split(" ")[0]
        found.append(Problem(sentence % {"written": piece.text}, name=name))
    return found


def _inline(block: Element, allowed: Collection[str] | None) -> list[Problem]:
    found: list[Problem] = []
    for part in _inline_parts(block):
        found += check(" ".join(part.words()), allowed)
        if part.tag == "placeholder":
            found += _entity(part, allowed)
        elif part.tag == "a":
            found += _link(part, allowed)
    return found


def _entity(part: Element, allowed: Collection[str] | None) -> list[Problem]:
    name = part.attributes.get("name", "")
    if allowed is not None and name not in allowed:
        return [unknown(name, allowed)]
    if not NAME.fullmatch(name):
        return [Problem(_("A placeholder has no name. Delete it and pick it again."))]
    return []


def _link(part: Element, allowed: Collection[str] | None) -> list[Problem]:
    href = part.attributes.get("href", "")
    if not href:
        sentence = _(
            "The link “%(label)s” has no address that can be used. Set it again: it "
            "must start with https://, http://, mailto: or tel:."
        )
        return [Problem(sentence % {"label": _content(part, placeholders=True)})]
    if broken := check(href, allowed):
        return broken
    objection = read_link(href).objection
    return [Problem(objection)] if objection else []


def descendants(element: Element) -> Iterator[Element]:
    """Every element inside it, in the order of reading."""
    for child in element.elements():
        yield child
        yield from descendants(child)


def _inline_parts(block: Element) -> Iterator[Element]:
    """The block itself and the formatting in it, but no block inside it."""
    yield block
    for child in block.elements():
        if not child.is_block:
            yield from _inline_parts(child)


def _content(element: Element, *, placeholders: bool = False) -> str:
    """The bare words, formatting gone; nested blocks only for the root's emptiness."""
    written = ""
    for child in element.children:
        if isinstance(child, str):
            written += child
        elif child.tag == "placeholder":
            written += braces(child) if placeholders else "\ufffc"
        elif child.tag == "br":
            written += "\n"
        elif placeholders or not child.is_block:
            written += _content(child, placeholders=placeholders)
    return written


def braces(placeholder: Element) -> str:
    """A placeholder entity as Liquid."""
    return f"{{{{ {placeholder.attributes.get('name', '')} }}}}"
