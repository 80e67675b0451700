"""An email made from blocks: checked, laid out with MJML, styles inlined."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import css_inline
import mrml
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from . import colours
from .compiled import Compiled, content_hash
from .filling import Filled, Filler, fill
from .footers import footer_html, footer_problems, footer_text, standard_footer
from .fragments import LITERAL, TAG, split
from .kinds import KINDS
from .links import is_safe
from .liquid import check
from .page import Page, literal, one_line
from .problems import InvalidTemplate, Problem

__all__ = [
    "Brand",
    "Compiled",
    "Filled",
    "Filler",
    "check_email",
    "compile_email",
    "content_hash",
    "fill",
    "standard_footer",
]

Block = Mapping[str, Any]
LONGEST_PREVIEW = 140
CARD, DARK_CARD = "#ffffff", "#1c2027"


@dataclass(frozen=True)
class Brand:
    """Whose mail it is: the cluster's name, colour, logo, address and language."""

    name: str
    colour: str = colours.FALLBACK
    logo_url: str = ""
    footer_address: str = ""
    language: str = "en-gb"
    direction: str = "ltr"


def check_email(
    subject: str, blocks: Sequence[Block], allowed: Collection[str] | None
) -> list[Problem]:
    """Everything wrong with an email; `where` names the field or block.

    `allowed` holds the placeholders that may be used; None lets any name pass.
    """
    found = check(subject, allowed, where=_("Subject"))
    if not subject.strip():
        sentence = _("The subject is empty. Write what the message is about.")
        found.append(Problem(sentence, where=_("Subject")))
    if not blocks:
        sentence = _("The message is empty. Add a text block and write.")
        found.append(Problem(sentence, where=_("Message")))
    for number, block in enumerate(blocks, start=1):
        found += _check_block(number, block, allowed)
    return found


def _check_block(
    number: int, block: Block, allowed: Collection[str] | None
) -> list[Problem]:
    kind = KINDS.get(str(block.get("type")))
    if kind is None:
        where = _("Block %(number)d") % {"number": number}
        sentence = _("This kind of block is not known. Delete it and add another.")
        return [Problem(sentence, where=where, block=number)]
    place = {"number": number, "kind": kind.label}
    where = _("Block %(number)d (%(kind)s)") % place
    found = kind.check(block.get("value"), allowed)
    return [replace(problem, where=where, block=number) for problem in found]


def compile_email(
    *, subject: str, blocks: Sequence[Block], brand: Brand, footer: str = ""
) -> Compiled:
    """The email with all done that is the same for everybody.

    `blocks` are the raw `{"type", "value"}` of a StreamField. `footer` is plain
    text with Liquid; `[label](address)` in it is a link.

    Raises:
        InvalidTemplate: something in it is wrong; its `problems` say what.
    """
    problems = check_email(subject, blocks, None) + footer_problems(footer)
    if problems:
        raise InvalidTemplate(problems)
    with override(brand.language):
        return Compiled(
            subject=one_line(subject),
            html=_html(one_line(subject), blocks, brand, footer),
            text=_text(blocks, brand, footer),
        )


def body_text(blocks: Sequence[Block]) -> str:
    """Blocks that were checked, as plain text without any foot."""
    return "\n\n".join(
        KINDS[str(block["type"])].text(block.get("value")) for block in blocks
    )


def _html(subject: str, blocks: Sequence[Block], brand: Brand, footer: str) -> str:
    page = Page(json.dumps([subject, list(blocks), footer], default=str))
    mjml = render_to_string(
        "email/message.mjml",
        {
            "title": page.text(subject),
            "preview": page.text(_preview(blocks)),
            "blocks": [_laid_out(block, page) for block in blocks],
            "brand": _brand_context(brand, page),
            "footer": page.markup(footer_html(footer, page)) if footer else "",
        },
    )
    # No fonts: mrml would link to a font service for the ones that it knows.
    options = mrml.RenderOptions(disable_comments=False, fonts={})
    laid_out = page.unfold(mrml.to_html(mjml, render_options=options).content)
    return page.fill_in(_INLINER.inline(laid_out))


_INLINER = css_inline.CSSInliner(
    keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False
)


def _laid_out(block: Block, page: Page) -> dict[str, Any]:
    kind = str(block["type"])
    context = KINDS[kind].context(block.get("value"), page)
    return context | {"template": f"email/blocks/{kind}.mjml"}


def _brand_context(brand: Brand, page: Page) -> dict[str, str]:
    colour = colours.valid(brand.colour)
    rtl = brand.direction == "rtl"
    has_logo = is_safe(brand.logo_url, schemes=("https",))
    return {
        "name": page.text(literal(brand.name)),
        "logo": page.text(literal(brand.logo_url)) if has_logo else "",
        "address": page.markup(page.lines(literal(brand.footer_address))),
        "language": re.sub(r"[^A-Za-z0-9-]", "", brand.language),
        "direction": "rtl" if rtl else "ltr",
        "start": "right" if rtl else "left",
        "colour": colour,
        "on_colour": colours.on(colour),
        "link": colours.readable(colour, CARD),
        "dark_link": colours.readable(colour, DARK_CARD),
        "card": CARD,
        "dark_card": DARK_CARD,
    }


def _preview(blocks: Sequence[Block]) -> str:
    """The first words of the message, which inboxes show beside the subject."""
    for block in blocks:
        if block.get("type") == "text":
            return _shortened(KINDS["text"].text(block.get("value")))
    return ""


def _shortened(source: str) -> str:
    pieces = split(source.split("\n")[0])
    if any(piece.kind == TAG for piece in pieces):
        return ""  # a condition cut in two would not close
    kept = ""
    for piece in pieces:
        room = LONGEST_PREVIEW - len(kept)
        if piece.kind == LITERAL and len(piece.text) > room:
            return kept + piece.text[: max(room, 0)].rsplit(" ", 1)[0] + "…"
        kept += piece.text
    return kept


def _text(blocks: Sequence[Block], brand: Brand, footer: str) -> str:
    closing = [footer_text(footer), literal(brand.name)]
    closing.append(literal(brand.footer_address.strip()))
    # The line “-- ” tells mail programs where the signature begins.
    signature = "-- \n" + "\n".join(part for part in closing if part)
    return f"{body_text(blocks)}\n\n{signature}\n"
