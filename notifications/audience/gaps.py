"""People without a value that a message cannot do without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Q

#: The placeholders that may be empty for a person, with nothing in their place.
MAY_LACK: Mapping[str, Q] = {"unit": Q(unit=""), "zone": Q(zone=None)}


@dataclass(frozen=True, slots=True)
class Gap:
    """Those who lack ``name``; of them only those without, or with, another value."""

    name: str
    without: str = ""
    having: str = ""

    @property
    def condition(self) -> Q:
        """What is true of exactly these people."""
        found = MAY_LACK[self.name]
        if self.without:
            found &= MAY_LACK[self.without]
        if self.having:
            found &= ~MAY_LACK[self.having]
        return found
