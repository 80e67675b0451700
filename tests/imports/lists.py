"""Short lists of people, and short ways to have them imported."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any

from notifications import importing
from notifications.actions import imports
from notifications.importing.sheets import mapping_of
from notifications.lifecycle import ImportStatus
from notifications.models import Cluster, RecipientImport

HEADINGS = ("ID", "Name", "Email", "Mobile", "Building", "Flat", "Language", "Tags")


def people(*rows: dict[str, str], headings: Sequence[str] = HEADINGS) -> bytes:
    """A CSV file; what a row does not say is blank."""
    text = io.StringIO()
    writer = csv.DictWriter(text, headings, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def without_id(*rows: dict[str, str]) -> bytes:
    """The same without a column for the estate's own numbers."""
    return people(*rows, headings=HEADINGS[1:])


def uploaded(
    cluster: Cluster, data: bytes, *, by: Any, name: str = "people.csv"
) -> RecipientImport:
    """Uploaded, with the columns as they were guessed."""
    job = imports.upload(cluster, name, data, by=by)
    return imports.set_mapping(job, mapping_of(job), by=by)


def rehearsed(
    cluster: Cluster, data: bytes, *, by: Any, name: str = "people.csv"
) -> RecipientImport:
    job = imports.rehearse(uploaded(cluster, data, by=by, name=name), by=by)
    importing.run(job.pk)
    job.refresh_from_db()
    assert job.status == ImportStatus.REHEARSED, job.error
    return job


def imported(
    cluster: Cluster, data: bytes, *, by: Any, skip_bad: bool = False
) -> RecipientImport:
    """All the way in."""
    job = rehearsed(cluster, data, by=by)
    imports.commit(job, by=by, skip_bad=skip_bad)
    importing.run(job.pk)
    job.refresh_from_db()
    assert job.status == ImportStatus.DONE, job.error
    return job


def sums(job: RecipientImport) -> tuple[int, int, int, int]:
    """New, changed, unchanged, to look at."""
    counts = job.counts
    bad = sum(counts["bad"].values())
    return counts["new"], counts["changed"], counts["unchanged"], bad


def many(count: int, **same: str) -> bytes:
    return people(
        *(
            {
                "ID": f"R{n}",
                "Name": f"Person {n}",
                "Email": f"p{n}@example.org",
                "Building": f"Block {n % 3}",
            }
            | same
            for n in range(count)
        )
    )
