"""The page behind the link of every mail, and the logo in it."""

from __future__ import annotations

import mimetypes
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from notifications import links, scope
from notifications.actors import acting
from notifications.composing import colours
from notifications.events import ChannelKind
from notifications.models import Cluster, NotificationLog, OptOutSource

from . import choices

LOGO_AGE = 24 * 60 * 60
BY = {
    ChannelKind.EMAIL: _("by email"),
    ChannelKind.SMS: _("by text message"),
    ChannelKind.PUSH: _("on the phone"),
    ChannelKind.APP: _("in the app"),
}


# No cookie and no CSRF token: the signed token is what a stranger does not have, and
# mail programs bring nothing else (RFC 8058).
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Offer the opt-out; only a POST does anything."""
    try:
        entry = choices.entry_of(token)
    except links.BrokenLink as broken:
        return private(broken_link(request, broken))
    with (
        scope.clusters(entry.cluster_id),
        acting(choices.person_of(entry)),
        translation.override(_language(entry)),
    ):
        answer = _post if request.method == "POST" else _page
        return private(answer(request, entry))


@require_safe
def logo(request: HttpRequest, uid: UUID) -> HttpResponseBase:
    """A cluster's logo, for the mail programs of its people."""
    # Unscoped: whoever has the mail may see the picture in it.
    cluster = Cluster._base_manager.filter(uid=uid).first()
    if cluster is None or not cluster.logo:
        raise Http404
    try:
        file = cluster.logo.open("rb")
    except FileNotFoundError as gone:
        raise Http404 from gone
    kind = mimetypes.guess_type(str(cluster.logo.name))[0] or "application/octet-stream"
    response = FileResponse(file, content_type=kind)
    response["Cache-Control"] = f"public, max-age={LOGO_AGE}"
    return response


def _post(request: HttpRequest, entry: NotificationLog) -> HttpResponse:
    if request.POST.get("List-Unsubscribe") == "One-Click":
        choices.stop(entry, everything=False, source=OptOutSource.ONE_CLICK)
        return HttpResponse("OK\n", content_type="text/plain")
    chosen = request.POST.get("stop")
    if chosen in ("category", "everything"):
        choices.stop(entry, everything=chosen == "everything", source=OptOutSource.LINK)
    elif "undo" in request.POST:
        choices.take_back(entry)
    else:
        return _page(request, entry, status=400)
    # A reload must not ask whether to send the form again.
    return HttpResponseRedirect(request.path, status=303)


def _page(
    request: HttpRequest, entry: NotificationLog, status: int = 200
) -> HttpResponse:
    words: dict[str, Any] = {
        "standing": choices.standing(entry),
        "cluster": entry.cluster.name,
        "category": choices.category_of(entry).label,
        "by": BY[ChannelKind(entry.channel)],
    }
    context = (
        words | colours_of(entry.cluster) | {"language": translation.get_language()}
    )
    return render(request, "public/unsubscribe.html", context, status=status)


def broken_link(request: HttpRequest, broken: links.BrokenLink) -> HttpResponse:
    language = translation.get_language_from_request(request)
    with translation.override(language):
        context = {"sentence": broken.sentence, "language": language}
        return render(request, "public/broken.html", context, status=404)


def private(response: HttpResponse) -> HttpResponse:
    """Keep the page out of caches and search engines, and its address to itself."""
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _language(entry: NotificationLog) -> str:
    wanted = entry.recipient.language or entry.cluster.language
    try:
        return translation.get_supported_language_variant(wanted)
    except LookupError:
        return settings.LANGUAGE_CODE


def colours_of(cluster: Cluster) -> dict[str, str]:
    """The cluster's colour for buttons and head, readable on light and on dark."""
    own = colours.valid(cluster.colour)
    return {
        "colour": own,
        "on_colour": colours.on(own),
        "on_light": colours.readable(own, "#ffffff"),
        "on_dark": colours.readable(own, "#16191d"),
    }
