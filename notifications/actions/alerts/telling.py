"""The words of an alert, and who gets it: staff like anybody, through a Dispatch."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications import links, scope
from notifications.actions.staff import own_recipient
from notifications.audience import Criteria
from notifications.composing.page import literal
from notifications.delivery.status import EngineStatus
from notifications.dispatching import Plan, pin, prepare
from notifications.dispatching.brands import compile_for
from notifications.events import DELIVERY_TROUBLE, ChannelKind
from notifications.models import Cluster, Incident, Membership, Role

from .mailing import mail_platform_admins

logger = logging.getLogger("tocsin.alerts")


def tell_staff(incident: Incident) -> None:
    """An alert to those who may stop a message: approvers and managers.

    In the transaction that opened the incident, so that none is opened in silence.
    """
    cluster = incident.cluster
    assert cluster is not None, "what failed belongs to a cluster"  # noqa: S101
    with scope.clusters(cluster.pk), override(cluster.language):
        staff = [own_recipient(user, cluster).pk for user in _who_may_stop(cluster)]
        if not staff:
            return
        subject, blocks = _letter(incident, cluster)
        content = pin(
            cluster,
            compile_for(cluster, literal(subject), blocks),
            channel=ChannelKind.EMAIL,
            language=cluster.language,
        )
        incident.alert = prepare(
            Plan(
                cluster=cluster,
                event=DELIVERY_TROUBLE,
                title=subject,
                criteria=Criteria(only_recipients=tuple(staff)),
                contents=(content,),
                reason="Too many failures",
            )
        )
        incident.told = len(staff)
        incident.save(update_fields=["alert", "told"])
    logger.warning("incident %s: %s of staff are told", incident.pk, incident.told)


def _who_may_stop(cluster: Cluster) -> Iterable[Any]:
    members = Membership.objects.filter(
        cluster=cluster, active=True, role__in=(Role.APPROVER, Role.MANAGER)
    )
    active = members.filter(user__is_active=True).select_related("user")
    return [member.user for member in active.order_by("pk")]


def _letter(incident: Incident, cluster: Cluster) -> tuple[str, list[dict[str, Any]]]:
    numbers = {"bad": incident.bad, "settled": incident.settled}
    if incident.dispatch is None:
        subject = _("Many messages fail: %(bad)d of the last %(settled)d") % numbers
        sentence = _(
            "Of the last %(settled)d messages that were settled in %(cluster)s, "
            "%(bad)d failed or nobody knows whether they arrived."
        ) % (numbers | {"cluster": cluster.name})
    else:
        subject = _("“%(title)s”: %(bad)d of %(settled)d failed") % (
            numbers | {"title": incident.dispatch.title}
        )
        sentence = _(
            "Of the last %(settled)d messages of “%(title)s” that were settled, "
            "%(bad)d failed or nobody knows whether they arrived."
        ) % (numbers | {"title": incident.dispatch.title})
    next_step = _(
        "It goes on unless somebody pauses it. Look at the reasons, then decide: "
        "pause it, let it go on, or try the failed again afterwards."
    )
    uid = incident.dispatch.uid if incident.dispatch else ""
    text = f"<p>{escape(literal(sentence))}</p><p>{escape(next_step)}</p>"
    url = links.live_url(cluster.slug, str(uid))
    button = {"label": _("Look at it"), "url": url}
    return subject, [
        {"type": "text", "value": text},
        {"type": "button", "value": button},
    ]


def tell_platform_admins(incident: Incident, status: EngineStatus) -> None:
    """A plain mail past the engine, which is what does not work."""
    sentences = "\n".join(trouble.sentence for trouble in status.troubles)
    words = _(
        "%(sentences)s\n\n%(waiting)d messages wait. Nothing is lost: they go out as "
        "soon as it moves again.\n\n%(url)s"
    ) % {
        "sentences": sentences,
        "waiting": status.waiting,
        "url": links.engine_url(),
    }
    told = mail_platform_admins(_("Tocsin sends nothing"), words)
    Incident._base_manager.filter(pk=incident.pk).update(told=told)
    logger.warning("incident %s: %s platform admins are told", incident.pk, told)
