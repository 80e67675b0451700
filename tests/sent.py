"""Dispatches and log entries as the worker leaves them, for tests that read them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.utils import timezone

from notifications import fingerprints
from notifications.actors import Actor, ActorKind, acting
from notifications.events import ANNOUNCEMENT_POSTED, Event
from notifications.lifecycle import DispatchStatus, EntryStatus
from notifications.models import (
    Addressee,
    Batch,
    Cluster,
    Content,
    Dispatch,
    NotificationLog,
    Recipient,
    write_history,
)

WORKER = Actor(ActorKind.WORKER, None, "worker 1")


def make_dispatch(
    cluster: Cluster,
    title: str = "Water off on Monday",
    *,
    event: Event = ANNOUNCEMENT_POSTED,
    **fields: Any,
) -> Dispatch:
    """A finished dispatch to everyone."""
    given: dict[str, Any] = {
        "event": event.name,
        "lane": event.lane,
        "channels": ["email"],
        "audience": {"everyone": True},
        "status": DispatchStatus.DONE,
    }
    return Dispatch.objects.create(cluster=cluster, title=title, **(given | fields))


def make_content(cluster: Cluster, subject: str, html: str, text: str) -> Content:
    """The words of a message, placeholders still open."""
    address = sha256(f"{subject}{html}{text}".encode()).hexdigest()
    return Content.objects.create(
        cluster=cluster,
        hash=address,
        channel="email",
        language="en",
        subject=subject,
        html=html,
        text=text,
    )


def make_addressee(person: Recipient, channel: str = "email") -> Addressee:
    """Who and where, as they are now."""
    point = person.contact_points.filter(channel=channel).first()
    address = point.value if point else ""
    return Addressee.objects.get_or_create(
        cluster=person.cluster,
        recipient=person,
        channel=channel,
        commitment=fingerprints.commitment(person.name, person.unit, address),
        defaults={
            "name": person.name,
            "unit": person.unit,
            "address": address,
            "fingerprint": fingerprints.of_address(channel, address),
        },
    )[0]


def make_entry(
    dispatch: Dispatch,
    person: Recipient,
    status: str = EntryStatus.DELIVERED,
    *,
    at: datetime | None = None,
    steps: Iterable[str] = (),
    **fields: Any,
) -> NotificationLog:
    """An entry that went through ``steps`` to its status, with their history."""
    at = at or timezone.now()
    addressee = make_addressee(person, fields.get("channel", "email"))
    given: dict[str, Any] = {
        "channel": "email",
        "planned_at": at,
        "commitment": addressee.commitment,
    }
    if status not in (EntryStatus.PLANNED, EntryStatus.SKIPPED):
        given |= {"attempts": 1, "sending_at": at, "token": "t"}
    entry = NotificationLog(
        cluster=dispatch.cluster,
        dispatch=dispatch,
        recipient=person,
        addressee=addressee,
        **(given | fields),
    )
    entry.skip_history_when_saving = True
    entry.status = EntryStatus.PLANNED
    entry.save()
    del entry.skip_history_when_saving
    with acting(WORKER):
        for step in (*steps, status):
            move(entry, step)
    return entry


def move(
    entry: NotificationLog, status: str, *, because: str = "", **fields: Any
) -> None:
    """One more step on record, as bulk paths write it."""
    for name, value in (fields | {"status": status}).items():
        setattr(entry, name, value)
    NotificationLog.objects.filter(pk=entry.pk).update(**(fields | {"status": status}))
    if status != EntryStatus.PLANNED:
        write_history([entry], reason=because)


def make_batch(dispatch: Dispatch, size: int = 1) -> Batch:
    """A batch that is done."""
    now = timezone.now()
    return Batch.objects.create(
        cluster=dispatch.cluster,
        dispatch=dispatch,
        lane=dispatch.lane,
        channel="email",
        size=size,
        due_at=now,
        done_at=now,
    )
