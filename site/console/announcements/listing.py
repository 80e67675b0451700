"""The list of announcements, by how they stand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.paging import CappedPaginator
from notifications.actions.announcements.looking import event_of
from notifications.lifecycle import AnnouncementStatus
from notifications.models import Announcement, Dispatch, MessageTemplate

from . import assets, balances, places
from .audience import keys_in

_S = AnnouncementStatus
PER_PAGE = 25

#: The tabs: name in the address, label, and the statuses behind it.
TABS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("", gettext_lazy("All"), tuple(_S)),
    ("draft", gettext_lazy("Drafts"), (_S.DRAFT,)),
    (
        "submitted",
        gettext_lazy("Waiting for approval"),
        (_S.SUBMITTED, _S.APPROVED),
    ),
    ("scheduled", gettext_lazy("Scheduled"), (_S.SCHEDULED,)),
    ("held", gettext_lazy("Held"), (_S.HELD,)),
    ("released", gettext_lazy("Sent"), (_S.RELEASED,)),
    ("cancelled", gettext_lazy("Cancelled"), (_S.CANCELLED,)),
)


def index(request: Any) -> HttpResponse:
    """Announcements of this cluster, newest first."""
    chosen = request.GET.get("status", "")
    statuses = next((s for name, _l, s in TABS if name == chosen), tuple(_S))
    sought = request.GET.get("q", "").strip()
    found = Announcement.objects.filter(status__in=statuses).select_related(
        "created_by", "last_edited_by", "released_by"
    )
    template = _template(request.GET.get("template", ""))
    if template is not None:
        found = found.filter(template=template)
    if sought:
        found = found.filter(Q(subject__icontains=sought) | Q(title__icontains=sought))
    page = CappedPaginator(found, PER_PAGE).get_page(request.GET.get("page"))
    _furnish(request, page)
    return render(
        request,
        "console/announcements/index.html",
        {
            "page_title": _("Announcements"),
            "header_icon": "megaphone",
            "media": assets.plain,
            "page": page,
            "tabs": _tabs(request, chosen, sought, template),
            "template": template,
            "all_url": places.to(request, "announcements:index"),
            "status": chosen,
            "q": sought,
            "any": Announcement.objects.exists(),
        },
    )


def _template(key: str) -> MessageTemplate | None:
    """The template whose announcements are asked for; nonsense narrows nothing."""
    (number,) = keys_in([key]) or (0,)
    found: MessageTemplate | None = MessageTemplate.objects.filter(pk=number).first()
    return found


def _tabs(
    request: Any, chosen: str, sought: str, template: MessageTemplate | None
) -> list[dict[str, Any]]:
    """Each with its number; a tab with nothing behind it stays, and says 0."""
    counted = Announcement.objects.order_by().values("status")
    query: dict[str, Any] = {"q": sought} if sought else {}
    if template is not None:
        counted = counted.filter(template=template)
        query["template"] = template.pk
    numbers = {row["status"]: row["n"] for row in counted.annotate(n=Count("pk"))}
    return [
        {
            "label": label,
            "count": sum(numbers.get(status, 0) for status in statuses),
            "current": name == chosen,
            "url": places.to(
                request,
                "announcements:index",
                **(query | ({"status": name} if name else {})),
            ),
        }
        for name, label, statuses in TABS
    ]


def _furnish(request: Any, rows: Iterable[Any]) -> None:
    """Give each row its kind, its dispatch and what became of it."""
    rows = list(rows)
    sent = Dispatch.objects.filter(
        announcement__in=rows, is_test=False, parent=None
    ).order_by("id")
    dispatches = {dispatch.announcement_id: dispatch for dispatch in sent}
    counts = balances.of(dispatches.values())
    for row in rows:
        row.kind = event_of(row).label
        dispatch = row.dispatch = dispatches.get(row.pk)
        if dispatch is not None:
            row.balance = balances.balance_of(request, dispatch, counts)
