"""Pages that say no, each with the reason and the way out; and ways between them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TITLES = {
    400: gettext_lazy("That could not be read"),
    401: gettext_lazy("You were signed out"),
    403: gettext_lazy("You may not do this"),
    404: gettext_lazy("There is no such page"),
    405: gettext_lazy("This cannot be done here"),
    409: gettext_lazy("This was not done"),
    500: gettext_lazy("Something broke on our side"),
}


def refusal(request: Any, status: int, sentence: Any) -> HttpResponse:
    """A message page; plain JSON for a script that asks for it."""
    if "application/json" in request.headers.get("accept", ""):
        return JsonResponse({"error": str(sentence)}, status=status)
    in_frame = getattr(request, "membership", None) is not None
    return render(
        request,
        "console/refusal.html" if in_frame else "console/bare.html",
        {
            "page_title": TITLES.get(status, TITLES[400]),
            "sentence": sentence,
            "status": status,
        },
        status=status,
    )


def signed_out(request: Any) -> HttpResponse:
    """For what was sent after the session ended: the page keeps what was typed.

    It passed the check for forged requests, so it is theirs. Going back would not do:
    browsers keep nothing of pages that must not be stored.
    """
    sentence = _(
        "Sign in in a new tab, then come back to this one and send again. "
        "Nothing was changed yet, and what you typed is kept here."
    )
    if "application/json" in request.headers.get("accept", ""):
        return JsonResponse({"error": sentence}, status=401)
    typed = [
        (name, value)
        for name, values in request.POST.lists()
        if name != "csrfmiddlewaretoken" and "password" not in name
        for value in values
    ]
    words = {
        "page_title": TITLES[401],
        "sentence": sentence,
        "typed": typed,
        "files": bool(request.FILES),
        "cookie": settings.CSRF_COOKIE_NAME,
    }
    answer = render(request, "console/signed_out.html", words, status=401)
    add_never_cache_headers(answer)
    return answer


def wrong_method(request: Any) -> HttpResponse:
    """For a route that can only be read."""
    sentence = _("This page can only be read. Go back and use its buttons.")
    return refusal(request, 405, sentence)


def bad_request(request: Any, exception: Any = None) -> HttpResponse:
    """Without the frame: nothing that the request says can be trusted."""
    sentence = _("The request was incomplete. Go back and send it again.")
    return _without_frame(400, sentence)


def permission_denied(request: Any, exception: Any = None) -> HttpResponse:
    sentence = str(exception or "") or _("Ask one of your managers.")
    return refusal(request, 403, sentence)


def not_found(request: Any, exception: Any = None) -> HttpResponse:
    """The same words whether a thing is missing or somebody else's."""
    sentence = _("What you look for does not exist, or it is not in this cluster.")
    return refusal(request, 404, sentence)


def server_error(request: Any) -> HttpResponse:
    """No database, no frame: whatever broke may be what they need."""
    sentence = _(
        "Nothing of what you typed was sent. Go back and try again; "
        "if it happens once more, tell the one who runs Tocsin."
    )
    return _without_frame(500, sentence)


def _without_frame(status: int, sentence: str) -> HttpResponse:
    words = {"page_title": TITLES[status], "sentence": sentence}
    return render(None, "console/broken.html", words, status=status)


def csrf_failure(request: Any, reason: str = "") -> HttpResponse:
    sentence = _(
        "The page was open for too long, or you signed in again in another tab; "
        "nothing was changed. Reloading would clear what you typed: go back, copy it, "
        "open the page in a new tab and send it from there."
    )
    return refusal(request, 403, sentence)


def cluster_url(request: Any, slug: str, rest: str = "admin/") -> str:
    """An address inside a cluster, wherever the request itself is."""
    return f"{request.root_prefix}c/{slug}/{rest}"


def in_cluster(request: Any, slug: str, name: str, *args: Any) -> str:
    """The address of a page of any cluster, wherever the request itself is."""
    rest = reverse(name, args=args).split("/admin/", 1)[1]
    return cluster_url(request, slug, f"admin/{rest}")


def without_cluster(request: Any) -> str:
    """The address of this request without its cluster."""
    rest = request.get_full_path().split("/admin/", 1)[1]
    return f"{request.root_prefix}admin/{rest}"


def platform_url(request: Any, name: str, *args: Any) -> str:
    """The address of a platform page, which never has a cluster in it."""
    path = reverse(name, args=args).split("/admin/", 1)[1]
    return f"{request.root_prefix}admin/{path}"


def platform_home(request: Any) -> str:
    """Where a platform admin without any membership begins."""
    return platform_url(request, "clusters:index")
