"""What became of each row, and the sums of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from notifications.importing.people import Problem
from notifications.models import RowVerdict

#: Names of zones and tags that are listed; more are only counted.
LISTED: Final = 200
#: Where ``counts`` holds the sums of what is done while a commit is under way.
SO_FAR: Final = "so_far"
#: The change by which somebody who had left is back.
RESTORED: Final = "archived"


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a person, as it was and as the file has it."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row does to the people of a cluster, or what is wrong with it."""

    number: int
    verdict: RowVerdict
    problems: tuple[Problem, ...] = ()
    changes: tuple[Change, ...] = ()

    @property
    def restores(self) -> bool:
        return any(change.field == RESTORED for change in self.changes)


@dataclass
class Tally:
    """The sums that a rehearsal shows and a commit reports."""

    rows: int = 0
    blank: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    bad: Counter[str] = field(default_factory=Counter)
    restored: int = 0

    @classmethod
    def of(cls, counts: dict[str, Any]) -> Tally:
        """The sums as ``as_counts`` wrote them."""
        return cls(
            rows=counts["rows"],
            blank=counts["blank"],
            verdicts=Counter({verdict: counts[verdict] for verdict in _GOOD}),
            bad=Counter(counts["bad"]),
            restored=counts["restored"],
        )

    def with_more(self, outcomes: Iterable[Outcome]) -> Tally:
        """These sums and some rows more."""
        more = Tally(
            self.rows, self.blank, self.verdicts.copy(), self.bad.copy(), self.restored
        )
        for outcome in outcomes:
            if outcome.verdict == RowVerdict.BAD:
                more.bad[outcome.problems[0].reason] += 1
            else:
                more.verdicts[outcome.verdict] += 1
                more.restored += outcome.restores
        return more

    def as_counts(self) -> dict[str, Any]:
        """As ``RecipientImport.counts`` keeps it."""
        return {
            "rows": self.rows,
            **{verdict: self.verdicts[verdict] for verdict in _GOOD},
            "blank": self.blank,
            "bad": dict(self.bad),
            "restored": self.restored,
        }


_GOOD: Final = (
    RowVerdict.NEW.value,
    RowVerdict.CHANGED.value,
    RowVerdict.UNCHANGED.value,
)
