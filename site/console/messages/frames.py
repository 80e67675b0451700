"""A mail made harmless for a sandboxed frame of the console."""

from __future__ import annotations

import re
from html import escape, unescape
from urllib.parse import quote

from django.conf import settings
from django.utils.translation import gettext as _

#: Only a cluster's own logo may load, whatever the words ask for.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data: {logos}; "
    "form-action 'none'; base-uri 'none'"
)
IMAGE = re.compile(r"<img\b[^>]*>")
SOURCE = re.compile(r'(?<=\ssrc=")[^"]*')
SAYS = re.compile(r'\salt="([^"]*)"')
LONGEST = 60

STAND_IN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 120">'
    '<rect width="600" height="120" fill="#e4e8eb"/>'
    '<text x="300" y="66" font-family="sans-serif" font-size="18" fill="#4b5760" '
    'text-anchor="middle">{words}</text></svg>'
)


def framed(html: str) -> str:
    """The mail with nothing in it that loads, and no link that leads away.

    Pictures from elsewhere become a box that says what they show.
    """
    head = f'<meta http-equiv="Content-Security-Policy" content="{_policy()}">'
    whole = html.replace("<head>", f'<head>{head}<base target="_blank">', 1)
    return IMAGE.sub(_harmless, whole)


def _logos() -> str:
    return f"{settings.BASE_URL}{settings.MEDIA_URL}logos/"


def _policy() -> str:
    return POLICY.format(logos=_logos())


def _harmless(image: re.Match[str]) -> str:
    source = SOURCE.search(image[0])
    if source is None or source[0].startswith((_logos(), "data:")):
        return image[0]
    says = SAYS.search(image[0])
    shown = unescape(says[1]) if says else ""
    words = _("Picture: %(shown)s") % {"shown": shown} if shown else _("Picture")
    if len(words) > LONGEST:
        words = words[:LONGEST] + "…"
    drawn = quote(STAND_IN.format(words=escape(words)))
    return SOURCE.sub(f"data:image/svg+xml,{drawn}", image[0])
