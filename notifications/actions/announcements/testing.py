"""A test to oneself: the real message, by the real way, to one member of staff."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from notifications.actions.guards import require_role
from notifications.actions.staff import own_recipient
from notifications.audience import Criteria, reach
from notifications.dispatching import Plan, pin, prepare
from notifications.errors import Refused
from notifications.events import TEST_MESSAGE, ChannelKind
from notifications.models import Announcement, Cluster, Dispatch, Role

from .looking import letter


def send_test(announcement: Announcement, *, by: Any) -> Dispatch:
    """Send the announcement as it stands to whoever asks, and to nobody else."""
    cluster = announcement.cluster
    require_role(by, cluster, Role.AUTHOR)
    compiled = letter(announcement)
    with transaction.atomic():
        me = own_recipient(by, cluster)
        criteria = Criteria(only_recipients=(me.pk,))
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


def _must_reach(cluster: Cluster, criteria: Criteria) -> None:
    reached = reach(cluster, criteria, TEST_MESSAGE, ChannelKind.EMAIL)
    if reached.will:
        return
    why = ", ".join(str(reason.label) for reason in reached.reasons)
    raise Refused(
        _("A test cannot reach you here: %(why)s. Look at your own entry under People.")
        % {"why": why}
    )
