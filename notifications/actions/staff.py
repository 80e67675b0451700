"""Staff as people who get messages: each has a recipient of their own per cluster."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from notifications.events import ChannelKind
from notifications.models import Cluster, ContactPoint, Membership, Recipient

from .crowds import because


def own_recipient(user: Any, cluster: Cluster) -> Recipient:
    """The recipient that a member of staff is here, made at the first need.

    It has the mobile number of their account; who is a resident here has their own.
    """
    recipient = _recipient_of(user, cluster)
    if recipient.for_staff:
        _keep_number(recipient, user.phone)
    return recipient


def _recipient_of(user: Any, cluster: Cluster) -> Recipient:
    membership = Membership.objects.select_related("recipient").get(
        user=user, cluster=cluster
    )
    linked: Recipient | None = membership.recipient
    if linked is not None and linked.archived_at is None:
        return linked
    mine = Recipient.objects.filter(cluster=cluster, archived_at=None, user=user)
    recipient: Recipient = mine.first() or _make(user, cluster)
    membership.recipient = recipient
    membership._change_reason = "For messages to this member"
    membership.save(update_fields=["recipient"])
    return recipient


def _keep_number(recipient: Recipient, number: str) -> None:
    numbers = ContactPoint.objects.filter(recipient=recipient, channel=ChannelKind.SMS)
    if list(numbers.values_list("value", flat=True)) == [number] * bool(number):
        return
    with transaction.atomic():
        for old in numbers.exclude(value=number):
            because(old, "Another number on their account")
            old.delete()
        if number:
            numbers.get_or_create(
                value=number,
                defaults={
                    "cluster_id": recipient.cluster_id,
                    "recipient": recipient,
                    "channel": ChannelKind.SMS,
                },
            )


def _make(user: Any, cluster: Cluster) -> Recipient:
    name = user.get_full_name() or user.email
    recipient = Recipient(
        cluster=cluster,
        name=name,
        first_name=user.first_name[:100],
        user=user,
        for_staff=True,
    )
    recipient._change_reason = "For messages to a member of staff"  # type: ignore[attr-defined]
    recipient.save()
    ContactPoint.objects.create(
        cluster=cluster,
        recipient=recipient,
        channel=ChannelKind.EMAIL,
        value=user.email.lower(),
    )
    return recipient
