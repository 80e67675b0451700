"""What becomes of a request: let through, shown the way, or refused with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from notifications.models import Membership

from . import pages
from .access import SAFE_METHODS, Access, Route, reaches
from .areas import route_table

#: Remembers the cluster that was looked at last: a convenience, never a right.
LAST_CLUSTER_COOKIE = "tocsin_cluster"

#: Levels that say nothing about a cluster.
ANYWHERE = frozenset({Access.PUBLIC, Access.SIGNED_IN})


def check(request: Any, name: str) -> HttpResponse | None:
    """None when the request may go on to its view, else the answer to give."""
    route = route_table().get(name)
    if route is None:
        raise Http404
    needed = route.needed(request.method)
    if needed is Access.PUBLIC:
        return None
    if not request.user.is_authenticated:
        return _sign_in(request, route)
    if request.cluster_slug and request.membership is None:
        raise Http404
    if needed is None:
        return pages.wrong_method(request)
    if needed in ANYWHERE:
        return None
    if needed is Access.PLATFORM:
        return _platform(request)
    if request.membership is None:
        return _to_a_cluster(request)
    if reaches(needed, user=request.user, role=request.role):
        return None
    return _role_too_low(request, needed)


def _sign_in(request: Any, route: Route) -> HttpResponse:
    if request.method not in SAFE_METHODS and route.read is Access.PUBLIC:
        return pages.wrong_method(request)
    if request.headers.get("x-requested-with") == "XMLHttpRequest":
        return HttpResponse(status=401)
    if request.method not in SAFE_METHODS:
        return pages.signed_out(request)
    return redirect_to_login(request.get_full_path(), login_url="wagtailadmin_login")


def _platform(request: Any) -> HttpResponse | None:
    if not request.user.is_superuser:
        return pages.refusal(
            request,
            403,
            _("Only a platform admin may open this. Ask the one who runs Tocsin."),
        )
    if request.cluster_slug is None:
        return None
    if request.method not in SAFE_METHODS:
        raise Http404
    # Platform pages belong to no cluster: their address has none.
    return HttpResponseRedirect(pages.without_cluster(request))


def _to_a_cluster(request: Any) -> HttpResponse:
    if request.method not in SAFE_METHODS:
        raise Http404
    membership = _last_cluster(request)
    if membership is not None:
        here = request.get_full_path()[len(request.root_prefix) :]
        slug = membership.cluster.slug
        return HttpResponseRedirect(f"{request.root_prefix}c/{slug}/{here}")
    if request.user.is_superuser and request.resolver_match.view_name == (
        "wagtailadmin_home"
    ):
        return HttpResponseRedirect(pages.platform_home(request))
    return pages.refusal(
        request,
        403,
        _(
            "You are not a member of any cluster. "
            "Ask a manager of yours to add you, then reload this page."
        ),
    )


def _last_cluster(request: Any) -> Membership | None:
    slug = request.COOKIES.get(LAST_CLUSTER_COOKIE)
    ordered = sorted(request.memberships, key=lambda m: m.cluster.slug != slug)
    return ordered[0] if ordered else None


def _role_too_low(request: Any, needed: Access) -> HttpResponse:
    sentence = _(
        "You are %(held)s in %(cluster)s, and this needs %(needed)s. "
        "Ask one of its managers for another role."
    ) % {
        "held": request.role.label,
        "cluster": request.cluster,
        "needed": needed.role.label if needed.role else needed.value,
    }
    return pages.refusal(request, 403, sentence)
