"""One thing that waits for the person who looks at Home."""

from __future__ import annotations

from dataclasses import dataclass

#: Of each kind; a day with more than this needs the lists, not the home page.
MOST = 5


@dataclass(frozen=True, slots=True)
class Need:
    """What it is, why, and the button that leads there."""

    title: str
    why: str
    url: str
    label: str
    icon: str
    tone: str = "wait"
