"""What was measured, held against its aim."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

#: Letters of a problem that a table has room for.
MOST_SAID = 160


class Invalid(Exception):
    """A run that did not do the work: it says nothing, and says why."""


@dataclass(frozen=True)
class Aim:
    """At least, or at most, so many times the other."""

    number: float
    at_most: bool = False

    def __str__(self) -> str:
        return f"{'≤' if self.at_most else '≥'} {self.number:g} ×"

    def kept(self, figure: float) -> bool:
        return figure <= self.number if self.at_most else figure >= self.number

    def verdict(self, figure: float) -> str:
        """ "pass", or by how much it falls short."""
        if self.kept(figure):
            return "pass"
        part = abs(figure - self.number) / self.number
        digits = 0 if part >= 0.01 else 2
        return f"{part:.{digits}%} {'over' if self.at_most else 'short'}"


def at_least(number: float) -> Aim:
    return Aim(number)


def at_most(number: float) -> Aim:
    return Aim(number, at_most=True)


@dataclass(frozen=True)
class Finding:
    """Runs of ours beside runs of what they are held against, in the same unit.

    The figure is ours divided by the other, of the medians; its spread comes from the
    runs pair by pair, as they were made one after the other. Without ``theirs`` it
    only informs.
    """

    row: str
    vendor: str
    what: str
    unit: str
    ours: Sequence[float]
    theirs: Sequence[float] = ()
    aim: Aim | None = None
    problem: str = ""

    @property
    def figure(self) -> float:
        return statistics.median(self.ours) / statistics.median(self.theirs)

    @property
    def spread(self) -> tuple[float, float]:
        pairs = [a / b for a, b in zip(self.ours, self.theirs, strict=True)]
        return min(pairs), max(pairs)

    @property
    def ratio(self) -> str:
        if not self.ours or not self.theirs:
            return ""
        low, high = self.spread
        return f"{self.figure:.2f} ({low:.2f}–{high:.2f})"

    @property
    def verdict(self) -> str:
        if self.problem:
            words = " ".join(self.problem.split())
            return f"invalid: {words[:MOST_SAID]}"
        if self.aim is None:
            return ""
        return self.aim.verdict(self.figure)

    def to_json(self) -> dict[str, Any]:
        aim = self.aim and {"number": self.aim.number, "at_most": self.aim.at_most}
        return {**vars(self), "aim": aim}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        aim = data.pop("aim")
        return cls(**data, aim=Aim(**aim) if aim else None)


def shown(numbers: Sequence[float], unit: str) -> str:
    """The median, as a person writes it down."""
    if not numbers:
        return ""
    number = statistics.median(numbers)
    digits = 0 if number >= 100 else 1 if number >= 10 else 2 if number >= 1 else 4
    return f"{number:,.{digits}f}".replace(",", " ") + f" {unit}"
