"""What the refusals in force take away from what is already planned."""

from __future__ import annotations

from collections.abc import Iterable

from notifications.audience.refusals import ENTRY, opted_out
from notifications.events import REGISTRY
from notifications.lifecycle import WAITING, SkipReason
from notifications.models import Cluster, ContactPoint, NotificationLog

from .crowds import chunks, skip_waiting


def people_at(cluster: Cluster, prints: Iterable[str]) -> set[int]:
    """Keys of all who have one of these addresses, or something waiting for it."""
    wanted = [found for found in prints if found]
    points = ContactPoint.objects.filter(cluster=cluster, fingerprint__in=wanted)
    waiting = NotificationLog.objects.filter(
        cluster=cluster, addressee__fingerprint__in=wanted, status__in=WAITING
    )
    return {
        *points.order_by().values_list("recipient_id", flat=True),
        *waiting.order_by().values_list("recipient_id", flat=True),
    }


def skip_refused(cluster: Cluster, people: Iterable[int], why: str) -> int:
    """Skip whatever waits for these people and is refused; the people are locked.

    It asks what a worker's last look asks, so the two cannot disagree. What is
    critical waits on: no refusal covers it.
    """
    skipped = 0
    for part in chunks(people):
        waiting = NotificationLog.objects.filter(
            cluster=cluster, recipient__in=part, status__in=WAITING
        )
        pairs = waiting.order_by().values_list("dispatch__event", "channel").distinct()
        for name, channel in list(pairs):
            event = REGISTRY[name]
            if event.bypasses_preferences:
                continue
            refused = opted_out(cluster.pk, event, channel, ENTRY)
            rows = waiting.filter(refused, dispatch__event=name, channel=channel)
            skipped += skip_waiting(rows, SkipReason.OPTED_OUT, why)
    return skipped
