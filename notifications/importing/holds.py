"""Who works on an import: one worker, shown by its beat, fenced by it.

``beat_at`` is both sign of life and fence: whoever wrote the last beat owns the
import, and a worker that wakes up late finds another beat and stops without a trace.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from notifications.importing.outcomes import SO_FAR
from notifications.lifecycle import ImportStatus
from notifications.models import RecipientImport, write_history

#: Without a beat for this long, the worker of an import is taken for dead.
SILENCE: Final = timedelta(seconds=30)
#: Reading a file gives no sign of life; a workbook takes this long at the very worst.
_READING_A_MEGABYTE: Final = timedelta(seconds=15)
WORKING: Final = (ImportStatus.REHEARSING, ImportStatus.COMMITTING)


class Superseded(Exception):
    """Somebody else has taken this import over, or it was cancelled."""


class Hold:
    """The hold on one import; every sign of life is a conditional update."""

    def __init__(self, pk: int) -> None:
        self.pk = pk
        self.status = ""
        self.last: datetime | None = None

    def take(self) -> RecipientImport | None:
        """Claim the import; None if it needs no work, or has somebody."""
        job = imports().filter(free(), pk=self.pk).first()
        if job is None:
            return None
        # The first beat is dated ahead by the time that reading may take.
        ahead = timezone.now() + job.size / 1_000_000 * _READING_A_MEGABYTE
        same = imports().filter(pk=job.pk, status=job.status, beat_at=job.beat_at)
        if not same.update(beat_at=ahead):
            return None
        self.status, self.last, job.beat_at = job.status, ahead, ahead
        return job

    def update(self, **values: Any) -> None:
        """Write values as the owner; raises Superseded when that is somebody else."""
        now = timezone.now()
        own = imports().filter(pk=self.pk, status=self.status, beat_at=self.last)
        if not own.update(beat_at=now, **values):
            raise Superseded
        self.last = now

    def roll_back(self, last: datetime | None) -> None:
        """The beat that counts again after a transaction was rolled back."""
        self.last = last


def record(job: RecipientImport, why: str) -> None:
    """Write the history of an import as it stands, in the transaction of its move.

    Without the names that it would make: of a wrong column they could be anything,
    and history cannot be blanked.
    """
    job.refresh_from_db()
    counts = job.counts
    job.counts = {
        key: value
        for key, value in counts.items()
        if key != SO_FAR and not isinstance(value, list)
    }
    write_history([job], reason=why)
    job.counts = counts


def imports() -> QuerySet[RecipientImport]:
    """Every import there is."""
    # Unscoped: a job is known by its key alone; its rows are read in its own scope.
    return RecipientImport._base_manager.all()


def free() -> Q:
    """Imports that ought to go on and that no living worker is at."""
    silent = Q(beat_at=None) | Q(beat_at__lt=timezone.now() - SILENCE)
    return Q(status__in=WORKING) & silent
