"""A test to oneself: the real message, by the real way, to one member of staff."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from notifications.actions.guards import require_role
from notifications.audience import Criteria, reach
from notifications.dispatching import Plan, pin, prepare
from notifications.errors import Refused
from notifications.events import TEST_MESSAGE, ChannelKind
from notifications.models import (
    Announcement,
    Cluster,
    ContactPoint,
    Dispatch,
    Membership,
    Recipient,
    Role,
)

from .looking import letter


def send_test(announcement: Announcement, *, by: Any) -> Dispatch:
    """Send the announcement as it stands to whoever asks, and to nobody else."""
    cluster = announcement.cluster
    require_role(by, cluster, Role.AUTHOR)
    compiled = letter(announcement)
    with transaction.atomic():
        me = own_recipient(by, cluster)
        criteria = Criteria(only_recipient=me.pk)
        _must_reach(cluster, criteria)
        subject = _("Test: %(subject)s") % {"subject": compiled.subject}
        content = pin(
            cluster,
            replace(compiled, subject=subject),
            channel=ChannelKind.EMAIL,
            language=cluster.language,
        )
        return prepare(
            Plan(
                cluster=cluster,
                event=TEST_MESSAGE,
                title=_("Test: %(subject)s") % {"subject": announcement},
                criteria=criteria,
                contents=(content,),
                created_by=by,
                announcement=announcement,
                is_test=True,
                reason="Test to myself",
            )
        )


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


def _must_reach(cluster: Cluster, criteria: Criteria) -> None:
    reached = reach(cluster, criteria, TEST_MESSAGE, ChannelKind.EMAIL)
    if reached.will:
        return
    why = ", ".join(str(reason.label) for reason in reached.reasons)
    raise Refused(
        _("A test cannot reach you here: %(why)s. Look at your own entry under People.")
        % {"why": why}
    )
