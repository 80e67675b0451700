"""What the log stands on: triggers, foreign keys, clusters, promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import F, Q

from notifications.events import REGISTRY
from notifications.models import (
    Addressee,
    Announcement,
    Batch,
    Broadcast,
    ContactPoint,
    Content,
    Dispatch,
    DispatchContent,
    Incident,
    Membership,
    NotificationLog,
    OptOut,
    OptOutAddress,
    PersonalContact,
    Recipient,
    Zone,
    triggers,
)

#: The log and what it stands on: nothing of it goes because something else goes.
LOG: tuple[type[models.Model], ...] = (
    NotificationLog,
    Addressee,
    Dispatch,
    DispatchContent,
    Batch,
    Content,
)
#: Things of one cluster, and the way to what must be of the same.
SAME_CLUSTER: tuple[tuple[type[models.Model], str], ...] = (
    (NotificationLog, "dispatch"),
    (NotificationLog, "recipient"),
    (NotificationLog, "addressee"),
    (NotificationLog, "content"),
    (NotificationLog, "batch"),
    (Addressee, "recipient"),
    (Batch, "dispatch"),
    (DispatchContent, "dispatch"),
    (DispatchContent, "content"),
    (Dispatch, "announcement"),
    (Dispatch, "broadcast"),
    (Dispatch, "parent"),
    (Broadcast, "parent"),
    (Broadcast, "plan"),
    (Broadcast, "scenario"),
    (Incident, "dispatch"),
    (Incident, "alert"),
    (ContactPoint, "recipient"),
    (PersonalContact, "recipient"),
    (PersonalContact, "contact"),
    (OptOutAddress, "opt_out"),
    (OptOut, "recipient"),
    (OptOut, "source_entry"),
    (Announcement, "template"),
    (Membership, "recipient"),
    (Zone, "parent"),
    (Recipient, "zone"),
)


def history_is_append_only() -> Iterator[str]:
    """8: the triggers are there."""
    for name in triggers.missing():
        yield f"8: the trigger {name} is missing. Run manage.py migrate."


def emergencies_are_broadcasts() -> Iterator[str]:
    """6: no emergency went out but as a broadcast that somebody approved."""
    names = [each.name for each in REGISTRY.values() if each.needs_broadcast]
    rows = Dispatch.objects.filter(event__in=names).order_by()
    unapproved = rows.filter(Q(broadcast=None) | Q(broadcast__live_at=None))
    for pk in unapproved.values_list("pk", flat=True):
        yield f"6: dispatch {pk} is an emergency that nobody approved."


def nothing_cascades_into_the_log() -> Iterator[str]:
    """9: no foreign key deletes from the log, nor from any history."""
    histories = [
        model
        for model in apps.get_app_config("notifications").get_models()
        if hasattr(model, "instance_type")
    ]
    for model in (*LOG, *histories):
        for field in model._meta.concrete_fields:
            remote: Any = field.remote_field
            if remote is not None and remote.on_delete is models.CASCADE:
                yield f"9: {model.__name__}.{field.name} cascades into the log."


def one_cluster() -> Iterator[str]:
    """10: what belongs together belongs to one cluster."""
    for model, path in SAME_CLUSTER:
        # What belongs to no cluster is for all of them, like a system template.
        there = model._default_manager.filter(**{f"{path}__cluster__isnull": False})
        elsewhere = there.exclude(cluster=F(f"{path}__cluster"))
        for pk in elsewhere.order_by().values_list("pk", flat=True):
            yield f"10: {model.__name__} {pk} and its {path} are of two clusters."
    tagged = Recipient.tags.through._default_manager.order_by()
    for pair in tagged.exclude(recipient__cluster=F("tag__cluster")):
        yield f"10: recipient {pair.recipient_id} has a tag of another cluster."


def commitments_hold() -> Iterator[str]:
    """9: an entry repeats the promise of its addressee."""
    broken = NotificationLog.objects.order_by().exclude(
        commitment=F("addressee__commitment")
    )
    for pk in broken.values_list("pk", flat=True):
        yield f"9: entry {pk} does not repeat the commitment of its addressee."
