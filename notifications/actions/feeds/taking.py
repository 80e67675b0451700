"""One alert of others, taken in once: a draft, a note, or the reason for neither."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.actions.broadcasts import create_draft
from notifications.actions.broadcasts.telling import members
from notifications.actions.broadcasts.telling import tell as tell_staff
from notifications.inbound import CapMessage
from notifications.lifecycle import BroadcastStatus
from notifications.models import AlertFeed, Broadcast, InboundAlert, Role, write_history
from notifications.models.feeds import Became

from .reckoning import draft_from, headline_of, why_not

#: What people have in hand: an update of it says so.
IN_HAND = (BroadcastStatus.LIVE, BroadcastStatus.STOPPED)
#: A cancel or an update of these alarms staff; of a draft or of what is over, none.
PRESSING = (BroadcastStatus.SUBMITTED, *IN_HAND)
#: As many are named in what staff are told.
MOST_NAMED = 5


def take(
    feed: AlertFeed, message: CapMessage, xml: bytes, *, seen_as: str = ""
) -> None:
    """Write it down, with what comes of it, in one transaction; nothing a second time.

    Raises TocsinError where no draft can be made: it is tried again the next time.
    """
    name, now = message.name, timezone.now()
    same = InboundAlert.objects.filter(
        feed=feed, sender=name.sender, identifier=name.identifier, sent_at=name.sent
    )
    if same.exists():
        same.update(seen_as=seen_as)
        return
    try:
        with transaction.atomic():
            row = InboundAlert.objects.create(
                cluster=feed.cluster,
                feed=feed,
                sender=name.sender,
                identifier=name.identifier,
                sent_at=name.sent,
                kind=message.kind[:20],
                headline=headline_of(message),
                seen_as=seen_as,
                became=Became.NOTHING,
                came_at=now,
            )
            _work_out(feed, message, row, now)
            if row.became != Became.NOTHING:
                row.xml = xml.decode("utf-8", "replace")
            row.save()
    except IntegrityError:
        # Another worker was a moment faster; anything else is a fault.
        if not same.exists():
            raise


def tell(feed: AlertFeed) -> int:
    """Tell the staff of what came and nobody was told of yet; how many are told."""
    with transaction.atomic():
        waiting = InboundAlert.objects.select_for_update(of=("self",)).filter(
            ~Q(became=Became.NOTHING), feed=feed, told_at=None
        )
        rows = list(waiting.select_related("broadcast__cluster").order_by("pk"))
        if not rows or rows[0].broadcast is None:
            return 0
        now = timezone.now()
        InboundAlert.objects.filter(pk__in=[each.pk for each in rows]).update(
            told_at=now
        )
        with override(feed.cluster.language):
            subject, text = _words(feed, rows)
        staff = members(feed.cluster, Role.AUTHOR)
        return tell_staff(rows[0].broadcast, staff, subject, text)


def _work_out(
    feed: AlertFeed, message: CapMessage, row: InboundAlert, now: datetime
) -> None:
    before = _before(feed, message)
    row.why = why_not(feed, message, now)
    if message.status == "Actual" and before:
        _note(feed, message, before)
        pressing = [each for each in before if each.status in PRESSING]
        row.became, row.broadcast = Became.NOTE, (pressing or before)[-1]
        # The record says it, and nobody is woken for more.
        row.told_at = None if pressing else now
    if row.why:
        return
    if message.kind == "Cancel":
        row.why = "" if before else _("It cancels what never came to anything here.")
        return
    parent = next((each for each in before if each.status in IN_HAND), None)
    row.became, row.told_at = Became.DRAFT, None
    row.broadcast = create_draft(
        feed.cluster,
        draft_from(feed, message, now),
        by=feed.saved_by,
        parent=parent,
        why=_("From the feed “%(feed)s”: %(kind)s of %(sender)s")
        % {"feed": feed.name, "kind": message.kind, "sender": message.name.sender},
    )


def _before(feed: AlertFeed, message: CapMessage) -> list[Broadcast]:
    """What was made of the messages that this one names, the oldest first."""
    if message.kind == "Alert" or not message.references:
        return []
    named = Q(pk__in=[])
    for each in message.references:
        named |= Q(sender=each.sender, identifier=each.identifier, sent_at=each.sent)
    rows = InboundAlert.objects.filter(named, feed=feed, broadcast__isnull=False)
    keys = rows.values("broadcast")
    found = Broadcast.objects.filter(pk__in=keys).select_related("cluster")
    return list(found.order_by("pk"))


def _note(feed: AlertFeed, message: CapMessage, before: Sequence[Broadcast]) -> None:
    """On the record of each. It changes nothing: people decided about these."""
    said = (
        _("Cancelled by its sender")
        if message.kind == "Cancel"
        else _("Updated by its sender")
    )
    write_history(before, reason=f"{said}: {feed.name}, {headline_of(message)}")


def _words(feed: AlertFeed, rows: Sequence[InboundAlert]) -> tuple[str, str]:
    first = rows[0]
    if len(rows) > 1:
        subject = _("%(n)d alerts from %(feed)s") % {"n": len(rows), "feed": feed.name}
        named = "; ".join(each.headline for each in rows[:MOST_NAMED])
        return subject, _(
            "%(named)s. They wait under Emergencies; nobody has had them."
        ) % {"named": named}
    if first.became == Became.NOTE:
        subject = (
            _("Cancelled by %(feed)s: %(title)s")
            if first.kind == "Cancel"
            else _("Updated by %(feed)s: %(title)s")
        )
        text = _("Nothing was changed here. Look at it and decide.")
    else:
        subject = _("Alert from %(feed)s: %(title)s")
        text = _("It waits as a draft, and nobody has had it. Look at it and decide.")
    return subject % {"feed": feed.name, "title": first.headline}, text
