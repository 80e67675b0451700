"""Who in the cluster a row speaks of (DESIGN: who is the same person)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from import_export.instance_loaders import BaseInstanceLoader

from notifications.fingerprints import name_key
from notifications.importing import cells
from notifications.importing.addresses import CHANNELS
from notifications.importing.people import Parsed, Problem
from notifications.models import Cluster, ContactPoint, Recipient

#: The one column of a dataset: a person, as the row was read.
PERSON: Final = "person"


class RowProblem(ValidationError):
    """A row that a person has to look at, found only beside those already here."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.sentence)
        self.problem = problem


class Known:
    """The people whom some rows may speak of, fetched at once and locked for a write.

    By external id; else by the same name with any equal email or phone. An address
    alone never says who somebody is, and two different external ids are two people.
    """

    def __init__(self, cluster: Cluster, rows: Sequence[Parsed], *, lock: bool) -> None:
        ids = {row.external_id for row in rows if row.external_id}
        named = {name_key(row.name) for row in rows if not row.external_id}
        # Two different external ids are two people, so names need no look there.
        unnumbered = {name_key(row.name) for row in rows if row.external_id}
        found = Recipient.objects.filter(cluster=cluster).filter(
            Q(external_id__in=ids)
            | Q(name_key__in=named)
            | Q(name_key__in=unnumbered, external_id="")
        )
        # In the order of their keys, as everybody who locks people takes them.
        people = list((found.select_for_update() if lock else found).order_by("pk"))
        self._by_id = {p.external_id: p for p in people if p.external_id}
        self._by_name: dict[str, list[Recipient]] = defaultdict(list)
        for person in people:
            self._by_name[person.name_key].append(person)
        self._points = _points_of(people)
        self._tags = _tags_of(people) if any(row.tags for row in rows) else {}

    def points(self, person: Recipient) -> list[ContactPoint]:
        """A person's email addresses and phones, inactive ones too."""
        return self._points.get(person.pk, [])

    def tags(self, person: Recipient) -> set[int]:
        """Keys of a person's tags."""
        return self._tags.get(person.pk, set())

    def find(self, row: Parsed, taken: Mapping[int, int]) -> Recipient | None:
        """The person of a row. ``taken``: people of earlier rows, by their keys."""
        number = row.external_id
        if number and number in self._by_id:
            return self._by_id[number]
        alike = [
            person
            for person in self._by_name.get(name_key(row.name), ())
            if not (number and person.external_id) and self._equal(person, row)
        ]
        free = [person for person in alike if person.pk not in taken]
        # Somebody without an external id takes the number that the file brings; when
        # an earlier row took them, this one is somebody else.
        best = free or ([] if number else alike)
        return min(best, key=lambda p: self._rank(p, row), default=None)

    def _rank(self, person: Recipient, row: Parsed) -> tuple[int, bool, int]:
        left = person.archived_at is not None
        return -self._equal(person, row), left, person.pk

    def _equal(self, person: Recipient, row: Parsed) -> int:
        return sum(
            1
            for point in self.points(person)
            for field, channel in CHANNELS.items()
            if point.channel == channel and point.value == getattr(row, field)
        )


class ByIdentity(BaseInstanceLoader):
    """Finds the person of a row among those fetched for all rows together."""

    def __init__(self, resource: Any, dataset: Any = None) -> None:
        super().__init__(resource, dataset)
        resource.known = Known(
            resource.desk.cluster,
            dataset[PERSON],
            lock=not resource.desk.dry_run,
        )

    def get_instance(self, row: Mapping[str, Parsed]) -> Recipient | None:
        """The person, claimed for this row; raises RowProblem for a second row."""
        taken, read = self.resource.desk.taken, row[PERSON]
        person: Recipient | None = self.resource.known.find(read, taken)
        if person is None:
            return None
        first = taken.setdefault(person.pk, read.row)
        if first != read.row:
            sentence = _(
                "This is the same person as in row %(row)s. Keep one of the two rows."
            )
            column = self.resource.desk.column_of("name")
            raise RowProblem(
                Problem(
                    column, "name", cells.TWICE, sentence % {"row": first}, read.name
                )
            )
        return person


def _points_of(people: list[Recipient]) -> dict[int, list[ContactPoint]]:
    found: dict[int, list[ContactPoint]] = defaultdict(list)
    points = ContactPoint.objects.filter(
        recipient__in=[person.pk for person in people],
        channel__in=list(CHANNELS.values()),
    )
    for point in points.order_by("pk"):
        found[point.recipient_id].append(point)
    return found


def _tags_of(people: list[Recipient]) -> dict[int, set[int]]:
    tagged: Any = Recipient.tags.through
    found: dict[int, set[int]] = defaultdict(set)
    # Unscoped like every table between two: both ends are this cluster's.
    pairs = tagged._base_manager.filter(recipient__in=[p.pk for p in people])
    for person, tag in pairs.values_list("recipient_id", "tag_id"):
        found[person].add(tag)
    return found
