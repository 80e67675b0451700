"""A report on paper: A4 as PDF, in the letters of most of the world's names."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from fpdf import FPDF, FontFace, XPos, YPos
from fpdf.enums import Align, MethodReturnValue, TableBordersLayout
from PIL import Image

from notifications.composing.colours import on, readable, valid

from . import words
from .cells import writable
from .parts import Cell, Document, Part

FONTS = Path(__file__).parent / "fonts"
FONT = "DejaVu"
WHITE, INK, SOFT, LINE = "#ffffff", "#16191d", "#4d5660", "#c9ced6"
#: Millimetres.
MARGIN, BAND, LABEL = 18.0, 26.0, 46.0
#: Of a cell of a table, which has to fit on a page.
LONGEST_CELL = 300


class Paper(FPDF):
    """Pages with the owner's band on the first, and a foot with the number on each."""

    def __init__(self, document: Document) -> None:
        super().__init__(format="A4")
        self.document = document
        self.accent = readable(valid(document.colour), WHITE)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(True, margin=MARGIN + 4)
        self.add_font(FONT, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_text_shaping(True)
        self.set_title(writable(f"{document.kind}: {document.title}"))
        self.set_author(writable(document.owner))
        self.set_creator("Tocsin")
        self.set_lang(document.language)
        self.set_creation_date(timezone.now())
        self.ink()

    def ink(self, size: float = 9, style: str = "", colour: str = INK) -> None:
        """The letters of what comes next."""
        self.set_font(FONT, style, size)
        self.set_text_color(colour)

    def footer(self) -> None:
        # Not from the margin: a page may end within something that is set in.
        self.set_xy(MARGIN, -MARGIN)
        self.ink(7.5, colour=SOFT)
        number = _("Page %(number)d of %(all)s") % {
            "number": self.page_no(),
            "all": self.str_alias_nb_pages,
        }
        self.cell(self.w - 2 * MARGIN - 34, 5, self.known(self.document.foot))
        self.cell(34, 5, number, align=Align.R)

    def known(self, text: str) -> str:
        """The text with a sign in the place of each that no font here has."""
        font: Any = self.fonts[FONT.lower()]
        glyphs = font.cmap
        return "".join(
            each if each == "\n" or ord(each) in glyphs else "\ufffd"
            for each in writable(text).replace("\t", " ")
        )

    def say(self, text: str, width: float = 0, height: float = 4.8) -> None:
        """Words over as many lines and pages as they need, the way they are written."""
        self.multi_cell(
            width,
            height,
            self.known(text),
            align=Align.R if _from_right(text) else Align.L,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )


def print_document(document: Document, path: Path) -> None:
    """Write the report to a file."""
    paper = Paper(document)
    paper.add_page()
    _band(paper)
    _pairs(paper, document.facts)
    for part in document.parts:
        _heading(paper, part.heading)
        if part.head and part.rows:
            _table(paper, part)
        elif not part.head:
            _pairs(paper, part.rows)
        if part.note:
            paper.ink(8.5, colour=SOFT)
            paper.say(part.note)
    paper.output(str(path))


def _band(paper: Paper) -> None:
    """Whose report it is, in their colour; then what it is about."""
    document = paper.document
    colour = valid(document.colour)
    paper.set_fill_color(colour)
    paper.rect(0, 0, paper.w, BAND, style="F")
    width = paper.epw - 44
    paper.set_xy(MARGIN, 7)
    paper.ink(15, "B", on(colour))
    paper.cell(width, 7, paper.known(_short(document.owner, 60)))
    paper.set_xy(MARGIN, 15)
    paper.ink(9.5, colour=on(colour))
    paper.cell(width, 5, paper.known(document.kind))
    if document.logo is not None:
        _logo(paper, document.logo)
    paper.set_y(BAND + 8)
    paper.ink(17, "B")
    paper.say(document.title, height=8)
    paper.ln(2)


def _logo(paper: Paper, picture: bytes) -> None:
    """On white, at the right of the band; one that cannot be read is left out."""
    left, top, width, height = paper.w - MARGIN - 40, 4.0, 40.0, BAND - 8
    try:
        seen = Image.open(BytesIO(picture))
        seen.load()
    except (OSError, ValueError, Image.DecompressionBombError):
        return
    paper.set_fill_color(WHITE)
    paper.rect(left, top, width, height, style="F", round_corners=True, corner_radius=1)
    paper.image(
        seen,
        left + 1.5,
        top + 1.5,
        width - 3,
        height - 3,
        keep_aspect_ratio=True,
        alt_text=writable(paper.document.owner),
    )


def _heading(paper: Paper, text: str) -> None:
    if paper.will_page_break(24):
        paper.add_page()
    paper.ln(5)
    paper.ink(11.5, "B", paper.accent)
    paper.start_section(paper.known(text))
    paper.say(text, height=6)
    paper.set_draw_color(LINE)
    paper.line(MARGIN, paper.y + 0.5, paper.w - MARGIN, paper.y + 0.5)
    paper.ln(2)


def _pairs(paper: Paper, rows: Sequence[Sequence[Cell]]) -> None:
    """A label at the left, what it says beside it; long words go over the page."""
    for label, said in rows:
        if not said:
            continue
        paper.ink(8.5, colour=SOFT)
        named = paper.known(_short(_text(label), LONGEST_CELL))
        as_label: dict[str, Any] = {"w": LABEL - 3, "h": 4.8, "text": named}
        as_label |= {"align": Align.L, "new_y": YPos.NEXT}
        high: Any = paper.multi_cell(
            **as_label, dry_run=True, output=MethodReturnValue.HEIGHT
        )
        if paper.will_page_break(max(high, 10)):
            paper.add_page()
        top, page = paper.y, paper.page
        paper.multi_cell(**as_label)
        bottom = paper.y
        paper.set_xy(MARGIN + LABEL, top)
        paper.ink(9)
        paper.set_left_margin(MARGIN + LABEL)
        paper.say(_text(said))
        paper.set_left_margin(MARGIN)
        paper.set_x(MARGIN)
        if paper.page == page:
            paper.set_y(max(paper.y, bottom))
        paper.ln(1)


def _table(paper: Paper, part: Part) -> None:
    paper.ink(8)
    # Else the cells are in the colour of the band.
    paper.set_fill_color(WHITE)
    paper.set_draw_color(LINE)
    ways: Any = [Align.R if each else Align.L for each in _numbers(part)]
    head = FontFace(emphasis="BOLD", color=SOFT)
    with paper.table(
        borders_layout=TableBordersLayout.HORIZONTAL_LINES,
        headings_style=head,
        line_height=4.4,
        padding=(0.8, 1.5),
        text_align=ways,
        col_widths=_widths(part),
    ) as table:
        for row in (part.head, *part.rows):
            drawn = table.row()
            for cell in row:
                drawn.cell(paper.known(_short(_text(cell), LONGEST_CELL)))
    paper.ln(1)


def _numbers(part: Part) -> list[bool]:
    """Which columns hold nothing but numbers."""
    return [
        all(isinstance(cell, str) and cell.isdecimal() for cell in column)
        for column in zip(*part.rows, strict=True)
    ]


def _widths(part: Part) -> list[int]:
    """As wide as what stands in them, within reason."""
    lengths: list[int] = []
    for column in zip(part.head, *part.rows, strict=True):
        longest = max(len(_text(cell)) for cell in column)
        lengths.append(min(max(longest, 8), 40))
    return lengths


def _text(cell: Cell) -> str:
    return words.clock(cell) if isinstance(cell, datetime) else cell or ""


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _from_right(text: str) -> bool:
    """Whether the first letter that says so is one that is written to the left."""
    ways = (unicodedata.bidirectional(each) for each in text)
    first: Any = next((way for way in ways if way in ("L", "R", "AL")), "L")
    return bool(first != "L")
