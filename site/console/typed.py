"""What comes typed or in an address, made safe for what lies behind."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, QueryDict

#: The largest key that a database holds.
MOST = 2**63 - 1


def number_in(text: str) -> int | None:
    """A number that can be a key of a row; None for everything else."""
    if not text.isdecimal() or len(text) > len(str(MOST)):
        return None
    number = int(text)
    return number if number <= MOST else None


def without_nul(request: HttpRequest) -> None:
    """Take NUL characters out of all that was sent: PostgreSQL keeps none in text."""
    sent: Any = request
    sent.GET = _clean(request.GET)
    if request.method == "POST":
        sent.POST = _clean(request.POST)


def _clean(given: QueryDict) -> QueryDict:
    lists = list(given.lists())
    if not any("\0" in text for name, texts in lists for text in (name, *texts)):
        return given
    clean = QueryDict(mutable=True, encoding=given.encoding)
    for name, texts in lists:
        clean.setlist(
            name.replace("\0", ""), [text.replace("\0", "") for text in texts]
        )
    # As Django hands them out.
    clean._mutable = False
    return clean
