"""What becomes of an import: under way, done, broken off or given up."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin import messages

from console import areas
from console.components import Step
from console.imports.steps import PAGES, UNDER_WAY, page, the_import
from notifications.actions import imports
from notifications.errors import Refused
from notifications.importing.holds import SILENCE
from notifications.lifecycle import ImportStatus
from notifications.models import RecipientImport


def show(request: Any, uid: Any) -> HttpResponse:
    """Where the import is now; what is open goes on at its step."""
    job = the_import(request, uid)
    route = PAGES.get(ImportStatus(job.status))
    if route and areas.may(request, route):
        return redirect(route, job.uid)
    context = page(
        request, "done", job, history=_history(job), **_numbers(job), **_pace(job)
    )
    return render(request, "console/imports/show.html", context)


def now(request: Any, uid: Any) -> HttpResponse:
    """The part that moves."""
    job = the_import(request, uid)
    return render(request, "console/imports/now.html", {"job": job, **_pace(job)})


def cancel(request: Any, uid: Any) -> HttpResponse:
    """Ask, then give the import up."""
    job = the_import(request, uid)
    if request.method == "POST":
        try:
            imports.cancel(job, by=request.user)
        except Refused as problem:
            messages.error(request, str(problem))
            return redirect("imports:show", job.uid)
        messages.success(request, _("Given up. Nobody was imported."))
        return redirect("imports:index")
    context = page(
        request,
        "done",
        job,
        page_title=_("Give this import up?"),
        question=_(
            "The file and what was said of it are thrown away. Nobody in the cluster "
            "is changed."
        ),
        submit_label=_("Give it up"),
        danger=True,
        back_url=reverse("imports:show", args=[job.uid]),
    )
    return render(request, "console/confirm.html", context)


def bad_rows(request: Any, uid: Any) -> HttpResponse:
    """The rows to look at, as a file to correct and upload again."""
    job = the_import(request, uid)
    if job.status == ImportStatus.CANCELLED:
        return redirect("imports:show", job.uid)
    data = imports.bad_rows_file(job, by=request.user)
    response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    stem = job.filename.rpartition(".")[0] or job.filename
    name = _("%(file)s, rows to look at.csv") % {"file": stem}
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _numbers(job: RecipientImport) -> dict[str, Any]:
    counts = job.counts
    return {
        "counts": counts,
        "bad": sum(counts.get("bad", {}).values()),
    }


def _pace(job: RecipientImport) -> dict[str, Any]:
    """How far the job is, how long it will take, and whether anybody is at it."""
    moved = job.history.filter(status=job.status).order_by("-history_id").first()
    total, done = job.counts.get("rows", 0), job.done_rows
    words, now = "", timezone.now()
    if moved and 0 < done < total:
        spent = (now - moved.history_date).total_seconds()
        left = max(1, round(spent / done * (total - done)))
        words = ngettext("about %(n)d second left", "about %(n)d seconds left", left)
        words %= {"n": left}
    silent = job.beat_at is None or now - job.beat_at > SILENCE
    since = moved.history_date if moved else now
    return {
        "is_under_way": job.status in UNDER_WAY,
        "total": total,
        "forecast": words,
        "is_waiting": silent and now - since > SILENCE,
    }


def _history(job: RecipientImport) -> list[Step]:
    rows = job.history.order_by("history_id")
    return [
        Step(row.history_date, row.actor_label, _words(row), tone="idle")
        for row in rows
    ]


def _words(row: Any) -> str:
    if row.history_type == "+":
        return _("Uploaded")
    return str(row.history_change_reason)
