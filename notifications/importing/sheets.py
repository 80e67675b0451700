"""An uploaded file, opened as its import says: the table and its people."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from django.core.cache import cache
from django.utils.translation import gettext as _

from notifications.importing.grid import Row
from notifications.importing.limits import ImportRefused
from notifications.importing.people import Bad, Parsed, columns_by_field
from notifications.importing.reading import Table, head, read
from notifications.importing.rows import read_people
from notifications.models import ImportFile, RecipientImport

_REMEMBERED: Final = 600

Found = tuple[Row, Parsed | Bad]


@dataclass(frozen=True)
class Sheet:
    """The rows of a file with what each turned out to be, in the file's order."""

    table: Table
    columns: Mapping[str, list[int]]
    found: Iterator[Found]

    def chunks(self, size: int) -> Iterator[list[Found]]:
        """So many rows at a time."""
        while some := list(islice(self.found, size)):
            yield some


def data_of(job: RecipientImport) -> bytes:
    """The bytes that were uploaded; raises ImportRefused when they are gone."""
    file = ImportFile.objects.filter(job=job).first()
    if file is None:
        raise ImportRefused(
            _("The file of this import is no longer kept. Upload it once more.")
        )
    return bytes(file.data)


def options_of(job: RecipientImport) -> dict[str, Any]:
    """What staff said of the file, in place of what would be guessed."""
    return {key: value for key, value in job.options.items() if value is not None}


def mapping_of(job: RecipientImport) -> dict[int, str]:
    """Column → field, as staff matched them."""
    return {int(column): key for column, key in job.mapping.items()}


def head_of(job: RecipientImport) -> Table:
    """The headings and first rows, remembered while staff go through the steps."""
    said = json.dumps(job.options, sort_keys=True)
    key = hashlib.sha256(f"{job.pk} {job.sha256} {said}".encode()).hexdigest()
    found: Table | None = cache.get(f"import-head-{key}")
    if found is None:
        found = head(data_of(job), job.filename, **options_of(job))
        cache.set(f"import-head-{key}", found, timeout=_REMEMBERED)
    return found


def open_sheet(job: RecipientImport) -> Sheet:
    """The whole file as people, or as rows to look at."""
    table = read(data_of(job), job.filename, **options_of(job))
    mapping = mapping_of(job)
    cluster = job.cluster
    people = read_people(table, mapping, cluster.phone_region, cluster.language)
    return Sheet(table, columns_by_field(mapping), zip(table.rows, people, strict=True))
