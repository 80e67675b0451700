"""Staff who have to know: told at once, on every channel they have, and on record."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import timedelta
from smtplib import SMTPException
from typing import Any

from anymail.exceptions import AnymailError
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications import links
from notifications.actions.staff import own_recipient
from notifications.audience import Criteria
from notifications.channels.registry import registry
from notifications.composing.page import literal
from notifications.composing.sms import compile_sms
from notifications.dispatching import Plan, pin, prepare
from notifications.dispatching.brands import compile_for
from notifications.events import STAFF_ALARM, ChannelKind
from notifications.models import (
    Answer,
    Broadcast,
    Cluster,
    Dispatch,
    Membership,
    Role,
)

logger = logging.getLogger("tocsin.broadcasts")

#: Of the same zone staff are told once in so long.
ONCE_IN = timedelta(minutes=2)


def ask_approvers(broadcast: Broadcast, by: Any) -> int:
    """To all who may say yes to it, but for who submitted it; how many were told."""
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
            "who": by,
            "people": broadcast.expected_people or 0,
            "place": broadcast.blanks.get("place", ""),
        }
        approvers = members(broadcast.cluster, Role.APPROVER)
        others = [user for user in approvers if user.pk != by.pk]
        return tell(broadcast, others, subject % {"title": broadcast.title}, text)


def tell_author(broadcast: Broadcast, author: Any, by: Any, why: str) -> int:
    """To who submitted it: what an approver decided, and why."""
    with override(broadcast.cluster.language):
        subject = _("%(status)s: %(title)s") % {
            "status": broadcast.get_status_display(),
            "title": broadcast.title,
        }
        text = _("%(who)s says: %(why)s") % {"who": by, "why": why}
        return tell(broadcast, [author] if author else [], subject, text)


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
        url = links.broadcast_url(broadcast.cluster.slug, str(broadcast.uid))
        words = f"{broadcast.cluster}: {text}\n\n{url}"
        transaction.on_commit(lambda: _mail_platform_admins(subject, words))
    return told


def ask_for_help(broadcast: Broadcast, answer: Answer) -> int:
    """To the staff on duty: somebody needs help. Who and where stands on the board.

    Nobody is named, for what was sent is kept for ever. Of several people in a zone
    staff hear once in a while.
    """
    person = answer.recipient
    with override(broadcast.cluster.language):
        zone = person.zone.name if person.zone else broadcast.cluster.name
        subject = _("Somebody needs help: %(zone)s") % {"zone": zone}
        text = _("Open the board: it says who needs help, and where they are.")
        if _told_of_late(broadcast, subject):
            return 0
        return tell(broadcast, members(broadcast.cluster, Role.AUTHOR), subject, text)


def _told_of_late(broadcast: Broadcast, subject: str) -> bool:
    since = timezone.now() - ONCE_IN
    alarms = Dispatch.objects.filter(
        cluster=broadcast.cluster, event=STAFF_ALARM.name, created_at__gt=since
    )
    return alarms.filter(title=subject).exists()


def members(cluster: Cluster, role: Role) -> list[Any]:
    """Users who have at least this role here."""
    roles = [each for each in Role if each.reaches(role)]
    found = Membership.objects.filter(
        cluster=cluster, active=True, user__is_active=True, role__in=roles
    )
    return [each.user for each in found.select_related("user").order_by("pk")]


def tell(broadcast: Broadcast, users: Iterable[Any], subject: str, text: str) -> int:
    """A staff event in lane 0 with the link to this broadcast; how many are told."""
    cluster = broadcast.cluster
    people = tuple(own_recipient(user, cluster).pk for user in users)
    if not people:
        return 0
    url = links.broadcast_url(cluster.slug, str(broadcast.uid))
    prepare(
        Plan(
            cluster=cluster,
            event=STAFF_ALARM,
            title=subject,
            criteria=Criteria(only_recipients=people),
            contents=tuple(_contents(cluster, subject, text, url)),
            reason="Staff have to know",
        )
    )
    logger.info("broadcast %s: %s of staff are told", broadcast.pk, len(people))
    return len(people)


def _contents(cluster: Cluster, subject: str, text: str, url: str) -> Iterable[Any]:
    kinds = registry().kinds
    if ChannelKind.SMS in kinds:
        words = compile_sms(literal(f"{subject}. {text}\n{url}"))
        yield pin(cluster, words, channel=ChannelKind.SMS, language=cluster.language)
    if ChannelKind.EMAIL in kinds:
        blocks: list[dict[str, Any]] = [
            {"type": "text", "value": f"<p>{escape(literal(text))}</p>"},
            {"type": "button", "value": {"label": _("Open it"), "url": url}},
        ]
        words = compile_for(cluster, literal(subject), blocks)
        yield pin(cluster, words, channel=ChannelKind.EMAIL, language=cluster.language)


def _mail_platform_admins(subject: str, words: str) -> None:
    """They have no address in a cluster they are no member of."""
    users = get_user_model()._default_manager.filter(is_superuser=True, is_active=True)
    for address in users.order_by("pk").values_list("email", flat=True):
        try:
            send_mail(subject, words, settings.DEFAULT_FROM_EMAIL, [address])
        except (SMTPException, AnymailError, OSError) as problem:
            kind = type(problem).__name__
            logger.error("a platform admin could not be told: %s", kind)
