"""A rehearsed file into the cluster: chunk by chunk, restartable after any kill.

Each chunk is one transaction that holds its people, their history, the sums so far
and the mark how far it came; so whoever goes on begins exactly there.
"""

from __future__ import annotations

import logging
import time
from typing import Any, Final

from django.db import DataError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.importing import cells
from notifications.importing.holds import Hold, record
from notifications.importing.outcomes import SO_FAR, Outcome, Tally
from notifications.importing.people import Parsed, Problem
from notifications.importing.rehearsing import desk_of, judge, to_make
from notifications.importing.samples import keep_bad
from notifications.importing.sheets import Found, Sheet, open_sheet
from notifications.lifecycle import ImportStatus
from notifications.models import RecipientImport, RowVerdict

logger = logging.getLogger("tocsin.importing")

CHUNK: Final = 500
#: Between chunks, so that web requests get their turn at SQLite's one lock.
YIELD_SECONDS: Final = 0.01


def commit(job: RecipientImport, hold: Hold) -> None:
    """Carry out what is left of an import; the sums are what was really done."""
    run = _Run(job, hold, open_sheet(job))
    for chunk in run.sheet.chunks(CHUNK):
        run.carry_out(chunk)
        time.sleep(YIELD_SECONDS)
    run.finish()


class _Run:
    """One worker's way through a file."""

    def __init__(self, job: RecipientImport, hold: Hold, sheet: Sheet) -> None:
        self.job, self.hold, self.sheet = job, hold, sheet
        self.done = job.done_rows
        sums = job.counts.get(SO_FAR)
        self.tally = (
            Tally.of(sums)
            if sums
            else Tally(rows=len(sheet.table.rows), blank=sheet.table.blank)
        )
        self.made = {key: sums[key] for key in _MADE} if sums else dict(_NONE_MADE)
        self.desk = desk_of(job, sheet.columns, dry_run=False)
        if self.done:
            self.desk.taken = self._taken_before()

    def carry_out(self, chunk: list[Found]) -> None:
        """One chunk in one transaction; where that fails, row by row."""
        taken, last = dict(self.desk.taken), self.hold.last
        zones, tags = len(self.desk.zones.made), len(self.desk.tags.made)
        try:
            with transaction.atomic():
                outcomes = judge(self.desk, chunk)
                tally = self._write(chunk, outcomes)
        except (IntegrityError, DataError) as problem:
            # Its text may hold what is in a row.
            logger.warning("import %s: %s", self.job.pk, type(problem).__name__)
            self.hold.roll_back(last)
            self.desk.reload(taken)
            del self.desk.zones.made[zones:], self.desk.tags.made[tags:]
            self._one_by_one(chunk)
            return
        self._advance(chunk, tally)

    def finish(self) -> None:
        """Call the import done, with what it really did."""
        with transaction.atomic():
            self.hold.update(
                status=ImportStatus.DONE,
                counts=self.tally.as_counts() | self._made(),
                committed_at=timezone.now(),
                error="",
            )
            record(self.job, "Everything is in")

    def _one_by_one(self, chunk: list[Found]) -> None:
        if len(chunk) > 1:
            for found in chunk:
                self.carry_out([found])
            return
        with transaction.atomic():
            tally = self._write(chunk, [_not_kept(chunk[0])])
        self._advance(chunk, tally)

    def _write(self, chunk: list[Found], outcomes: list[Outcome]) -> Tally:
        tally = self.tally.with_more(outcomes)
        # Rows that were bad in the rehearsal are kept already.
        late = [
            (row, outcome)
            for (row, found), outcome in zip(chunk, outcomes, strict=True)
            if isinstance(found, Parsed) and outcome.verdict == RowVerdict.BAD
        ]
        if late:
            keep_bad(self.job, [row for row, _o in late], [o for _row, o in late])
        sums = tally.as_counts() | self._made()
        self.hold.update(
            done_rows=self.done + len(chunk), counts=self.job.counts | {SO_FAR: sums}
        )
        return tally

    def _advance(self, chunk: list[Found], tally: Tally) -> None:
        self.done += len(chunk)
        self.tally = tally

    def _made(self) -> dict[str, Any]:
        now = to_make(self.desk)
        return {key: self.made[key] + now[key] for key in _MADE}

    def _taken_before(self) -> dict[int, int]:
        """Whom the rows that are done already spoke of: read again, not written."""
        dry = desk_of(self.job, self.sheet.columns, dry_run=True)
        left = self.done
        while left > 0:
            chunk = next(self.sheet.chunks(min(CHUNK, left)))
            judge(dry, chunk)
            left -= len(chunk)
        return dry.taken


_NONE_MADE: Final[dict[str, Any]] = {
    "zones_to_make": [],
    "zones_to_make_count": 0,
    "tags_to_make": [],
    "tags_to_make_count": 0,
}
_MADE: Final = tuple(_NONE_MADE)


def _not_kept(found: Found) -> Outcome:
    row, person = found
    name = person.name if isinstance(person, Parsed) else ""
    sentence = _(
        "This row could not be kept beside the people who are here. Look whether "
        "somebody else has the same number, and import the row again."
    )
    problem = Problem(None, "name", cells.NOT_KEPT, sentence, name)
    return Outcome(row.number, RowVerdict.BAD, problems=(problem,))
