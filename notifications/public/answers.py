"""The page behind the link of an emergency: am I safe, or do I need help?

It works on an old phone, without a script and without a cookie. A GET changes nothing:
many programs follow links before any person does.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from notifications import links, scope
from notifications.actions import broadcasts
from notifications.actions.broadcasts.looking import words_of
from notifications.actors import acting
from notifications.alerting import LAST_WORDS, AnswerState, Purpose
from notifications.composing.emergencies import Words
from notifications.errors import Refused
from notifications.lifecycle import BroadcastStatus
from notifications.models import Answer, Broadcast, NotificationLog

from .choices import person_of
from .notices import in_one, newest
from .views import broken_link, colours_of, private


# No cookie and no CSRF token: the signed token is what a stranger does not have.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """Ask how somebody is; only a POST puts anything down."""
    try:
        entry = _entry_of(token)
    except links.BrokenLink as broken:
        return private(broken_link(request, broken))
    broadcast = entry.dispatch.broadcast
    assert broadcast is not None, "only emergencies have such links"  # noqa: S101
    with (
        scope.clusters(entry.cluster_id),
        acting(person_of(entry)),
        translation.override(_language(entry)),
        timezone.override(entry.cluster.time_zone),
    ):
        if request.method == "POST":
            return private(_post(request, entry, broadcast))
        return private(_page(request, entry, broadcast))


def _entry_of(token: str) -> NotificationLog:
    key = links.read_answer(token)
    # Unscoped: the signature is the right to it, and it says which cluster it is.
    rows = NotificationLog._base_manager.select_related(
        "cluster", "recipient__zone", "dispatch__broadcast", "content"
    )
    entry = rows.filter(pk=key, dispatch__broadcast__isnull=False).first()
    if entry is None:
        raise links.BrokenLink(
            _("The message of this link is no longer on record. Call your office.")
        )
    return entry


def _post(
    request: HttpRequest, entry: NotificationLog, broadcast: Broadcast
) -> HttpResponse:
    # Also when it is over: whoever needs help is heard, until its muster closes.
    try:
        state, place = request.POST.get("state", ""), request.POST.get("place", "")
        broadcasts.answer(entry, state, place)
    except Refused:
        return _page(request, entry, broadcast, status=400)
    # A reload must not ask whether to send the form again.
    return HttpResponseRedirect(request.path, status=303)


def _page(
    request: HttpRequest,
    entry: NotificationLog,
    broadcast: Broadcast,
    status: int = 200,
) -> HttpResponse:
    said = Answer.objects.filter(broadcast=broadcast, recipient=entry.recipient_id)
    over = _is_over(broadcast)
    listens = broadcasts.still_listens(broadcast)
    context: dict[str, Any] = {
        "cluster": entry.cluster.name,
        "said_last": _words(entry, broadcast),
        "drill": broadcast.is_drill,
        "said": said.first(),
        "over": over,
        "expired": over and broadcast.ended_with not in LAST_WORDS,
        "asks": broadcast.wants_answers and listens and not _was_no_alarm(broadcast),
        "closed": broadcast.wants_answers and not listens,
        "states": AnswerState,
        "language": translation.get_language(),
    }
    context |= colours_of(entry.cluster)
    return render(request, "public/answer.html", context, status=status)


def _words(entry: NotificationLog, broadcast: Broadcast) -> list[Words]:
    """What was said last, the newest first, in the language of this person."""
    language = entry.content.language if entry.content else ""
    return [in_one(words_of(broadcast, each), language) for each in newest(broadcast)]


def _is_over(broadcast: Broadcast) -> bool:
    return bool(broadcast.status == BroadcastStatus.ENDED)


def _was_no_alarm(broadcast: Broadcast) -> bool:
    """Nobody is looked for; whoever says all the same that they need help is heard."""
    return bool(broadcast.ended_with == Purpose.SENT_IN_ERROR)


def _language(entry: NotificationLog) -> str:
    """That of the message, as far as the page has words for it."""
    wanted = entry.content.language if entry.content else entry.cluster.language
    try:
        return translation.get_supported_language_variant(wanted)
    except LookupError:
        return translation.get_language() or "en"
