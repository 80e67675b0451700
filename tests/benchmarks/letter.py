"""The mail that is measured: what an estate office really sends, and nothing smaller.

Staff write it in blocks; our own composing lays it out. The peers get the very same
words, with placeholders as Django's templates write them.
"""

from __future__ import annotations

import re
from typing import Any

SUBJECT = "{{ first_name }}, the water will be off in {{ zone }} on Monday"


def _name(placeholder: str) -> str:
    return f'<placeholder name="{placeholder}"></placeholder>'


def _block(kind: str, value: Any = None) -> dict[str, Any]:
    return {"type": kind, "value": value}


BLOCKS = [
    _block("heading", "The water will be off on Monday morning"),
    _block(
        "text",
        f"<p>Dear {_name('name')},</p>"
        "<p>We have to turn the water off while we replace a valve in the basement of "
        f"<b>{_name('zone')}</b>. Your home, {_name('unit')}, is on that line. Please "
        "fill a kettle and a bucket before we start, and keep all taps closed "
        "until it is back, so that nothing runs over while you are out.</p>",
    ),
    _block(
        "text",
        "<p>If somebody in your home depends on water for their health, ring the desk "
        f"today, {_name('first_name')}, and we will bring some to the door.</p>",
    ),
    _block(
        "text",
        f"<p>Thank you for your patience.<br/>{_name('sender_name')}, "
        f"{_name('cluster')}</p>",
    ),
]

_LIQUID = re.compile(r"\{\{\s*(\w+)\s*\|[^}]*\}\}")


def as_django(source: str) -> str:
    """The same words for Django's template engine, which needs no filters for links."""
    return _LIQUID.sub(r"{{ \1 }}", source)


def compiled(cluster: Any) -> Any:
    """Laid out as for every cluster, with its brand and the way out at its foot."""
    from notifications.dispatching.brands import compile_for

    return compile_for(cluster, SUBJECT, BLOCKS)


FIRST = ("Anna", "Bjørn", "Chloé", "David", "Élodie", "Farah", "George", "Hana", "Ines")
LAST = ("Lindqvist", "Okafor", "O'Neill", "Schmidt", "Tanaka", "Vasquez", "Wójcik")


def person(number: int, domain: str) -> dict[str, str]:
    """Somebody who lives there; no two have the same name and address."""
    first = FIRST[number % len(FIRST)]
    return {
        "first_name": first,
        "name": f"{first} {LAST[number % len(LAST)]} {number}",
        "unit": f"Flat {number % 120}",
        "email": f"person{number}@{domain}",
    }


ZONES = ("Heron East", "Heron West", "Kingfisher", "Mallard", "Wharf House")
