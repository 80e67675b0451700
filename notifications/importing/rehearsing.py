"""What a file would do, without doing it."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction

from notifications.importing.desk import Desk
from notifications.importing.holds import Hold, record
from notifications.importing.outcomes import LISTED, Outcome, Tally
from notifications.importing.people import Parsed
from notifications.importing.resource import PeopleResource
from notifications.importing.samples import Samples
from notifications.importing.sheets import Found, open_sheet
from notifications.lifecycle import ImportStatus
from notifications.models import RecipientImport, RowVerdict

#: Rows that are judged together when nothing is written.
CHUNK: Final = 2_000


def rehearse(job: RecipientImport, hold: Hold) -> None:
    """Judge every row and keep the sums; of people, nothing is written."""
    sheet = open_sheet(job)
    desk = desk_of(job, sheet.columns, dry_run=True)
    tally = Tally(rows=len(sheet.table.rows), blank=sheet.table.blank)
    samples, done = Samples(job), 0
    for chunk in sheet.chunks(CHUNK):
        outcomes = judge(desk, chunk)
        samples.add([row for row, _found in chunk], outcomes)
        tally = tally.with_more(outcomes)
        done += len(chunk)
        hold.update(done_rows=done)
    with transaction.atomic():
        hold.update(
            status=ImportStatus.REHEARSED,
            counts=tally.as_counts() | to_make(desk),
            error="",
        )
        samples.replace()
        record(job, "Rehearsed")


def desk_of(
    job: RecipientImport, columns: dict[str, list[int]] | Any, *, dry_run: bool
) -> Desk:
    """Where the rows of an import are judged."""
    reason = f"import of {job.filename}"
    return Desk(job.cluster, columns, reason, dry_run=dry_run)


def judge(desk: Desk, chunk: list[Found]) -> list[Outcome]:
    """What becomes of each of these rows, in their order."""
    good = [found for _row, found in chunk if isinstance(found, Parsed)]
    outcomes = {o.number: o for o in PeopleResource(desk).judge(good)} if good else {}
    return [
        outcomes[found.row]
        if isinstance(found, Parsed)
        else Outcome(found.row, RowVerdict.BAD, problems=found.problems)
        for _row, found in chunk
    ]


def to_make(desk: Desk) -> dict[str, Any]:
    """Names of the zones and tags that the file brings, and how many they are."""
    zones, tags = desk.zones.made, desk.tags.made
    return {
        "zones_to_make": zones[:LISTED],
        "zones_to_make_count": len(zones),
        "tags_to_make": tags[:LISTED],
        "tags_to_make_count": len(tags),
    }
