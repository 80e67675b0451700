"""Which template a page is about, and what this person may do with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from console import areas
from notifications.actions import templates
from notifications.models import MessageTemplate


def template_or_404(request: Any, pk: int) -> MessageTemplate:
    """A template of this cluster or the system's; another cluster's is not there."""
    ours = MessageTemplate.objects.select_related("cluster", "latest_revision__user")
    return get_object_or_404(ours, pk=pk)


def own_or_404(request: Any, pk: int) -> MessageTemplate:
    """A template of this cluster's own; the system's are refused with a sentence."""
    template = template_or_404(request, pk)
    templates.require_own(template, request.user)
    return template


def number_in(given: str) -> int:
    """A number from an address; 0 for nonsense, which nothing has for a number."""
    return int(given) if given.isdecimal() and len(given) < 19 else 0


@dataclass(frozen=True, slots=True)
class Doors:
    """Where to go from a template; "" for what is not to be done with it."""

    use: str
    edit: str
    copy: str
    archive: str
    restore: str


def doors_of(request: Any, template: MessageTemplate) -> Doors:
    """The doors that are open for whoever asks."""
    writes = areas.may(request, "messages:edit", "POST")
    own = writes and template.cluster_id is not None
    archived = template.archived_at is not None

    def to(name: str, shown: bool) -> str:
        return reverse(f"messages:{name}", args=[template.pk]) if shown else ""

    return Doors(
        use=_use_url(request, template),
        edit=to("edit", own and not archived),
        copy=to("copy", writes),
        archive=to("archive", own and not archived),
        restore=to("restore", own and archived),
    )


def crumbs(template: MessageTemplate | None = None) -> list[dict[str, str]]:
    """The pages above one about a template."""
    found = [{"url": reverse("messages:index"), "label": _("Templates")}]
    if template is not None:
        url = reverse("messages:show", args=[template.pk])
        found.append({"url": url, "label": template.name})
    return found


def _use_url(request: Any, template: MessageTemplate) -> str:
    if template.archived_at or not areas.may(request, "announcements:add", "POST"):
        return ""
    return f"{reverse('announcements:add')}?template={template.pk}"
