"""A dispatch, made whole in one transaction before anybody is written to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from notifications import doorbell
from notifications.audience import Criteria
from notifications.errors import Refused
from notifications.events import Event
from notifications.models import (
    Announcement,
    Broadcast,
    ChannelMode,
    Cluster,
    Content,
    Dispatch,
    DispatchContent,
)

#: The kind of job that the doorbell rings for.
FAN_OUT = "fan_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All that makes a dispatch: what is said, to whom, why and by whom.

    Channels are tried, or used, in the order in which the contents name them.
    """

    cluster: Cluster
    event: Event
    title: str
    criteria: Criteria
    contents: tuple[Content, ...]
    created_by: Any = None
    announcement: Announcement | None = None
    broadcast: Broadcast | None = None
    purpose: str = ""
    about: Broadcast | None = None
    parent: Dispatch | None = None
    channel_mode: ChannelMode = ChannelMode.EVERY
    is_test: bool = False
    not_after: datetime | None = None
    reason: str = ""


def prepare(plan: Plan) -> Dispatch:
    """Write the dispatch and what it says; a worker fans it out after the commit.

    Raises Refused for an emergency that is no message of an approved broadcast.
    """
    _keep_the_rules(plan)
    with transaction.atomic():
        dispatch = Dispatch(
            cluster=plan.cluster,
            announcement=plan.announcement,
            broadcast=plan.broadcast,
            purpose=plan.purpose,
            about=plan.about,
            parent=plan.parent,
            event=plan.event.name,
            title=plan.title[:200],
            lane=plan.event.lane,
            channel_mode=plan.channel_mode,
            channels=list(dict.fromkeys(each.channel for each in plan.contents)),
            audience=plan.criteria.to_json(),
            is_test=plan.is_test,
            not_after=plan.not_after,
            created_by=plan.created_by,
        )
        dispatch._change_reason = plan.reason  # type: ignore[attr-defined]
        dispatch.save()
        for content in plan.contents:
            DispatchContent.objects.create(
                cluster=plan.cluster,
                dispatch=dispatch,
                content=content,
                channel=content.channel,
                language=content.language,
            )
        doorbell.ring_job(FAN_OUT, dispatch.pk)
    return dispatch


def _keep_the_rules(plan: Plan) -> None:
    """The last door before the log, whoever comes: its rules ask for no role."""
    event, broadcast = plan.event, plan.broadcast
    if event.for_staff and not plan.criteria.only_recipients:
        raise Refused(_("This is for staff alone: name each of them."))
    if not event.needs_broadcast:
        return
    if broadcast is None or broadcast.live_at is None:
        raise Refused(
            _(
                "An emergency goes out only as a broadcast that somebody approved. "
                "Raise it, and let a person say yes."
            )
        )
    if broadcast.is_drill is event.bypasses_preferences:
        raise Refused(
            _("A drill and an emergency are different things: raise it anew.")
        )
