"""The rows of a file that are kept to be looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from notifications.importing.grid import Row
from notifications.importing.outcomes import Outcome
from notifications.models import ImportRow, RecipientImport, RowVerdict

#: Of each kind that needs no look; of the others, every row is kept.
SAMPLES: Final = 200


class Samples:
    """Every row to look at, and the first of each other kind."""

    def __init__(self, job: RecipientImport) -> None:
        self._job = job
        self._kept: Counter[str] = Counter()
        self.rows: list[ImportRow] = []

    def add(self, rows: Iterable[Row], outcomes: Iterable[Outcome]) -> None:
        """Keep what is worth it among these."""
        for row, outcome in zip(rows, outcomes, strict=True):
            self._kept[outcome.verdict] += 1
            bad = outcome.verdict == RowVerdict.BAD
            if bad or self._kept[outcome.verdict] <= SAMPLES:
                self.rows.append(as_row(self._job, row, outcome))

    def replace(self) -> None:
        """Write them in place of what an earlier rehearsal kept."""
        ImportRow.objects.filter(job=self._job).delete()
        ImportRow.objects.bulk_create(self.rows, batch_size=500)


def keep_bad(
    job: RecipientImport, rows: Sequence[Row], outcomes: Sequence[Outcome]
) -> None:
    """Keep the rows that turned out bad only when they were to be written."""
    bad = [
        as_row(job, row, outcome)
        for row, outcome in zip(rows, outcomes, strict=True)
        if outcome.verdict == RowVerdict.BAD
    ]
    numbers = [row.number for row in bad]
    ImportRow.objects.filter(job=job, number__in=numbers).delete()
    ImportRow.objects.bulk_create(bad)


def as_row(job: RecipientImport, row: Row, outcome: Outcome) -> ImportRow:
    """A row as it is kept."""
    return ImportRow(
        job=job,
        cluster_id=job.cluster_id,
        number=outcome.number,
        verdict=outcome.verdict,
        cells=list(row.cells),
        problems=[
            {
                "column": problem.column,
                "field": problem.field,
                "reason": problem.reason,
                "sentence": problem.sentence,
            }
            for problem in outcome.problems
        ],
        changes=[asdict(change) for change in outcome.changes],
    )
