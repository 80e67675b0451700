"""Every live broadcast in public, as CAP: the alert, its updates, and its end."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext, override

from notifications import links
from notifications.alerting import Purpose, Response, Urgency
from notifications.composing.cap import CapAlert, Info, reference, to_xml
from notifications.models import Broadcast, PublishedAlert

from .looking import words_of

#: What a message of ours is in CAP.
KIND = {
    Purpose.ALERT: "Alert",
    Purpose.UPDATE: "Update",
    Purpose.ALL_CLEAR: "Update",
    Purpose.SENT_IN_ERROR: "Cancel",
}
ALL_CLEAR = "AllClear"


def publish(broadcast: Broadcast, purpose: str) -> PublishedAlert:
    """Write the CAP message that goes with this one; in the same transaction.

    It refers to all that was published of the broadcast before, and, where it says more
    about another one, to that.
    """
    before = list(_before(broadcast))
    parent = list(_before(broadcast.parent)) if broadcast.parent else []
    sent = timezone.now().replace(microsecond=0)
    number = len(before) + 1
    identifier = f"{broadcast.uid}-{number}"
    sender = broadcast.cluster.sender_email
    kind = KIND[Purpose(purpose)]
    if kind == "Alert" and parent:
        kind = "Update"
    alert = CapAlert(
        identifier=identifier,
        sender=sender,
        sent=sent,
        status="Exercise" if broadcast.is_drill else "Actual",
        kind=kind,
        references=tuple(
            reference(each.sender, each.identifier, each.sent_at)
            for each in (*parent, *before)
        ),
        note=_note(broadcast, purpose),
        infos=tuple(_infos(broadcast, purpose, sent)),
    )
    published: PublishedAlert = PublishedAlert.objects.create(
        cluster=broadcast.cluster,
        broadcast=broadcast,
        purpose=purpose,
        identifier=identifier,
        sender=sender,
        sent_at=sent,
        kind=kind,
        xml=to_xml(alert).decode(),
    )
    return published


def _before(broadcast: Broadcast) -> list[PublishedAlert]:
    return list(PublishedAlert.objects.filter(broadcast=broadcast).order_by("pk"))


def _note(broadcast: Broadcast, purpose: str) -> str:
    if broadcast.is_drill:
        return "Exercise: nothing has happened."
    if purpose == Purpose.SENT_IN_ERROR:
        return "Sent in error."
    return ""


def _event(broadcast: Broadcast, language: str) -> str:
    """What it is, in this language; the catalogue has the system's scenarios."""
    if broadcast.scenario is None:
        return broadcast.title
    with override(language):
        return gettext(broadcast.scenario.name)


def _infos(broadcast: Broadcast, purpose: str, sent: datetime) -> list[Info]:
    over = purpose in (Purpose.ALL_CLEAR, Purpose.SENT_IN_ERROR)
    cluster = broadcast.cluster
    response = broadcast.response
    if over:
        response = ALL_CLEAR if purpose == Purpose.ALL_CLEAR else Response.NONE
    return [
        Info(
            language=language,
            category=broadcast.kind,
            event=_event(broadcast, language),
            response=response,
            urgency=Urgency.PAST if over else broadcast.urgency,
            severity=broadcast.severity,
            certainty=broadcast.certainty,
            expires=broadcast.expires_at or sent,
            sender_name=cluster.sender_name,
            headline=words.headline or broadcast.title,
            description=words.description,
            instruction=words.instruction,
            web=links.notice_url(cluster.slug),
            area=str(broadcast.blanks.get("place") or cluster.name),
        )
        for language, words in words_of(broadcast, purpose).items()
    ]
