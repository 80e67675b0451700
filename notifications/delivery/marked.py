"""What a worker knows of an entry that it has marked: a row, and no more."""

from __future__ import annotations

from typing import NamedTuple


class Marked(NamedTuple):
    """An entry marked as being sent, with who and where it goes.

    ``attempts`` counts this one; ``reason`` is what earlier ones left to remember, and
    ``provider`` whom the last one went to.
    """

    pk: int
    batch_id: int
    dispatch_id: int
    content_id: int
    attempts: int
    reason: str
    provider: str
    name: str
    unit: str
    address: str
    first_name: str
    zone: str | None
