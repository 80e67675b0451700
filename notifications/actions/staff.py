"""Staff as people who get messages: each has a recipient of their own per cluster."""

from __future__ import annotations

from typing import Any

from notifications.events import ChannelKind
from notifications.models import Cluster, ContactPoint, Membership, Recipient


def own_recipient(user: Any, cluster: Cluster) -> Recipient:
    """The recipient that a member of staff is here, made at the first need."""
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
