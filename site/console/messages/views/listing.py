"""The list of templates, and the page of one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console import areas
from console.components import Fact
from console.messages.finding import Doors, crumbs, doors_of, template_or_404
from console.messages.panel import panel_for, reading
from notifications import events
from notifications.actions.wordings import wordings_of
from notifications.composing.titles import title_of
from notifications.composing.wordings import SMS, channels_of
from notifications.languages import language_name
from notifications.models import MessageTemplate


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the list; ``said`` are its languages and channels."""

    template: MessageTemplate
    subject: str
    said: str
    doors: Doors


def index(request: Any) -> HttpResponse:
    """Our own templates and the system's, with what each is for."""
    sought = request.GET.get("q", "").strip()
    kind = request.GET.get("kind", "")
    archived = request.GET.get("show") == "archived"
    found = _with_use(request).filter(archived_at__isnull=not archived)
    if sought:
        found = found.filter(Q(name__icontains=sought) | Q(subject__icontains=sought))
    if kind:
        found = found.filter(event=kind)
    rows = [_row(request, each) for each in found]
    return render(
        request,
        "console/messages/index.html",
        {
            "page_title": _("Templates"),
            "header_icon": "doc-full",
            "own": [row for row in rows if row.template.cluster_id],
            "system": [row for row in rows if not row.template.cluster_id],
            "kinds": events.ANNOUNCEABLE,
            "sought": sought,
            "kind": kind,
            "archived": archived,
            "filtered": bool(sought or kind or archived),
            "media": reading,
        },
    )


def show(request: Any, pk: int) -> HttpResponse:
    """One template: what it says, as anybody would get it, and what can be done."""
    template = template_or_404(request, pk)
    template.used = _with_use(request).get(pk=pk).used
    url = reverse("messages:rendered", args=[pk])
    wordings = wordings_of(template)
    return render(
        request,
        "console/messages/show.html",
        {
            "page_title": template.name,
            "header_icon": "doc-full",
            "breadcrumbs_items": crumbs(),
            "template": template,
            "doors": doors_of(request, template),
            "facts": _facts(request, template),
            "panel": panel_for(
                request,
                wordings,
                channels_of(wordings),
                url=url,
                form_id="",
            ),
            "media": reading,
        },
    )


def _row(request: Any, template: MessageTemplate) -> Row:
    cluster = request.cluster
    known = {"cluster": cluster.name, "sender_name": cluster.sender_name}
    subject = title_of(template.subject or template.sms, known)
    return Row(template, subject, _said(template), doors_of(request, template))


def _said(template: MessageTemplate) -> str:
    """ "English, French; also as a text message"."""
    wordings = wordings_of(template)
    names = ", ".join(map(language_name, wordings))
    if SMS in channels_of(wordings):
        return _("%(languages)s; also as a text message") % {"languages": names}
    return names


def _with_use(request: Any) -> QuerySet[MessageTemplate]:
    """Counts this cluster's announcements only: system templates serve everybody."""
    here = Q(announcements__cluster=request.cluster)
    return MessageTemplate.objects.select_related("latest_revision__user").annotate(
        used=Count("announcements", filter=here)
    )


def _facts(request: Any, template: Any) -> list[Fact]:
    versions = reverse("messages:versions", args=[template.pk])
    revision = template.latest_revision
    who = (revision and revision.user) or _("Tocsin")
    uses = ngettext("%(n)d announcement", "%(n)d announcements", template.used)
    rows = [
        Fact(_("Kind"), template.get_event_display()),
        Fact(_("Languages"), _said(template)),
        Fact(_("Belongs to"), template.cluster or _("Tocsin, for every cluster")),
        Fact(_("Version"), _link(versions, template.version)),
        Fact(_("Last saved by"), who),
        Fact(_("Used in"), uses % {"n": template.used}),
    ]
    if template.used and areas.may(request, "announcements:index"):
        url = f"{reverse('announcements:index')}?template={template.pk}"
        rows[-1] = Fact(_("Used in"), _link(url, uses % {"n": template.used}))
    return rows


def _link(url: str, words: Any) -> Any:
    return format_html('<a href="{}">{}</a>', url, words)
