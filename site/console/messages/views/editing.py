"""Writing a template, with its preview beside it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.messages.finding import crumbs, own_or_404
from console.messages.forms import TemplateForm, starting_words
from console.messages.panel import media, panel_for
from notifications.errors import Refused
from notifications.models import MessageTemplate


def add(request: Any) -> HttpResponse:
    """Write a new template."""
    form = TemplateForm(request.POST or None, initial=starting_words(None))
    if request.method == "POST" and form.is_valid():
        template = _done(form, lambda: form.create(request.cluster, by=request.user))
        if template is not None:
            messages.success(request, _("“%s” is saved.") % template.name)
            return redirect("messages:show", template.pk)
    return _page(
        request,
        form,
        page_title=_("New template"),
        back_url=reverse("messages:index"),
        breadcrumbs_items=crumbs(),
        sentence=_("Nothing is sent: a template is for writing announcements from."),
    )


def edit(request: Any, pk: int) -> HttpResponse:
    """Change a template; what was sent from it before stays as it was."""
    template = own_or_404(request, pk)
    seen = template.version
    form = TemplateForm(request.POST or None, initial=starting_words(template))
    if request.method == "POST" and form.is_valid():
        saved = _done(form, lambda: form.save(template, by=request.user))
        if saved is not None:
            _say_saved(request, saved, seen)
            return redirect("messages:show", pk)
    return _page(
        request,
        form,
        page_title=_("Change “%s”") % template.name,
        template=template,
        back_url=reverse("messages:show", args=[pk]),
        breadcrumbs_items=crumbs(own_or_404(request, pk)),
        sentence=_("Saving makes version %d. What was sent stays as it was.")
        % (seen + 1),
    )


def _done(form: TemplateForm, act: Any) -> MessageTemplate | None:
    """What the action made; None where it refused, with its sentence on the form."""
    try:
        made: MessageTemplate = act()
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    return made


def _say_saved(request: Any, saved: MessageTemplate, seen: int) -> None:
    if saved.version == seen:
        messages.info(request, _("Nothing was changed, so there is no new version."))
        return
    number = saved.version
    messages.success(request, _("Saved as version %d.") % number)


def _page(request: Any, form: TemplateForm, **context: Any) -> HttpResponse:
    panel = panel_for(request, form.typed_subject, form.typed_blocks)
    return render(
        request,
        "console/messages/edit.html",
        {
            "header_icon": "doc-full",
            "form": form,
            "panel": panel,
            "media": form.media + media,
            **context,
        },
    )
