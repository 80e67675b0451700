"""Pages of lists that may be long: nobody counts, or pages, without end."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator

#: Counting further takes longer than anybody wants to page.
COUNT_UP_TO = 10_000


class CappedPaginator(Paginator[Any]):
    """Stops counting; what lies beyond is found by searching, not by paging."""

    @cached_property
    def count(self) -> int:
        return min(self._counted, COUNT_UP_TO)

    @property
    def more(self) -> bool:
        """Whether there are more than were counted."""
        return self._counted > COUNT_UP_TO

    @cached_property
    def _counted(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: COUNT_UP_TO + 1].count())
