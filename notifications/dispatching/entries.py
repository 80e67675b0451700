"""The entries of one chunk: planned, or skipped with the reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from notifications import fingerprints
from notifications.audience import Criteria, decide
from notifications.audience.verdicts import WILL
from notifications.lifecycle import EntryStatus
from notifications.models import (
    Addressee,
    Batch,
    Cluster,
    Content,
    Dispatch,
    NotificationLog,
)
from notifications.models.setwise import insert_select, record_history

#: A person may be renamed between our two looks; nobody is renamed for ever.
LOOKS = 3


class StillMissing(Exception):
    """Some of a chunk could not be written down."""


def write_entries(
    *,
    cluster: Cluster,
    dispatch: Dispatch,
    criteria: Criteria,
    content: Content,
    identical: bool,
    batch: Batch,
    ids: Sequence[int],
) -> int:
    """Write an entry for each of these people who are in the audience; how many."""
    channel = content.channel
    judged = decide(
        cluster,
        criteria,
        dispatch.event_definition,
        channel,
        identical=identical,
        among=ids,
    )
    known = judged.annotate(**_addressee_of(channel)).order_by("pk")
    # Unscoped, here and below: the keys are of this cluster, and naming it too leads
    # SQLite's planner to its index, which holds the whole log.
    entries = NotificationLog._base_manager.filter(
        dispatch=dispatch, channel=channel, recipient__in=ids
    )
    written = 0
    for _look in range(LOOKS):
        _make_addressees(cluster, channel, known.filter(addressee_key=None))
        missing = known.exclude(pk__in=entries.values("recipient"))
        written += insert_select(
            NotificationLog,
            missing.exclude(addressee_key=None),
            _values(cluster, dispatch, content, batch),
            ignore_conflicts=True,
        )
        if not missing.exists():
            break
    else:
        # The cursor must not move past them: the sweep comes again.
        raise StillMissing(f"dispatch {dispatch.pk}: not everybody is written down")
    _close(batch, entries.filter(batch=batch))
    return written


def _addressee_of(channel: str) -> dict[str, Any]:
    """The Addressee that says who and where these people are at this moment."""
    same = Addressee._base_manager.filter(
        recipient=OuterRef("pk"),
        channel=channel,
        name=OuterRef("name"),
        unit=OuterRef("unit"),
        address=Coalesce(OuterRef("address"), Value("")),
        erased_at=None,
    ).order_by("pk")
    return {
        "addressee_key": Subquery(same.values("pk")[:1]),
        "promise": Subquery(same.values("commitment")[:1]),
    }


def _make_addressees(cluster: Cluster, channel: str, lacking: QuerySet[Any]) -> None:
    rows = lacking.values_list("pk", "name", "unit", "address", "address_fingerprint")
    Addressee.objects.bulk_create(
        [
            Addressee(
                cluster=cluster,
                recipient_id=key,
                channel=channel,
                name=name,
                unit=unit,
                address=address or "",
                fingerprint=fingerprint or "",
                commitment=fingerprints.commitment(name, unit, address or ""),
            )
            for key, name, unit, address, fingerprint in rows
        ],
        ignore_conflicts=True,
    )


def _values(
    cluster: Cluster, dispatch: Dispatch, content: Content, batch: Batch
) -> dict[str, Any]:
    """All are planned at first: the verdict is long, and asked for once."""
    return {
        "cluster_id": F("cluster_id"),
        "dispatch_id": dispatch.pk,
        "recipient_id": F("pk"),
        "channel": content.channel,
        "addressee_id": F("addressee_key"),
        "content_id": content.pk,
        "batch_id": batch.pk,
        "status": EntryStatus.PLANNED,
        "reason": F("verdict"),
        "commitment": F("promise"),
        "planned_at": timezone.now(),
        "detail": "",
        "attempts": 0,
        "token": "",
        "sender": "",
        "provider": "",
        "provider_id": "",
    }


def _close(batch: Batch, entries: QuerySet[NotificationLog]) -> None:
    """Skip those with a reason: a move that goes on record. The rest is to be sent."""
    skipped = entries.exclude(reason=WILL)
    if skipped.update(status=EntryStatus.SKIPPED, settled_at=timezone.now()):
        record_history(skipped, reason=F("reason"))
    batch.size = entries.filter(status=EntryStatus.PLANNED).count()
    if not batch.size:
        batch.done_at = timezone.now()
    batch.save(update_fields=["size", "done_at"])
