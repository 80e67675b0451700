"""Who works in a cluster."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.admin import messages

from console.clusters.forms import InviteForm, RoleForm
from console.clusters.links import said_of_link
from console.forms import ReasonForm, attempt
from notifications.actions import members
from notifications.actions.welcome import Welcome
from notifications.models import Membership, Role


def index(request: Any) -> HttpResponse:
    """Members now, and those who were."""
    everybody = Membership.objects.select_related("user")
    return render(
        request,
        "console/clusters/members.html",
        {
            "page_title": _("Members"),
            "header_icon": "group",
            "members": [m for m in everybody if m.active and m.user.is_active],
            "former": [m for m in everybody if not (m.active and m.user.is_active)],
        },
    )


def invite(request: Any) -> HttpResponse:
    """A new member, with a link to a first password for a new account."""
    form = InviteForm(request.POST or None, initial={"role": Role.AUTHOR})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        invited = attempt(
            form,
            lambda: members.invite(
                request.cluster,
                given["email"],
                Role(given["role"]),
                by=request.user,
                first_name=given["first_name"],
                last_name=given["last_name"],
            ),
        )
        if invited is not None:
            messages.success(request, _said(invited) % invited.membership.user)
            return _after_link(request, invited.welcome)
    return render(
        request,
        "console/clusters/invite.html",
        _page(_("Invite a member"), form=form, submit_label=_("Invite")),
    )


def edit(request: Any, pk: int) -> HttpResponse:
    """Change a role; see what has become of a membership."""
    member = _member(pk)
    form = RoleForm(request.POST or None, initial={"role": member.role})
    if request.method == "POST" and form.is_valid():
        role = Role(form.cleaned_data["role"])
        saved = attempt(
            form, lambda: members.change_role(member, role, by=request.user)
        )
        if saved is not None:
            said = _("%(who)s is now %(role)s.")
            messages.success(request, said % {"who": member.user, "role": role.label})
            return redirect("clusters:members")
    return render(
        request,
        "console/clusters/member.html",
        _page(
            str(member.user),
            form=form,
            member=member,
            history=member.history.order_by("-history_id")[:50],
            submit_label=_("Change the role"),
        ),
    )


def deactivate(request: Any, pk: int) -> HttpResponse:
    """End somebody's membership, with a reason."""
    member = _member(pk)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if attempt(form, lambda: members.deactivate(member, reason, by=request.user)):
            messages.success(request, _("%s is no longer a member.") % member.user)
            return redirect("clusters:members")
    question = _("%s can no longer open this cluster. What they did stays on record.")
    return render(
        request,
        "console/confirm.html",
        _page(
            _("End the membership of %s?") % member.user,
            form=form,
            question=question % member.user,
            submit_label=_("End the membership"),
            danger=True,
        ),
    )


def leave(request: Any) -> HttpResponse:
    """End my own membership."""
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        mine, reason = request.membership, form.cleaned_data["reason"]
        if attempt(form, lambda: members.deactivate(mine, reason, by=request.user)):
            return redirect(request.root_prefix)
    return render(
        request,
        "console/confirm.html",
        _page(
            _("Leave %s?") % request.cluster,
            form=form,
            question=_("You can come back only if a manager lets you in again."),
            submit_label=_("Leave"),
            danger=True,
        ),
    )


@require_POST
def reactivate(request: Any, pk: int) -> HttpResponse:
    """Let a former member in again."""
    member = members.reactivate(_member(pk), by=request.user)
    messages.success(request, _("%s is a member again.") % member.user)
    return redirect("clusters:members")


@require_POST
def welcome(request: Any, pk: int) -> HttpResponse:
    """A new link for somebody who has never signed in."""
    member = _member(pk)
    return _after_link(request, members.welcome_again(member, by=request.user))


def _member(pk: int) -> Membership:
    return get_object_or_404(
        Membership.objects.select_related("user", "cluster"), pk=pk
    )


def _said(invited: members.Invitation) -> str:
    if invited.welcome is None:
        return _("%s is a member now, and signs in as before.")
    if invited.is_new:
        return _("%s is a member now.")
    return _(
        "%s is a member now. They have an account and have not set a password yet; "
        "the links that they had no longer work."
    )


def _after_link(request: Any, way: Welcome | None) -> HttpResponse:
    done_url = reverse("clusters:members")
    if way is None:
        return redirect(done_url)
    return said_of_link(request, way, done_url, _page(_("A link to a password")))


def _page(title: str, **more: Any) -> dict[str, Any]:
    members_url = reverse("clusters:members")
    return {
        "page_title": title,
        "header_icon": "user",
        "breadcrumbs_items": [{"url": members_url, "label": _("Members")}],
        "back_url": members_url,
        **more,
    }
