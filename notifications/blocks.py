"""The blocks that an email body is built from, as staff meet them in the editor.

What each block turns into is composing's to say; the names and keys here are what
a body stores, and so a contract with every message that was ever saved.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

FEATURES = ["bold", "italic", "link", "ol", "ul", "placeholder"]
SHORT_FEATURES = ["bold", "italic", "link", "placeholder"]


class ButtonBlock(blocks.StructBlock):
    """One thing to do, big enough for a thumb."""

    label = blocks.CharBlock(
        label=_("Words on the button"),
        max_length=80,
        help_text=_("Say what happens: Read the notice, Book a slot."),
    )
    url = blocks.CharBlock(
        label=_("Address"),
        max_length=1000,
        help_text=_(
            "https://…, mailto:… or tel:…. A placeholder can be the whole address, "
            "or stand after its question mark."
        ),
    )

    class Meta:
        icon = "link"
        label = _("Button")
        form_layout = ["label", "url"]


class CalloutBlock(blocks.StructBlock):
    """A framed paragraph that nobody should miss."""

    tone = blocks.ChoiceBlock(
        label=_("Tone"),
        choices=[("info", _("Good to know")), ("warning", _("Important"))],
        default="info",
    )
    text = blocks.RichTextBlock(label=_("Text"), features=SHORT_FEATURES)

    class Meta:
        icon = "warning"
        label = _("Call-out")


class ImageBlock(blocks.StructBlock):
    """A picture that is already on the web, for the reader's program to fetch."""

    url = blocks.URLBlock(
        label=_("Address of the picture"),
        max_length=1000,
        help_text=_("https://… of a picture that anybody can open."),
    )
    alt = blocks.CharBlock(
        label=_("What it shows"),
        max_length=250,
        help_text=_(
            "Read aloud to people who cannot see it, and shown where pictures are "
            "switched off."
        ),
    )

    class Meta:
        icon = "image"
        label = _("Image")


class TableBlock(blocks.StructBlock):
    """A small table, typed or pasted as lines."""

    rows = blocks.TextBlock(
        label=_("Rows"),
        rows=5,
        help_text=_(
            "One row per line, cells separated by |, for example: Monday | 9:00–12:00. "
            "At most six columns."
        ),
    )
    header = blocks.BooleanBlock(
        label=_("The first row is a heading"), required=False, default=True
    )

    class Meta:
        icon = "table"
        label = _("Table")


class EmailBody(blocks.StreamBlock):
    """The body of an email, block by block."""

    heading = blocks.CharBlock(
        label=_("Heading"), icon="title", form_classname="title", max_length=200
    )
    text = blocks.RichTextBlock(label=_("Text"), icon="pilcrow", features=FEATURES)
    button = ButtonBlock()
    callout = CalloutBlock()
    image = ImageBlock()
    table = TableBlock()
    divider = blocks.StaticBlock(
        label=_("Divider"),
        icon="minus",
        admin_text=_("A thin line between two parts."),
    )

    class Meta:
        max_num = 60
