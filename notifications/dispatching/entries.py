"""The entries of one chunk: planned, or skipped with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from notifications import fingerprints
from notifications.lifecycle import EntryStatus
from notifications.models import Addressee, Batch, Cluster, Dispatch, NotificationLog
from notifications.models.setwise import insert_rows, record_history

from .judging import Judged, Sql
from .planning import NEWCOMERS, NUMBER, PLAN, REFUSAL, SAME_WORDS, around

#: A person may be renamed between our two looks; nobody is renamed for ever.
LOOKS = 3


class StillMissing(Exception):
    """Some of a chunk could not be written down."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some people of an audience, on one channel.

    By key: those after ``after``, up to ``to``; or just ``keys``. ``people`` is how
    many they were a moment ago, where somebody looked. ``identical`` says that all read
    the same words: then of several people at one address only the first gets it, except
    in an emergency.
    """

    cluster: Cluster
    dispatch: Dispatch
    channel: str
    judged: Judged
    identical: bool
    batch: Batch
    after: int = 0
    to: int = 0
    keys: tuple[int, ...] = ()
    people: int | None = None

    @property
    def entries(self) -> QuerySet[NotificationLog]:
        these = Q(recipient__gt=self.after, recipient__lte=self.to)
        if self.keys:
            these = Q(recipient__in=self.keys)
        # Unscoped: naming the cluster too leads SQLite's planner to its index, which
        # holds the whole log.
        found: QuerySet[NotificationLog] = NotificationLog._base_manager.filter(
            these, dispatch=self.dispatch, channel=self.channel
        )
        return found

    def sql(self) -> Sql:
        """These people as they are now; raises EmptyResultSet."""
        if self.keys:
            return self.judged.among(self.keys)
        return self.judged.between(self.after, self.to)


def write_entries(chunk: Chunk) -> int:
    """Write an entry for each of these people who are in the audience; how many."""
    try:
        people = chunk.sql()
    except EmptyResultSet:
        return 0
    for _look in range(LOOKS):
        _make_addressees(chunk, people)
        written = _plan(chunk, people)
        if written == chunk.people or _everybody_has_one(chunk, people):
            return _close(chunk)
    # The cursor must not move past them: the sweep comes again.
    raise StillMissing(f"dispatch {chunk.dispatch.pk}: not everybody is written down")


def _make_addressees(chunk: Chunk, people: Sql) -> None:
    """An Addressee for each who has none that says who and where they are now."""
    rows = [
        (*row, fingerprints.commitment(*row[1:4]))
        for row in _run(chunk, NEWCOMERS, people).fetchall()
    ]
    common = {
        "cluster_id": chunk.cluster.pk,
        "channel": chunk.channel,
        "created_at": timezone.now(),
    }
    names = ("recipient_id", "name", "unit", "address", "fingerprint", "commitment")
    insert_rows(Addressee, names, rows, common)


def _plan(chunk: Chunk, people: Sql) -> int:
    """One statement judges everybody and writes their entries; how many it wrote."""
    bypasses = chunk.dispatch.event_definition.bypasses_preferences
    why = SAME_WORDS if chunk.identical and not bypasses else REFUSAL
    return int(_run(chunk, PLAN[why], people).rowcount)


def _everybody_has_one(chunk: Chunk, people: Sql) -> bool:
    (number,) = _run(chunk, NUMBER, people).fetchone()
    return chunk.entries.count() >= int(number)


def _run(chunk: Chunk, statement: str, people: Sql) -> Any:
    """One statement about these people; gives its cursor."""
    judged, params = people
    sql, order = around(statement, judged)
    given = {
        "cluster": chunk.cluster.pk,
        "dispatch": chunk.dispatch.pk,
        "channel": chunk.channel,
        "batch": chunk.batch.pk,
        "now": chunk.batch._meta.get_field("due_at").get_db_prep_save(
            timezone.now(), connection
        ),
    }
    cursor = connection.cursor()
    cursor.execute(sql, [*params, *(given[name] for name in order)])
    return cursor


def _close(chunk: Chunk) -> int:
    """Skipping is a move that goes on record. The rest is to be sent."""
    batch, written = chunk.batch, chunk.entries.count()
    batch.size = chunk.entries.filter(status=EntryStatus.PLANNED).count()
    if written > batch.size:
        skipped = chunk.entries.filter(status=EntryStatus.SKIPPED)
        record_history(skipped, reason=F("reason"))
    if not batch.size:
        batch.done_at = timezone.now()
    batch.save(update_fields=["size", "done_at"])
    return written
