"""The scripts and styles of these pages."""

from __future__ import annotations

from django.forms import Media

from console.messages import panel

#: Pages that show how something stands, or ask before a step.
plain = Media(css={"all": ["console/editor.css", "console/composer.css"]})
#: Pages with the preview of words that are not being edited.
reading = panel.reading + plain
#: The composer.
writing = (
    panel.media
    + plain
    + Media(js=["console/composer.js", "console/zonepicker.js", "console/reach.js"])
)
