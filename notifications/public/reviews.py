"""The page behind an approver's link: what waits for a yes, read without signing in.

It only shows. Whoever says yes signs in, and is asked in the console whether they may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.formats import time_format
from django.utils.timezone import localtime
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from notifications import links, scope
from notifications.actions import broadcasts
from notifications.alerting import Purpose
from notifications.composing import Compiled
from notifications.composing.emergencies import ANSWER_GAP
from notifications.events import ChannelKind
from notifications.lifecycle import BroadcastStatus
from notifications.models import Broadcast, Membership, NotificationLog, Role

from .views import broken_link, colours_of, private

#: How long the link can be followed after it was sent.
LIFE = timedelta(hours=24)
_S = BroadcastStatus
AS = {
    ChannelKind.SMS: gettext_lazy("As a text message"),
    ChannelKind.EMAIL: gettext_lazy("As a mail"),
    ChannelKind.PUSH: gettext_lazy("As a push message"),
    ChannelKind.APP: gettext_lazy("In the app"),
}
WHEN = {
    Purpose.ALERT: gettext_lazy("What people will read"),
    Purpose.CONTACT: gettext_lazy("What their contacts will read, without an answer"),
    Purpose.UPDATE: gettext_lazy("Prepared, while it goes on"),
    Purpose.ALL_CLEAR: gettext_lazy("Prepared, for when it is over"),
    Purpose.SENT_IN_ERROR: gettext_lazy("Prepared, should it be a mistake"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: on which channel, in which language, in which words."""

    heading: str
    language: str
    subject: str
    text: str


@require_safe
def review(request: HttpRequest, token: str) -> HttpResponse:
    """What would go out, by whom and to how many; or what became of it."""
    try:
        entry = _entry_of(token)
    except links.BrokenLink as broken:
        return private(broken_link(request, broken))
    broadcast = entry.dispatch.about
    assert broadcast is not None, "only these have such links"  # noqa: S101
    with (
        scope.clusters(entry.cluster_id),
        translation.override(_language(entry.cluster.language)),
        timezone.override(entry.cluster.time_zone),
    ):
        return private(_page(request, broadcast))


def _entry_of(token: str) -> NotificationLog:
    key = links.read_review(token)
    # Unscoped: the signature is the right to it, and it says which cluster it is.
    rows = NotificationLog._base_manager.select_related(
        "dispatch__about__cluster",
        "dispatch__about__submitted_by",
        "dispatch__about__approved_by",
        "cluster",
    )
    entry = rows.filter(pk=key, dispatch__about__isnull=False).first()
    if entry is None or _has_run_out(entry) or not _still_approves(entry):
        raise links.BrokenLink(
            _(
                "This link does not work any more. Sign in to Tocsin: what waits for "
                "you stands first on its home page."
            )
        )
    return entry


def _has_run_out(entry: NotificationLog) -> bool:
    return bool(entry.dispatch.created_at + LIFE < timezone.now())


def _still_approves(entry: NotificationLog) -> bool:
    """Whether it went to somebody who is an approver of this cluster now."""
    roles = [each for each in Role if each.reaches(Role.APPROVER)]
    # Unscoped: it names cluster and person, and is asked before a scope is entered.
    members = Membership._base_manager.filter(
        cluster=entry.cluster_id,
        recipient=entry.recipient_id,
        active=True,
        user__is_active=True,
        role__in=roles,
    )
    return bool(members.exists())


def _page(request: HttpRequest, broadcast: Broadcast) -> HttpResponse:
    waits = broadcast.status == _S.SUBMITTED
    context: dict[str, Any] = {
        "cluster": broadcast.cluster.name,
        "broadcast": broadcast,
        "waits": waits,
        "what_happened": "" if waits else _what_happened(broadcast),
        "people": broadcast.expected_people or 0,
        "ways": broadcasts.ways_of(broadcast),
        "told": list(_told(broadcast)) if waits else [],
        "console_url": links.broadcast_url(
            broadcast.cluster.slug, str(broadcast.uid), drill=broadcast.is_drill
        ),
        "language": translation.get_language(),
    }
    context |= colours_of(broadcast.cluster)
    return render(request, "public/review.html", context)


def _told(broadcast: Broadcast) -> Iterator[tuple[Any, list[Letter]]]:
    for purpose, letters in broadcasts.prepared(broadcast):
        yield WHEN[purpose], [_letter(*each) for each in letters]


def _letter(channel: str, language: str, letter: Compiled) -> Letter:
    return Letter(
        f"{AS[ChannelKind(channel)]}, {_language_name(language)}",
        language,
        letter.subject,
        ANSWER_GAP.sub(links.dead_answer_url(), letter.text),
    )


def _what_happened(broadcast: Broadcast) -> str:
    """In one sentence, where it does not wait any more."""
    words = {"who": broadcast.approved_by, "at": _time(broadcast.live_at)}
    match broadcast.status:
        case _S.DRAFT:
            return _("It was taken back or returned. Nobody has had it.")
        case _S.REJECTED:
            return _("It was rejected. Nobody has had it.")
        case _S.CANCELLED:
            return _("It was put away. Nobody has had it.")
        case _S.ENDED:
            return _("It was sent at %(at)s, and it is over.") % words
        case _S.STOPPED:
            return _("It was sent at %(at)s, and sending was stopped.") % words
    if broadcast.broke_glass:
        return _("%(who)s sent it alone at %(at)s. It is live.") % words
    return _("%(who)s approved it at %(at)s. It is live.") % words


def _time(moment: Any) -> str:
    return time_format(localtime(moment), "H:i") if moment else ""


def _language(wanted: str) -> str:
    """That of the cluster, as far as the page has words for it."""
    try:
        return translation.get_supported_language_variant(wanted)
    except LookupError:
        return translation.get_language() or "en"


def _language_name(code: str) -> str:
    try:
        return str(get_language_info(code)["name_local"])
    except KeyError:
        return code
