"""The resource under every import: rehearsal and commit are this same code.

Tuned as django-import-export lets itself be tuned: people fetched at once by
identity, no copies and no HTML differences, only fields cleaned, rows written in
bulk with their history.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import tablib
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.resources import ModelResource
from import_export.results import RowResult

from notifications.fingerprints import name_key
from notifications.importing import cells
from notifications.importing.addresses import CHANNELS, Move, move_to, new_points
from notifications.importing.desk import Desk
from notifications.importing.finding import PERSON, ByIdentity, Known, RowProblem
from notifications.importing.outcomes import RESTORED, Change, Outcome
from notifications.importing.people import Parsed, Problem
from notifications.importing.places import UnclearZone
from notifications.importing.writing import Plan, write_changed, write_new
from notifications.models import Recipient, RowVerdict

#: What a file writes on the person's own row: attribute → field of the file.
OWN: Final = {
    "name": "name",
    "first_name": "first_name",
    "unit": "unit",
    "zone_id": "zone",
    "language": "language",
    "external_id": "external_id",
}
_AS_READ: Final = ("first_name", "unit", "language", "external_id")
_CLEANED: Final = [
    field
    for field in Recipient._meta.concrete_fields
    if field.attname in ("name_key", *OWN) and not field.is_relation
]
_WIDTHS: Final = [(field.attname, field.max_length or 0) for field in _CLEANED]
#: Set by us, or a key that was looked up: nothing to clean, and no query each.
_NOT_CLEANED: Final = [
    field.name for field in Recipient._meta.concrete_fields if field not in _CLEANED
]

Row = Mapping[str, Parsed]


class PeopleResource(ModelResource):
    """Rows of people into the recipients of a cluster; made anew for each chunk."""

    known: Known

    class Meta:
        model = Recipient
        # Rows come read and cleaned: ``import_instance`` takes them over.
        fields = ()
        use_bulk = True
        batch_size = None
        skip_diff = True
        report_skipped = False
        use_transactions = False
        clean_model_instances = True
        instance_loader_class = ByIdentity

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self._before: tuple[Any, ...] = ()
        self._plan: Plan | None = None
        self._plans: list[Plan] = []
        self.outcomes: dict[int, Outcome] = {}

    def judge(self, people: list[Parsed]) -> list[Outcome]:
        """Carry the rows out; where the desk is dry, only say what they would do."""
        dataset = tablib.Dataset(*((person,) for person in people), headers=[PERSON])
        # Without a transaction: a rehearsal must not hold the one lock of SQLite,
        # and a commit has the caller's.
        result = self.import_data_inner(dataset, self.desk.dry_run, False, False, False)
        for problem in [e for row in result.error_rows for e in row.errors]:
            raise problem.error
        for problem in result.base_errors:
            raise problem.error
        for row in result.invalid_rows:
            person = people[row.number - 1]
            self.outcomes[person.row] = self._refused(person, row.error)
        return [self.outcomes[person.row] for person in people]

    # What the resource asks on its way through a row, in its order.

    def before_import_row(self, row: Row, **kwargs: Any) -> None:
        person = row[PERSON]
        if not person.zone_text:
            return
        try:
            self.desk.zones.check(person.zone_text)
        except UnclearZone as problem:
            column, text = self.desk.column_of("zone"), person.zone_text
            raise RowProblem(
                Problem(column, "zone", cells.UNCLEAR_ZONE, str(problem), text)
            ) from problem

    def get_instance(self, loader: ByIdentity, row: Row) -> Any:
        return loader.get_instance(row)

    def init_instance(self, row: Row | None = None) -> Recipient:
        # Nobody asks who somebody is who will not be written.
        key = {"uid": None} if self.desk.dry_run else {}
        return Recipient(cluster_id=self.desk.cluster.pk, **key)

    def after_init_instance(
        self, instance: Recipient, new: bool, row: Any, **kwargs: Any
    ) -> None:
        self._before = () if new else tuple(getattr(instance, name) for name in OWN)

    def import_instance(self, instance: Recipient, row: Row, **kwargs: Any) -> None:
        """Write what the file has; a blank cell leaves alone what is here."""
        person = row[PERSON]
        instance.name = person.name
        if person.zone_text is not None:
            instance.zone_id = self.desk.zones.key_of(person.zone_text)
        for name in _AS_READ:
            value = getattr(person, name)
            if value is not None:
                setattr(instance, name, value)

    def skip_row(
        self, instance: Recipient, original: Any, row: Row, errors: Any = None
    ) -> bool:
        """True for somebody who is already here as the file has them."""
        self._plan = self._planned(instance, row[PERSON])
        return bool(self._before) and not self._plan.changes

    def validate_instance(
        self, instance: Recipient, errors: Any = None, validate_unique: bool = True
    ) -> None:
        if errors:
            raise ValidationError(errors)
        instance.name_key = name_key(instance.name)
        # Cells were cleaned when they were read; what is left is what a column holds.
        if any(len(getattr(instance, name)) > most for name, most in _WIDTHS):
            instance.clean_fields(exclude=_NOT_CLEANED)

    def save_instance(
        self, instance: Recipient, is_create: bool, row: Any, **kwargs: Any
    ) -> None:
        super().save_instance(instance, is_create, row, **kwargs)
        if self._plan is not None:
            self._plans.append(self._plan)

    def after_import_row(self, row: Any, row_result: RowResult, **kwargs: Any) -> None:
        plan = self._plan
        number = row[PERSON].row
        self.outcomes[number] = Outcome(
            number,
            _VERDICTS[row_result.import_type],
            changes=tuple(plan.changes) if plan else (),
        )

    def bulk_create(
        self, using_transactions: bool, dry_run: bool, *args: Any, **kwargs: Any
    ) -> None:
        new = [plan for plan in self._plans if plan.person.pk is None]
        if new and not dry_run:
            write_new(self.desk.cluster, new, self.desk.reason)
        self.create_instances.clear()

    def bulk_update(
        self, using_transactions: bool, dry_run: bool, *args: Any, **kwargs: Any
    ) -> None:
        # Those just made have no changes: they were nothing before.
        changed = [plan for plan in self._plans if plan.changes]
        if changed and not dry_run:
            write_changed(self.desk.cluster, changed, self.desk.reason)
        self.update_instances.clear()

    def _planned(self, person: Recipient, read: Parsed) -> Plan:
        tags = {self.desk.tags.key_of(name): name for name in read.tags}
        if not self._before:
            points = tuple(new_points(read))
            return Plan(person, new_points=points, tags=tuple(tags))
        moves, changes = self._moved(person, read)
        has = self.known.tags(person)
        added = {key: name for key, name in tags.items() if key not in has}
        if added:
            changes.append(Change("tags", "", ", ".join(added.values())))
        if person.archived_at is not None:
            changes.insert(0, Change(RESTORED, str(_("left")), str(_("back again"))))
            person.archived_at = None
        return Plan(person, moves=moves, tags=tuple(added), changes=tuple(changes))

    def _moved(
        self, person: Recipient, read: Parsed
    ) -> tuple[tuple[Move, ...], list[Change]]:
        changes = [
            Change(OWN[name], self._words(name, old), self._words(name, new))
            for name, old in zip(OWN, self._before, strict=True)
            if (new := getattr(person, name)) != old
        ]
        moves = []
        points = self.known.points(person)
        for key in CHANNELS:
            value = getattr(read, key)
            found = move_to(points, key, value) if value else None
            if found is not None:
                moves.append(found[0])
                changes.append(found[1])
        return tuple(moves), changes

    def _words(self, name: str, value: Any) -> str:
        return self.desk.zones.name_of(value) if name == "zone_id" else str(value)

    def _refused(self, person: Parsed, error: ValidationError) -> Outcome:
        if isinstance(error, RowProblem):
            return Outcome(person.row, RowVerdict.BAD, problems=(error.problem,))
        key, sentences = next(iter(error.message_dict.items()))
        key = OWN.get(key, "name")
        value = str(getattr(person, "zone_text" if key == "zone" else key) or "")
        problem = Problem(
            self.desk.column_of(key), key, cells.NOT_KEPT, " ".join(sentences), value
        )
        return Outcome(person.row, RowVerdict.BAD, problems=(problem,))


_VERDICTS: Final = {
    RowResult.IMPORT_TYPE_NEW: RowVerdict.NEW,
    RowResult.IMPORT_TYPE_UPDATE: RowVerdict.CHANGED,
    RowResult.IMPORT_TYPE_SKIP: RowVerdict.UNCHANGED,
}
