"""What a template said before."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.messages.finding import (
    crumbs,
    doors_of,
    number_in,
    own_or_404,
    template_or_404,
)
from console.messages.panel import panel_for, reading
from notifications.actions import templates
from notifications.actions.templates import Version
from notifications.composing.wordings import channels_of
from notifications.models import MessageTemplate


def index(request: Any, pk: int) -> HttpResponse:
    """Every version, who saved it and when."""
    template = template_or_404(request, pk)
    found = templates.versions(template)
    return _page(
        request,
        template,
        "versions",
        page_title=_("Versions"),
        versions=found,
        numbers=[each.number for each in found if not each.move],
    )


def show(request: Any, pk: int, number: int) -> HttpResponse:
    """One version, as anybody would have got it."""
    template = template_or_404(request, pk)
    version = _version_or_404(template, number)
    url = f"{reverse('messages:rendered', args=[pk])}?version={number}"
    return _page(
        request,
        template,
        "version",
        page_title=_("Version %d") % number,
        version=version,
        panel=panel_for(
            request,
            version.wordings,
            channels_of(version.wordings),
            url=url,
            form_id="",
        ),
        media=reading,
        may_restore=bool(doors_of(request, template).edit)
        and number != template.version,
    )


def compare(request: Any, pk: int) -> HttpResponse:
    """Two versions, field by field and block by block."""
    template = template_or_404(request, pk)
    old = _version_or_404(
        template, _number(request, "from", max(1, template.version - 1))
    )
    new = _version_or_404(template, _number(request, "to", template.version))
    if old.number > new.number:
        old, new = new, old
    return _page(
        request,
        template,
        "compare",
        page_title=_("What changed"),
        old=old,
        new=new,
        changes=templates.compare(old, new),
        numbers=[each.number for each in templates.versions(template) if not each.move],
        media=reading,
    )


def restore(request: Any, pk: int, number: int) -> HttpResponse:
    """Take an earlier version up again, as the newest one."""
    template = own_or_404(request, pk)
    _version_or_404(template, number)
    if request.method == "POST":
        seen = _number(request, "seen_version", 0)
        saved = templates.restore_version(
            template, number, seen_version=seen, by=request.user
        )
        said = {"old": number, "new": saved.version}
        messages.success(
            request, _("Version %(old)d is back, as version %(new)d.") % said
        )
        return redirect("messages:show", pk)
    return redirect("messages:version", pk, number)


def _version_or_404(template: MessageTemplate, number: int) -> Version:
    found = templates.version_of(template, number)
    if found is None:
        raise Http404
    return found


def _number(request: Any, name: str, default: int) -> int:
    given = request.POST.get(name) or request.GET.get(name) or ""
    return number_in(given) if given else default


def _page(
    request: Any, template: MessageTemplate, name: str, **context: Any
) -> HttpResponse:
    above = crumbs(template)
    if name != "versions":
        url = reverse("messages:versions", args=[template.pk])
        above.append({"url": url, "label": _("Versions")})
    return render(
        request,
        f"console/messages/{name}.html",
        {
            "header_icon": "history",
            "breadcrumbs_items": above,
            "template": template,
            "doors": doors_of(request, template),
            **context,
        },
    )
