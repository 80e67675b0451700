"""Clusters and users of the installation: for platform admins, without any people."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from console import pages
from console.clusters.forms import JoinForm, NewClusterForm, UserForm
from console.clusters.links import said_of_link
from console.clusters.overview import overview
from console.forms import attempt
from notifications.actions import accounts, clusters
from notifications.actions.welcome import Welcome
from notifications.models import Cluster, Membership, Role


def index(request: Any) -> HttpResponse:
    """Every cluster with its counts."""
    mine = {member.cluster_id for member in request.memberships}
    return render(
        request,
        "console/clusters/index.html",
        {
            "page_title": _("Clusters"),
            "header_icon": "site",
            "lines": overview(),
            "mine": mine,
        },
    )


def create(request: Any) -> HttpResponse:
    """A new cluster and its first manager."""
    form = NewClusterForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        manager = given.pop("manager")
        made = attempt(form, lambda: clusters.create(given, manager, by=request.user))
        if made is not None:
            messages.success(request, _("“%s” is there.") % made.cluster)
            if made.manager.welcome is None:
                return redirect("clusters:index")
            return _after_link(request, made.manager.welcome, "clusters:index")
    return render(
        request,
        "console/form.html",
        _page(
            _("Create a cluster"),
            form=form,
            submit_label=_("Create"),
            intro=_("You do not become a member by this."),
            back_url=pages.platform_url(request, "clusters:index"),
        ),
    )


def join(request: Any, pk: int) -> HttpResponse:
    """Become a member, with a reason on record."""
    # Unscoped: a platform admin may see that a cluster exists, and its name.
    cluster = get_object_or_404(Cluster._base_manager, pk=pk)
    form = JoinForm(request.POST or None, initial={"role": Role.AUDITOR})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        joined = attempt(
            form,
            lambda: clusters.join(
                cluster, Role(given["role"]), given["reason"], by=request.user
            ),
        )
        if joined is not None:
            return redirect(pages.cluster_url(request, cluster.slug))
    return render(
        request,
        "console/form.html",
        _page(
            _("Join %s") % cluster,
            form=form,
            submit_label=_("Join"),
            intro=_(
                "You will see its people and messages. Who joined, when and why is "
                "on record there."
            ),
            back_url=pages.platform_url(request, "clusters:index"),
        ),
    )


def users(request: Any) -> HttpResponse:
    """Every account and where it belongs."""
    # Unscoped: accounts belong to the installation; no person of a cluster is shown.
    belonging = Membership._base_manager.filter(active=True).select_related("cluster")
    everybody = get_user_model()._default_manager.prefetch_related(
        Prefetch("memberships", queryset=belonging, to_attr="belonging")
    )
    return render(
        request,
        "console/clusters/users.html",
        _page(_("Users"), users=everybody.order_by("-is_active", "email")),
    )


def user_create(request: Any) -> HttpResponse:
    """A new account."""
    form = UserForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(
            form, lambda: accounts.create(by=request.user, **form.cleaned_data)
        )
        if made is not None:
            return _after_link(request, made.welcome, "clusters:users")
    return render(
        request,
        "console/form.html",
        _page(
            _("Create a user"),
            form=form,
            submit_label=_("Create"),
            back_url=pages.platform_url(request, "clusters:users"),
        ),
    )


@require_POST
def user_deactivate(request: Any, pk: int) -> HttpResponse:
    user = _user(pk)
    accounts.deactivate(user, by=request.user)
    messages.success(request, _("%s can no longer sign in.") % user)
    return redirect("clusters:users")


@require_POST
def user_activate(request: Any, pk: int) -> HttpResponse:
    user = _user(pk)
    accounts.activate(user, by=request.user)
    messages.success(request, _("%s can sign in again.") % user)
    return redirect("clusters:users")


@require_POST
def user_welcome(request: Any, pk: int) -> HttpResponse:
    """A new link to a password, for somebody who lost theirs."""
    user = _user(pk)
    way = accounts.welcome_again(user, by=request.user)
    return _after_link(request, way, "clusters:users")


def _user(pk: int) -> Any:
    return get_object_or_404(get_user_model(), pk=pk)


def _after_link(request: Any, way: Welcome, after: str) -> HttpResponse:
    done_url = pages.platform_url(request, after)
    return said_of_link(request, way, done_url, _page(_("A link to a password")))


def _page(title: str, **more: Any) -> dict[str, Any]:
    return {"page_title": title, "header_icon": "site", **more}
