"""Whether a feed is of use: its drafts can be begun, and it can be read."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications import links
from notifications.actions.broadcasts.telling import members
from notifications.actions.guards import role_of
from notifications.actions.staff import own_recipient
from notifications.audience import Criteria
from notifications.composing.page import literal
from notifications.dispatching import Plan, pin, prepare
from notifications.dispatching.brands import compile_for
from notifications.events import DELIVERY_TROUBLE, ChannelKind
from notifications.models import AlertFeed, Role

logger = logging.getLogger("tocsin.feeds")

#: So long may a feed be in trouble before managers find it on Home.
PATIENCE = timedelta(days=1)


def why_no_drafts(feed: AlertFeed) -> str:
    """Why nothing of it can become a draft, for managers; "" where it can."""
    held = role_of(feed.saved_by, feed.cluster)
    if held is not None and held.reaches(Role.AUTHOR):
        return ""
    return _(
        "%(who)s saved it last and may begin no emergencies here any more, so no alert "
        "of it becomes a draft. Open it and save it: then its drafts are begun by you."
    ) % {"who": feed.saved_by}


def in_trouble() -> Iterator[tuple[AlertFeed, str]]:
    """The feeds that somebody has to look after, each with the reason."""
    long_ago = timezone.now() - PATIENCE
    asked = AlertFeed.objects.filter(active=True)
    for feed in asked.select_related("cluster", "saved_by"):
        if why := why_no_drafts(feed):
            yield feed, why
        elif feed.problem and (feed.answered_at or feed.created_at) < long_ago:
            sentence = _("For more than a day it was not read in full: %(problem)s")
            yield feed, sentence % {"problem": feed.problem}


def tell_managers(feed: AlertFeed) -> None:
    """By mail, for nobody has to be woken: no alert waits, but the next one would."""
    cluster = feed.cluster
    managers = members(cluster, Role.MANAGER)
    people = tuple(own_recipient(user, cluster).pk for user in managers)
    if not people:
        return
    with override(cluster.language):
        subject = _("The alert feed “%(feed)s” makes no drafts") % {"feed": feed.name}
        url = links.feed_url(cluster.slug, str(feed.uid))
        blocks: list[dict[str, Any]] = [
            {"type": "text", "value": f"<p>{escape(literal(why_no_drafts(feed)))}</p>"},
            {"type": "button", "value": {"label": _("Look at it"), "url": url}},
        ]
        content = pin(
            cluster,
            compile_for(cluster, literal(subject), blocks),
            channel=ChannelKind.EMAIL,
            language=cluster.language,
        )
    prepare(
        Plan(
            cluster=cluster,
            event=DELIVERY_TROUBLE,
            title=subject,
            criteria=Criteria(only_recipients=people),
            contents=(content,),
            reason="A feed makes no drafts",
        )
    )
    logger.warning("feed %s: %s managers are told", feed.pk, len(people))
