"""What became of many dispatches, counted in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Count

from console.components import Balance, balance
from notifications.lifecycle import REACHED
from notifications.models import Dispatch, NotificationLog

from . import places

Counts = Mapping[int, Mapping[str, int]]


def of(dispatches: Iterable[Dispatch]) -> Counts:
    """The entries of each dispatch by status."""
    keys = [dispatch.pk for dispatch in dispatches]
    entries = NotificationLog.objects.filter(dispatch__in=keys).order_by()
    rows = entries.values("dispatch", "status").annotate(n=Count("pk"))
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for row in rows:
        found[row["dispatch"]][row["status"]] = row["n"]
    return found


def balance_of(request: Any, dispatch: Dispatch, counts: Counts) -> Balance:
    """The small bar of one dispatch, its numbers leading into the log."""
    mine = counts.get(dispatch.pk, {})
    url = places.to(request, "delivery:log", dispatch=dispatch.pk)
    return balance(mine, sum(mine.values()), url)


def reached(counts: Mapping[str, int]) -> int:
    """How many it left for."""
    return sum(counts.get(status, 0) for status in REACHED)
