"""What became of many dispatches, for the small bars of lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from console.components import Balance, balance
from notifications.models import Dispatch
from notifications.models.tallying import MOVING, statuses

from . import places

Counts = Mapping[int, Mapping[str, int]]


def of(dispatches: Iterable[Dispatch]) -> Counts:
    """The entries of each dispatch by status."""
    return statuses(dispatches)


def balance_of(request: Any, dispatch: Dispatch, counts: Counts) -> Balance:
    """The small bar of one dispatch, its numbers leading into the log."""
    mine = counts.get(dispatch.pk, {})
    url = places.to(request, "delivery:log", dispatch=dispatch.pk)
    return balance(mine, sum(mine.values()), url)


def waiting(dispatch: Dispatch, counts: Counts) -> int:
    """How many a worker has, or will have."""
    mine = counts.get(dispatch.pk, {})
    return sum(mine.get(status, 0) for status in MOVING)
