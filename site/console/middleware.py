"""The cluster in the address, and the gate that every request passes."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from notifications import scope
from notifications.actors import Actor, acting
from notifications.errors import NotAllowed, TocsinError
from notifications.models import Membership, Role

from . import gate, pages
from .gate import LAST_CLUSTER_COOKIE
from .typed import without_nul

IN_CLUSTER = re.compile(r"/c/(?P<slug>[-a-zA-Z0-9_]+)(?P<rest>/admin/.*)$", re.DOTALL)

Respond = Callable[[HttpRequest], HttpResponse]


class ClusterPrefixMiddleware:
    """Takes ``/c/<slug>`` off the path; ``reverse()`` puts it on again.

    So every tab has the cluster of its own address, and no view spells it out.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.root_prefix = get_script_prefix()
        request.cluster_slug = None
        found = IN_CLUSTER.match(request.path_info)
        if found is None:
            return self.get_response(request)
        request.cluster_slug = found["slug"]
        request.path_info = found["rest"]
        set_script_prefix(f"{request.root_prefix}c/{found['slug']}/")
        try:
            return self.get_response(request)
        finally:
            set_script_prefix(request.root_prefix)


class AccessMiddleware:
    """Finds who asks and for which cluster, and lets only declared routes through.

    The whole request, templates included, runs in the scope of that one cluster, in
    its time zone, and in the name of who signed in. Without a cluster in the address
    the scope is empty.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        identify(request)
        with ExitStack() as stack:
            if request.user.is_authenticated:
                stack.enter_context(acting(Actor.staff(request.user)))
            if request.cluster is None:
                stack.enter_context(scope.clusters())
                # Links of a page about somebody else's cluster must not lead there.
                set_script_prefix(request.root_prefix)
            else:
                stack.enter_context(scope.clusters(request.cluster.pk))
                zone = ZoneInfo(request.cluster.time_zone)
                stack.enter_context(timezone.override(zone))
            response = self.get_response(request)
        return self.finish(request, response)

    def process_view(
        self, request: Any, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        refused = gate.check(request, request.resolver_match.view_name)
        if refused is None:
            without_nul(request)
        return refused

    def process_exception(
        self, request: Any, problem: Exception
    ) -> HttpResponse | None:
        """Answer what an action refused with its sentence, never with a 500."""
        if isinstance(problem, NotAllowed):
            return pages.refusal(request, 403, problem.sentence)
        if isinstance(problem, TocsinError):
            return pages.refusal(request, 409, problem.sentence)
        return None

    def finish(self, request: Any, response: HttpResponse) -> HttpResponse:
        """Keep signed-in pages out of caches and remember the cluster."""
        if not request.user.is_authenticated:
            return response
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        slug = request.cluster and request.cluster.slug
        if slug and request.COOKIES.get(LAST_CLUSTER_COOKIE) != slug:
            response.set_cookie(
                LAST_CLUSTER_COOKIE,
                slug,
                httponly=True,
                samesite="Lax",
                secure=request.is_secure(),
            )
        return response


def identify(request: Any) -> None:
    """Set memberships, and membership, cluster and role where the address has one."""
    request.memberships = _memberships(request.user)
    slug = request.cluster_slug
    request.membership = next(
        (found for found in request.memberships if found.cluster.slug == slug), None
    )
    found = request.membership
    request.cluster = found.cluster if found else None
    request.role = Role(found.role) if found else None
    # Permission policies are given a user and no request.
    request.user.role_here = request.role


def _memberships(user: Any) -> list[Membership]:
    if not user.is_authenticated:
        return []
    # Unscoped: it asks for this user's own memberships, which decide the scope.
    return list(
        Membership._base_manager.filter(user=user, active=True)
        .select_related("cluster")
        .order_by("cluster__name")
    )
