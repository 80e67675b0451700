"""The steps of an import: where it is, and what every one of its pages shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console import areas
from notifications.actions import imports
from notifications.lifecycle import ImportStatus
from notifications.models import RecipientImport

_S = ImportStatus

#: Where an import is taken up again, for whoever may change it.
PAGES: Final = {
    _S.UPLOADED: "imports:contents",
    _S.MAPPED: "imports:columns",
    _S.REHEARSED: "imports:rehearsal",
}
#: What can still be changed in it.
OPEN: Final = (_S.UPLOADED, _S.MAPPED, _S.REHEARSED, _S.FAILED)
UNDER_WAY: Final = (_S.REHEARSING, _S.COMMITTING)

_NAMES: Final[dict[str, Promise]] = {
    "upload": gettext_lazy("Upload"),
    "contents": gettext_lazy("What is in it"),
    "columns": gettext_lazy("Columns"),
    "rehearsal": gettext_lazy("Rehearsal"),
    "done": gettext_lazy("Import"),
}
#: How far each status is.
_REACHED: Final[dict[str, str]] = {
    _S.UPLOADED: "columns",
    _S.MAPPED: "columns",
    _S.REHEARSING: "columns",
    _S.REHEARSED: "rehearsal",
    _S.FAILED: "columns",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the row above a page."""

    name: str | Promise
    url: str
    is_here: bool
    is_done: bool


def the_import(request: Any, uid: Any) -> RecipientImport:
    """The import of an address; another cluster's is a 404."""
    found: RecipientImport = get_object_or_404(
        RecipientImport.objects.select_related("cluster", "created_by"),
        uid=uid,
        cluster=request.cluster,
    )
    return found


def steps_of(request: Any, here: str, job: RecipientImport | None) -> list[Step]:
    """The steps; those that may be gone back to are links."""
    names = list(_NAMES)
    reached = (
        names.index(_REACHED.get(ImportStatus(job.status), "upload")) if job else 0
    )
    found = []
    for place, name in enumerate(names):
        is_link = job is not None and 0 < place <= reached and name != here
        route = f"imports:{name}"
        may = is_link and areas.may(request, route)
        url = reverse(route, args=[job.uid]) if may and job else ""
        found.append(Step(_NAMES[name], url, name == here, place < names.index(here)))
    return found


def page(
    request: Any, here: str, job: RecipientImport | None, **context: Any
) -> dict[str, Any]:
    """What every page of an import has."""
    crumbs = [{"url": reverse("imports:index"), "label": _("Imports")}]
    return {
        "page_title": job.filename if job else _("Import people"),
        "header_icon": "upload",
        "breadcrumbs_items": crumbs,
        "job": job,
        "steps": steps_of(request, here, job),
        "before": imports.earlier(job) if job else None,
        "may_cancel": job is not None
        and job.status in OPEN
        and areas.may(request, "imports:cancel", "POST"),
    } | context
