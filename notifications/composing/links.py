"""Which addresses may become a link, in what staff write and in values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from django.utils.translation import gettext as _

from .fragments import CONTROL, LITERAL, OUTPUT, Fragment, split
from .problems import UnsafeLink

LONGEST = 2000
FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\\<>\"`{}|^]")
MAIL = re.compile(r"mailto:[^@?&\s]+@[^@?&\s]+(\?.*)?", re.IGNORECASE)
PHONE = re.compile(r"tel:\+?[0-9().\-]+", re.IGNORECASE)
#: Most links, for which the long way would say yes as well.
PLAIN = re.compile(r"(https?)://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/[A-Za-z0-9./_~=&?%+-]*)?")
BARE_NAME = re.compile(r"[A-Za-z_][\w-]*")


def is_safe(url: str, *, schemes: tuple[str, ...] = ()) -> bool:
    """Whether this is a full https, http, mailto or tel address, and plain."""
    if len(url) > LONGEST:
        return False
    if plain := PLAIN.fullmatch(url):
        return not schemes or plain[1] in schemes
    if FORBIDDEN.search(url):
        return False
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    if schemes and parts.scheme not in schemes:
        return False
    if parts.scheme in ("https", "http"):
        # A name before an @ is how one site is dressed up as another.
        return bool(host) and "@" not in parts.netloc
    return bool(MAIL.fullmatch(url) or PHONE.fullmatch(url))


def safe_link(value: str, name: str) -> str:
    """The value as a link.

    Raises:
        UnsafeLink: it is not an address that may be clicked.
    """
    url = value.strip()
    if not is_safe(url):
        raise UnsafeLink(name)
    return url


def query_part(value: str) -> str:
    """The value, percent-encoded so that it stays inside its part of the URL."""
    return quote(CONTROL.sub("", value), safe="")


@dataclass(frozen=True)
class Link:
    """A link as staff wrote it: its Liquid source made safe, or what is wrong."""

    source: str
    objection: str = ""


def read_link(written: str, *, schemes: tuple[str, ...] = ()) -> Link:
    """A placeholder may be the whole link, or stand after its question mark."""
    pieces = split(written.strip())
    if not pieces:
        return Link("", _("The link is empty. Give it an address."))
    if any(piece.kind not in (LITERAL, OUTPUT) for piece in pieces):
        return Link("", _("A link can hold placeholders, but no {% tags %}."))
    if len(pieces) == 1 and pieces[0].kind == OUTPUT:
        return Link(_with_filter(pieces[0], "_href"))
    shape = "".join("x" if p.kind == OUTPUT else p.text for p in pieces)
    if objection := _objection(shape, schemes):
        return Link("", objection)
    return _with_query(pieces)


def _with_query(pieces: list[Fragment]) -> Link:
    written, asked = "", False
    for piece in pieces:
        if piece.kind == LITERAL:
            asked = asked or "?" in piece.text
            written += piece.text
        elif asked:
            written += _with_filter(piece, "_query")
        else:
            sentence = _(
                "“%(placeholder)s” can be a whole link, or stand after a question "
                "mark in one, but not here."
            )
            return Link("", sentence % {"placeholder": piece.text})
    return Link(written)


def _with_filter(piece: Fragment, name: str) -> str:
    inner = piece.inner
    found = BARE_NAME.match(inner)
    known_as = found.group() if found else ""
    return f'{{{{ {inner} | {name}: "{known_as}" }}}}'


def _objection(url: str, schemes: tuple[str, ...]) -> str:
    if is_safe(url, schemes=schemes):
        return ""
    if re.fullmatch(r"(www\.)?[\w-]+(\.[\w-]+)+(/\S*)?", url):
        sentence = _("“%(url)s” is not a full address. Write https://%(url)s.")
        return sentence % {"url": url}
    if schemes:
        return _("“%(url)s” cannot be used. It must start with https://.") % {
            "url": url
        }
    sentence = _(
        "“%(url)s” cannot be used as a link. It must start with https://, "
        "http://, mailto: or tel:, and have no spaces in it."
    )
    return sentence % {"url": url}
