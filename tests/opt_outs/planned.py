"""Messages on their way, made by hand: what an opt-out takes effect on."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from notifications import events, fingerprints
from notifications.lifecycle import DispatchStatus, EntryStatus
from notifications.models import (
    Addressee,
    Cluster,
    ContactPoint,
    Dispatch,
    NotificationLog,
    Recipient,
)


def make_dispatch(
    cluster: Cluster, event: events.Event = events.ANNOUNCEMENT_POSTED
) -> Dispatch:
    """A dispatch that is being sent."""
    return Dispatch.objects.create(
        cluster=cluster,
        event=event.name,
        title=f"About {event.name}",
        lane=event.lane,
        channels=["email"],
        status=DispatchStatus.SENDING,
    )


def plan(
    dispatch: Dispatch,
    person: Recipient,
    *,
    status: str = EntryStatus.PLANNED,
    channel: str = "email",
    **fields: Any,
) -> NotificationLog:
    """An entry of this person, as the fan-out would write it."""
    point = ContactPoint.objects.filter(
        recipient=person, channel=channel, primary=True
    ).first()
    address = point.value if point else ""
    to, _made = Addressee.objects.get_or_create(
        recipient=person,
        channel=channel,
        commitment=fingerprints.commitment(person.name, person.unit, address),
        defaults={
            "cluster": person.cluster,
            "name": person.name,
            "unit": person.unit,
            "address": address,
            "fingerprint": fingerprints.of_address(channel, address),
        },
    )
    if status == EntryStatus.SENDING:
        fields |= {"token": "t1", "attempts": 1}
    return NotificationLog.objects.create(
        cluster=dispatch.cluster,
        dispatch=dispatch,
        recipient=person,
        channel=channel,
        addressee=to,
        status=status,
        commitment=to.commitment,
        planned_at=timezone.now(),
        **fields,
    )


def status_of(entry: NotificationLog) -> tuple[str, str]:
    """Status and reason as they are in the database now."""
    entry.refresh_from_db()
    return entry.status, entry.reason
