"""What must never be untrue, checked against the rows as they are.

The numbers are those of the design. Each check yields sentences; none means that it
holds. Safe at any time, beside running workers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from notifications import scope

from .entries import (
    every_move_has_history,
    every_move_is_allowed,
    nothing_marked_after_an_opt_out,
    nothing_marked_after_the_end,
    nothing_waits_for_ever,
    one_entry_each,
    sending_is_marked,
    sheets_balance,
    tallies_hold,
)
from .standing import (
    commitments_hold,
    emergencies_are_broadcasts,
    history_is_append_only,
    nothing_cascades_into_the_log,
    one_cluster,
)

#: Sentences per check; what is wrong a thousand times is wrong.
MOST = 20
CHECKS: tuple[Callable[[], Iterator[str]], ...] = (
    sheets_balance,
    tallies_hold,
    one_entry_each,
    sending_is_marked,
    nothing_waits_for_ever,
    nothing_marked_after_the_end,
    nothing_marked_after_an_opt_out,
    every_move_is_allowed,
    every_move_has_history,
    emergencies_are_broadcasts,
    history_is_append_only,
    nothing_cascades_into_the_log,
    one_cluster,
    commitments_hold,
)


def check() -> list[str]:
    """Every invariant that is broken, as sentences; an empty list is good news."""
    found: list[str] = []
    with scope.every_cluster():
        for each in CHECKS:
            sentences = list(each())
            found += sentences[:MOST]
            if more := len(sentences) - MOST:
                found += [f"… and {more} more of these."] if more > 0 else []
    return found
