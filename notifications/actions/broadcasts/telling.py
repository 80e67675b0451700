"""Staff who have to know: told at once, on every channel they have, and on record."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications import links
from notifications.actions.alerts import write_to_admins
from notifications.actions.staff import own_recipient
from notifications.alerting import AnswerState
from notifications.audience import Criteria, zone_names
from notifications.channels.registry import registry
from notifications.composing.page import literal
from notifications.composing.sms import compile_sms
from notifications.dispatching import Plan, pin, prepare
from notifications.dispatching.brands import compile_for
from notifications.events import STAFF_ALARM, STAFF_DRILL, ChannelKind, Event
from notifications.lifecycle import BroadcastStatus
from notifications.models import (
    Answer,
    Broadcast,
    Cluster,
    Dispatch,
    Membership,
    Role,
)

from .hands import hands_in

logger = logging.getLogger("tocsin.broadcasts")

#: Each approver’s own; it opens the review without signing in.
REVIEW_LINK = "{{ review_url }}"
#: Of the same zone staff are told once in so long.
ONCE_IN = timedelta(minutes=2)


def ask_approvers(broadcast: Broadcast) -> int:
    """To all who may say yes to it; how many were told."""
    with override(broadcast.cluster.language):
        subject = (
            _("Approve now: %(title)s")
            if not broadcast.is_drill
            else _("Drill to approve: %(title)s")
        )
        text = _(
            "%(who)s wants to send it to %(people)d people in %(place)s. "
            "Look at it and decide."
        ) % {
            "who": broadcast.submitter,
            "people": broadcast.expected_people or 0,
            "place": broadcast.blanks.get("place", ""),
        }
        approvers = members(broadcast.cluster, Role.APPROVER)
        hands = hands_in(broadcast)
        asked = [user for user in approvers if user.pk not in hands]
        subject = subject % {"title": broadcast.title}
        return tell(broadcast, asked, subject, text, link=REVIEW_LINK)


def tell_of_draft(broadcast: Broadcast, why: str) -> int:
    """To the approvers: it came by itself, and waits for them as a draft."""
    with override(broadcast.cluster.language):
        subject = (
            _("Emergency to look at now: %(title)s")
            if not broadcast.is_drill
            else _("Drill to look at: %(title)s")
        ) % {"title": broadcast.title}
        text = _("%(why)s Submit it, or put it away.") % {"why": why}
        approvers = members(broadcast.cluster, Role.APPROVER)
        return tell(broadcast, approvers, subject, text)


def tell_author(broadcast: Broadcast, author: Any, by: Any, why: str) -> int:
    """To who submitted it, or all who write: what an approver decided, and why."""
    with override(broadcast.cluster.language):
        back = broadcast.status == BroadcastStatus.DRAFT
        what = _("Returned") if back else broadcast.get_status_display()
        subject = _("%(status)s: %(title)s") % {
            "status": what,
            "title": broadcast.title,
        }
        text = _("%(who)s says: %(why)s") % {"who": by, "why": why}
        # What a program raised has no author: whoever can write goes on with it.
        told = [author] if author else members(broadcast.cluster, Role.AUTHOR)
        told = [user for user in told if user.pk != by.pk]
        return tell(broadcast, told, subject, text)


def tell_of_broken_glass(broadcast: Broadcast, by: Any) -> int:
    """To all approvers, and past the engine to platform admins."""
    with override(broadcast.cluster.language):
        subject = _("Sent without approval: %(title)s") % {"title": broadcast.title}
        text = _(
            "%(who)s sent it alone, since nobody answered: %(why)s. "
            "Review it: somebody else has to."
        ) % {"who": by, "why": broadcast.break_glass_reason}
        approvers = members(broadcast.cluster, Role.APPROVER)
        others = [user for user in approvers if user.pk != by.pk]
        told = tell(broadcast, others, subject, text)
        # Without a link: they are no members, and see no cluster's pages.
        write_to_admins(subject, f"{broadcast.cluster}: {text}")
    return told


def review_asked_since(broadcast: Broadcast, since: datetime) -> bool:
    """Whether anybody was asked for the review of what went alone."""
    with override(broadcast.cluster.language):
        return _told_since(broadcast, _review_it(broadcast), since)


def _review_it(broadcast: Broadcast) -> str:
    return _("Review it: %(title)s") % {"title": broadcast.title}


def ask_for_review(broadcast: Broadcast, every: timedelta, now: datetime) -> int:
    """Once in so long, to all approvers but who sent it; later to platform admins too.

    Where there is nobody else, who sent it hears that somebody is needed.
    """
    sender = broadcast.submitted_by
    with override(broadcast.cluster.language):
        subject = _review_it(broadcast)
        if sender is None or _told_since(broadcast, subject, now - every):
            return 0
        text = _(
            "%(who)s sent it without approval %(days)d days ago, and nobody else has "
            "said whether that was right. An approver opens it and closes the review."
        ) % {"who": sender, "days": (now - (broadcast.live_at or now)).days}
        approvers = members(broadcast.cluster, Role.APPROVER)
        others = [user for user in approvers if user.pk != sender.pk]
        if broadcast.live_at and now - broadcast.live_at >= 2 * every:
            write_to_admins(subject, f"{broadcast.cluster}: {text}")
        return tell(broadcast, others or [sender], subject, text)


def ask_for_help(broadcast: Broadcast, zone: str | None) -> int:
    """To the staff on duty: somebody there needs help. Who stands on the board.

    Nobody is named, for what was sent is kept for ever. Of the same zone staff hear
    once in a while; what came in between is told by ``remind_of_help``.
    """
    with override(broadcast.cluster.language):
        subject = _help_in(broadcast, zone)
        if _told_since(broadcast, subject, timezone.now() - ONCE_IN):
            return 0
        text = _("Open the board: it says who needs help, and where they are.")
        return tell(broadcast, members(broadcast.cluster, Role.AUTHOR), subject, text)


def remind_of_help(broadcast: Broadcast) -> int:
    """Tell of whoever asked for help since staff were last told of their zone."""
    asked = Answer.objects.filter(
        broadcast=broadcast, state=AnswerState.HELP, by_staff=False
    )
    newest = asked.order_by().values("recipient__zone")
    names = zone_names(broadcast.cluster)
    told = 0
    for row in newest.annotate(at=Max("answered_at")):
        zone = names.get(row["recipient__zone"])
        with override(broadcast.cluster.language):
            known = _told_since(broadcast, _help_in(broadcast, zone), row["at"])
        if not known:
            told += ask_for_help(broadcast, zone)
    return told


def _help_in(broadcast: Broadcast, zone: str | None) -> str:
    words = _("Somebody needs help: %(zone)s (%(title)s)")
    return words % {
        "zone": zone or broadcast.cluster.name,
        "title": broadcast.title,
    }


def _told_since(broadcast: Broadcast, subject: str, since: datetime) -> bool:
    alarms = Dispatch.objects.filter(
        cluster=broadcast.cluster,
        event=_event(broadcast).name,
        created_at__gte=since,
    )
    return alarms.filter(title=_titled(broadcast, subject)).exists()


def members(cluster: Cluster, role: Role) -> list[Any]:
    """Users who have at least this role here."""
    roles = [each for each in Role if each.reaches(role)]
    found = Membership.objects.filter(
        cluster=cluster, active=True, user__is_active=True, role__in=roles
    )
    return [each.user for each in found.select_related("user").order_by("pk")]


def tell(
    broadcast: Broadcast,
    users: Iterable[Any],
    subject: str,
    text: str,
    *,
    link: str = "",
) -> int:
    """A staff event in lane 0, with a link; how many are told.

    The link is that of the broadcast in the console, where nothing else is said.
    """
    cluster = broadcast.cluster
    people = tuple(own_recipient(user, cluster).pk for user in users)
    if not people:
        return 0
    drill = broadcast.is_drill
    url = link or links.broadcast_url(cluster.slug, str(broadcast.uid), drill=drill)
    subject = _titled(broadcast, subject)
    prepare(
        Plan(
            cluster=cluster,
            event=_event(broadcast),
            title=subject,
            criteria=Criteria(only_recipients=people),
            contents=tuple(_contents(cluster, subject, text, url)),
            about=broadcast,
            reason="Staff have to know",
        )
    )
    logger.info("broadcast %s: %s of staff are told", broadcast.pk, len(people))
    return len(people)


def _event(broadcast: Broadcast) -> Event:
    return STAFF_DRILL if broadcast.is_drill else STAFF_ALARM


def _titled(broadcast: Broadcast, subject: str) -> str:
    """The subject; of a drill it says so first."""
    if broadcast.is_drill:
        with override(broadcast.cluster.language):
            subject = _("EXERCISE: %(subject)s") % {"subject": subject}
    return subject[:200]


def _contents(cluster: Cluster, subject: str, text: str, url: str) -> Iterable[Any]:
    kinds = registry().kinds
    if ChannelKind.SMS in kinds:
        words = compile_sms(f"{literal(f'{subject}. {text}')}\n{url}")
        yield pin(cluster, words, channel=ChannelKind.SMS, language=cluster.language)
    if ChannelKind.EMAIL in kinds:
        blocks: list[dict[str, Any]] = [
            {"type": "text", "value": f"<p>{escape(literal(text))}</p>"},
            {"type": "button", "value": {"label": _("Open it"), "url": url}},
        ]
        words = compile_for(cluster, literal(subject), blocks)
        yield pin(cluster, words, channel=ChannelKind.EMAIL, language=cluster.language)
