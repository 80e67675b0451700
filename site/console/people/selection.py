"""Who was picked from the list: ticked one by one, or all that a filter finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from console.typed import number_in
from notifications.exporting.filters import PeopleFilter
from notifications.models import Cluster, Recipient

from .filters import PeopleFilterForm


@dataclass(frozen=True, slots=True)
class Selection:
    """``query`` is the address of the list that people were picked from."""

    cluster: Cluster
    query: str
    everybody: bool
    ids: tuple[int, ...]

    @classmethod
    def of(cls, cluster: Cluster, given: QueryDict) -> Selection:
        """``ids`` were ticked; with ``all``, everybody that ``query`` finds."""
        keys = map(number_in, given.getlist("ids"))
        return cls(
            cluster=cluster,
            query=given.get("query", ""),
            everybody=bool(given.get("all")),
            ids=tuple(sorted({key for key in keys if key is not None})),
        )

    @property
    def filter(self) -> PeopleFilter:
        """For an export: what it stores with the job."""
        listed = PeopleFilterForm(self.cluster, QueryDict(self.query)).filter()
        if self.everybody:
            return listed
        return PeopleFilter(ids=self.ids, archived=listed.archived)

    def people(self) -> Any:
        """The people of this cluster, in no order yet; nobody when none was picked."""
        if not self.everybody and not self.ids:
            return Recipient.objects.none()
        return self.filter.people(self.cluster)

    def keys(self) -> list[int]:
        """Their keys, for an action."""
        return list(self.people().order_by().values_list("pk", flat=True))
