"""A page of people as the list shows it, quick for a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch

from notifications.events import ChannelKind
from notifications.models import Cluster, ContactPoint, OptOut, Recipient

from .filters import PeopleFilterForm

PAGE = 50
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


@dataclass(frozen=True, slots=True)
class Line:
    """One person; ``ways`` are the channels on which something can reach them."""

    person: Recipient
    ways: tuple[ChannelKind, ...]
    tags: tuple[str, ...]
    opted_out: bool


def page_of(form: PeopleFilterForm, cluster: Cluster, number: Any) -> Page[Any]:
    """The people that the form picks; the objects of the page are Lines."""
    people = form.filter().people(cluster).order_by(*form.ordering)
    # Unscoped: the people are this cluster's, and SQLite would read every address of
    # the cluster to check it once more.
    points = Prefetch("contact_points", ContactPoint._base_manager.all())
    related = people.select_related("zone").prefetch_related("tags", points)
    page = CappedPaginator(related, PAGE).get_page(number)
    page.object_list = _lines(page.object_list)
    return page


def _lines(people: Iterable[Recipient]) -> list[Line]:
    rows = list(people)
    refusals = OptOut.objects.in_force().filter(recipient__in=rows)
    refused = set(refusals.values_list("recipient_id", flat=True))
    return [
        Line(
            person=row,
            ways=_ways(row),
            tags=tuple(tag.name for tag in row.tags.all()),
            opted_out=row.pk in refused,
        )
        for row in rows
    ]


def _ways(person: Recipient) -> tuple[ChannelKind, ...]:
    active = {point.channel for point in person.contact_points.all() if point.active}
    return tuple(kind for kind in ChannelKind if kind in active)
