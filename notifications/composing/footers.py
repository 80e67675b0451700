"""The small print of an email: why it came, and the way out."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import override

from .fragments import tidied
from .links import read_link
from .liquid import check
from .page import Page, literal
from .problems import Problem
from .richwriting import link_text

LINK = re.compile(r"\[([^\]\n]+)\]\(([^)\n]+)\)")
BARE_URL = re.compile(r"(?<!\()\{\{\s*(\w+_url)\s*\}\}")


def standard_footer(cluster: str, language: str = "en-gb") -> str:
    """Why somebody got this, and a link to stop it, in their language.

    Wants a value for `unsubscribe_url` when filled.
    """
    with override(language):
        why = _("You get this message because %(cluster)s has you on its list.")
        stop = _("Stop these messages")
    why %= {"cluster": literal(cluster)}
    return f"{why}\n[{stop}]({{{{ unsubscribe_url }}}})"


def footer_problems(footer: str) -> list[Problem]:
    """Broken placeholders, and links that lead nowhere."""
    where = _("Footer")
    found = check(footer, None, where=where)
    for _label, address in LINK.findall(_linked(footer)):
        if objection := read_link(address).objection:
            found.append(Problem(objection, where=where))
    return found


def footer_html(footer: str, page: Page) -> str:
    """The footer as HTML, its Liquid put away in the page."""

    def anchor(label: str, address: str) -> str:
        href = page.text(read_link(address).source)
        return f'<a href="{href}">{page.text(label)}</a>'

    return _written(footer, page.lines, anchor)


def footer_text(footer: str) -> str:
    """The footer as plain text."""
    return _written(footer, str, link_text)


def _linked(footer: str) -> str:
    """A placeholder for an address, standing by itself, is a link too."""
    return BARE_URL.sub(r"[\g<0>](\g<0>)", tidied(footer.strip()))


def _written(
    footer: str, words: Callable[[str], str], link: Callable[[str, str], str]
) -> str:
    pieces = LINK.split(_linked(footer))
    written = words(pieces[0])
    for label, address, after in zip(
        pieces[1::3], pieces[2::3], pieces[3::3], strict=True
    ):
        written += link(label, address) + words(after)
    return written
