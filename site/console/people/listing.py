"""A page of people as the list shows it, quick for a hundred thousand of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import Prefetch

from console.paging import CappedPaginator
from notifications.events import ChannelKind
from notifications.models import Cluster, ContactPoint, OptOut, Recipient

from .filters import PeopleFilterForm

PAGE = 50


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
