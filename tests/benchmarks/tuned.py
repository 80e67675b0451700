"""The yardstick: a resource tuned as django-import-export lets itself be tuned.

One table of people with UUID keys and stock history; a cached foreign-key widget, an
instance loader that prefetches by natural key, a check for doubles inside the file,
``clean_fields()`` only, and bulk writes with history in chunks of 500.
"""

from __future__ import annotations

import uuid
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from import_export.fields import Field
from import_export.instance_loaders import BaseInstanceLoader
from import_export.resources import ModelResource
from import_export.widgets import ForeignKeyWidget
from simple_history.models import HistoricalRecords
from simple_history.utils import (
    bulk_create_with_history,
    bulk_update_with_history,
)

CHUNK = 500
HEADERS = (
    "external_id",
    "name",
    "first_name",
    "email",
    "phone",
    "zone",
    "unit",
    "language",
)


class TunedZone(models.Model):
    name = models.CharField(max_length=120, unique=True)

    class Meta:
        app_label = "console"

    def __str__(self) -> str:
        return self.name


class TunedPerson(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    external_id = models.CharField(max_length=100, unique=True)
    name = models.CharField(max_length=200)
    first_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)
    zone = models.ForeignKey(TunedZone, models.PROTECT, null=True)
    unit = models.CharField(max_length=60, blank=True)
    language = models.CharField(max_length=12, blank=True)

    history = HistoricalRecords()

    class Meta:
        app_label = "console"

    def __str__(self) -> str:
        return self.name


class CachedKey(ForeignKeyWidget):
    """Looks a zone up once."""

    def __init__(self) -> None:
        super().__init__(TunedZone, "name")
        self.known = {zone.name: zone for zone in TunedZone.objects.all()}

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        return self.known.get(value)


class ByNaturalKey(BaseInstanceLoader):
    """Fetches everybody of the dataset at once."""

    def __init__(self, resource: Any, dataset: Any = None) -> None:
        super().__init__(resource, dataset)
        keys = dataset["external_id"]
        found = TunedPerson.objects.filter(external_id__in=keys)
        self.known = {person.external_id: person for person in found}

    def get_instance(self, row: Any) -> Any:
        return self.known.get(row["external_id"])


class TunedResource(ModelResource):
    zone = Field("zone", "zone")

    class Meta:
        model = TunedPerson
        fields = HEADERS
        import_id_fields = ("external_id",)
        instance_loader_class = ByNaturalKey
        use_bulk = True
        batch_size = CHUNK
        skip_diff = True
        report_skipped = False
        use_transactions = False
        clean_model_instances = True

    def __init__(self, widget: CachedKey, seen: set[str]) -> None:
        super().__init__()
        self.fields["zone"].widget = widget
        self.seen = seen

    def before_import_row(self, row: Any, **kwargs: Any) -> None:
        if row["external_id"] in self.seen:
            raise ValidationError("twice in the file")
        self.seen.add(row["external_id"])

    def validate_instance(
        self, instance: Any, errors: Any = None, validate_unique: bool = True
    ) -> None:
        instance.clean_fields(exclude=["id", "zone"])

    def bulk_create(self, using: bool, dry_run: bool, *args: Any, **kw: Any) -> None:
        if self.create_instances and not dry_run:
            bulk_create_with_history(
                self.create_instances, TunedPerson, batch_size=CHUNK
            )
        self.create_instances.clear()

    def bulk_update(self, using: bool, dry_run: bool, *args: Any, **kw: Any) -> None:
        if self.update_instances and not dry_run:
            bulk_update_with_history(
                self.update_instances,
                TunedPerson,
                list(HEADERS[1:]),
                batch_size=CHUNK,
            )
        self.update_instances.clear()


def make_tables() -> None:
    """The yardstick's own tables, and its zones."""
    with connection.schema_editor() as editor:
        for model in (TunedZone, TunedPerson, TunedPerson.history.model):
            editor.create_model(model)
    TunedZone.objects.bulk_create(TunedZone(name=f"Block {n}") for n in range(12))


def run(rows: list[tuple[str, ...]], *, dry_run: bool) -> int:
    """Import all rows, a fresh resource and a transaction per chunk; how many."""
    widget, seen, done = CachedKey(), set[str](), 0
    for start in range(0, len(rows), CHUNK):
        dataset = tablib.Dataset(*rows[start : start + CHUNK], headers=list(HEADERS))
        resource = TunedResource(widget, seen)
        if dry_run:
            result = resource.import_data_inner(dataset, True, False, False, False)
        else:
            with transaction.atomic():
                result = resource.import_data_inner(dataset, False, True, False, False)
        done += result.totals["new"] + result.totals["update"]
    return done


def empty() -> None:
    """Take everybody out again."""
    TunedPerson.history.all().delete()
    TunedPerson.objects.all().delete()
