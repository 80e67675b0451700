"""The entries of one chunk: planned, or skipped with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet
from django.utils import timezone

from notifications import fingerprints
from notifications.audience import decide
from notifications.audience.criteria import Criteria
from notifications.lifecycle import EntryStatus
from notifications.models import (
    Addressee,
    Batch,
    Cluster,
    Content,
    Dispatch,
    NotificationLog,
)
from notifications.models.setwise import insert_rows, record_history

from .planning import SAME_WORDS, plan_sql

#: A person may be renamed between our two looks; nobody is renamed for ever.
LOOKS = 3


class StillMissing(Exception):
    """Some of a chunk could not be written down."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some people of an audience, by key: those after ``after``, up to ``to``.

    ``identical`` says that everybody reads the same words: then of several people at
    one address only the first gets it, except in an emergency.
    """

    cluster: Cluster
    dispatch: Dispatch
    criteria: Criteria
    content: Content
    identical: bool
    batch: Batch
    after: int
    to: int

    @property
    def entries(self) -> QuerySet[NotificationLog]:
        # Unscoped: naming the cluster too leads SQLite's planner to its index, which
        # holds the whole log.
        found: QuerySet[NotificationLog] = NotificationLog._base_manager.filter(
            dispatch=self.dispatch,
            channel=self.content.channel,
            recipient__gt=self.after,
            recipient__lte=self.to,
        )
        return found

    @property
    def judged(self) -> QuerySet[Any]:
        """These people as they are now, with address and what forbids its use."""
        people: QuerySet[Any] = decide(
            self.cluster,
            self.criteria,
            self.dispatch.event_definition,
            self.content.channel,
        )
        return people.filter(pk__gt=self.after, pk__lte=self.to).order_by()


def write_entries(chunk: Chunk) -> int:
    """Write an entry for each of these people who are in the audience; how many."""
    for _look in range(LOOKS):
        try:
            _make_addressees(chunk)
            _plan(chunk)
        except EmptyResultSet:
            return 0
        if chunk.entries.count() >= chunk.judged.count():
            return _close(chunk)
    # The cursor must not move past them: the sweep comes again.
    raise StillMissing(f"dispatch {chunk.dispatch.pk}: not everybody is written down")


def _make_addressees(chunk: Chunk) -> None:
    """An Addressee for each who has none that says who and where they are now."""
    channel = chunk.content.channel
    known = Addressee._base_manager.filter(
        recipient__gt=chunk.after,
        recipient__lte=chunk.to,
        channel=channel,
        erased_at=None,
    )
    as_they_were = set(known.values_list("recipient", "name", "unit", "address"))
    rows = []
    for key, name, unit, address, fingerprint in chunk.judged.values_list(
        "pk", "name", "unit", "address", "address_fingerprint"
    ):
        address = address or ""
        if (key, name, unit, address) not in as_they_were:
            promise = fingerprints.commitment(name, unit, address)
            rows.append((key, name, unit, address, fingerprint or "", promise))
    common = {
        "cluster_id": chunk.cluster.pk,
        "channel": channel,
        "created_at": timezone.now(),
    }
    names = ("recipient_id", "name", "unit", "address", "fingerprint", "commitment")
    insert_rows(Addressee, names, rows, common)


def _plan(chunk: Chunk) -> None:
    """One statement judges everybody of the chunk and writes their entries."""
    same_words = (
        chunk.identical and not chunk.dispatch.event_definition.bypasses_preferences
    )
    chosen = chunk.judged.values_list(
        "pk", "name", "unit", "address", "address_fingerprint", "verdict"
    )
    judged, params = chosen.query.sql_with_params()
    given = {
        "cluster": chunk.cluster.pk,
        "dispatch": chunk.dispatch.pk,
        "channel": chunk.content.channel,
        "content": chunk.content.pk,
        "batch": chunk.batch.pk,
        "now": chunk.batch._meta.get_field("due_at").get_db_prep_save(
            timezone.now(), connection
        ),
    }
    sql, order = plan_sql(judged, SAME_WORDS if same_words else "refusal")
    with connection.cursor() as cursor:
        cursor.execute(sql, [*params, *(given[name] for name in order)])


def _close(chunk: Chunk) -> int:
    """Skipping is a move that goes on record. The rest is to be sent."""
    skipped = chunk.entries.filter(status=EntryStatus.SKIPPED)
    record_history(skipped, reason=F("reason"))
    batch = chunk.batch
    batch.size = chunk.entries.filter(status=EntryStatus.PLANNED).count()
    if not batch.size:
        batch.done_at = timezone.now()
    batch.save(update_fields=["size", "done_at"])
    return chunk.entries.count()
