"""The file itself: upload it, see what is in it, match its columns."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from wagtail.admin import messages

from console.imports.forms import ContentsForm, UploadForm, fields_of, posted_mapping
from console.imports.steps import OPEN, page, the_import
from notifications.actions import imports
from notifications.errors import Refused, TocsinError
from notifications.importing import limits
from notifications.importing.columns import check_mapping
from notifications.importing.sheets import head_of, mapping_of


def upload(request: Any) -> HttpResponse:
    """Take a file in; what is wrong with it is said here."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            limits.check_size(file.size)
            job = imports.upload(
                request.cluster, file.name, file.read(), by=request.user
            )
        except limits.ImportRefused as problem:
            form.add_error("file", str(problem))
        else:
            return redirect("imports:contents", job.uid)
    context = page(request, "upload", None, form=form)
    return render(request, "console/imports/upload.html", context)


def contents(request: Any, uid: Any) -> HttpResponse:
    """How the file is read: each guess is shown, and can be replaced."""
    job = the_import(request, uid)
    if job.status not in OPEN:
        return redirect("imports:show", job.uid)
    form = ContentsForm(request.POST or None, table=head_of(job))
    if request.method == "POST" and form.is_valid():
        try:
            imports.set_options(job, form.options(), by=request.user)
        except (limits.ImportRefused, Refused) as problem:
            form.add_error(None, str(problem))
        else:
            again = "again" in request.POST
            return redirect("imports:contents" if again else "imports:columns", job.uid)
    table = head_of(job)
    context = page(
        request, "contents", job, form=form, guess=table.guess, rows=job.counts
    )
    return render(request, "console/imports/contents.html", context)


def columns(request: Any, uid: Any) -> HttpResponse:
    """Which of their columns is which of our fields; then the rehearsal begins."""
    job = the_import(request, uid)
    if job.status not in OPEN:
        return redirect("imports:show", job.uid)
    table, mapping = head_of(job), mapping_of(job)
    problems: list[str] = []
    if request.method == "POST":
        mapping, problems = posted_mapping(request.POST, len(table.headings))
        problems = problems or check_mapping(mapping)
        if not problems:
            try:
                imports.set_mapping(job, mapping, by=request.user)
                imports.rehearse(job, by=request.user)
            except TocsinError as problem:
                messages.error(request, str(problem))
            return redirect("imports:show", job.uid)
    context = page(
        request,
        "columns",
        job,
        fields=fields_of(table, mapping),
        left_over=[
            heading
            for column, heading in enumerate(table.headings)
            if column not in mapping
        ],
        problems=problems,
    )
    return render(request, "console/imports/columns.html", context)
