"""Copying a template, taking it out of the choices, and putting it back."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.messages.finding import crumbs, own_or_404, template_or_404
from notifications.actions import templates


def copy(request: Any, pk: int) -> HttpResponse:
    """Make one of our own from it, and go on to change that."""
    template = template_or_404(request, pk)
    if request.method == "POST":
        ours = templates.copy(template, request.cluster, by=request.user)
        messages.success(request, _("This is your own copy. Change what you like."))
        return redirect("messages:edit", ours.pk)
    return _ask(
        request,
        template,
        page_title=_("Copy “%s”?") % template.name,
        question=_("You get a template of your own with the same words."),
        submit_label=_("Make a copy to change"),
    )


def archive(request: Any, pk: int) -> HttpResponse:
    """Take it out of the choices."""
    template = own_or_404(request, pk)
    if request.method == "POST":
        templates.archive(template, by=request.user)
        messages.success(request, _("“%s” is archived.") % template.name)
        return redirect("messages:index")
    return _ask(
        request,
        template,
        page_title=_("Archive “%s”?") % template.name,
        question=_(
            "Nobody can start an announcement from it any more. What was sent from it "
            "stays as it was, and you can put it back at any time."
        ),
        submit_label=_("Archive"),
    )


def restore(request: Any, pk: int) -> HttpResponse:
    """Put it back among the choices."""
    template = own_or_404(request, pk)
    if request.method == "POST":
        templates.restore(template, by=request.user)
        messages.success(request, _("“%s” is back in use.") % template.name)
        return redirect("messages:show", pk)
    return _ask(
        request,
        template,
        page_title=_("Put “%s” back into use?") % template.name,
        question=_("It can then be chosen for announcements again."),
        submit_label=_("Put back into use"),
    )


def _ask(request: Any, template: Any, **context: Any) -> HttpResponse:
    return render(
        request,
        "console/confirm.html",
        {
            "header_icon": "doc-full",
            "breadcrumbs_items": crumbs(template),
            "back_url": reverse("messages:show", args=[template.pk]),
            **context,
        },
    )
