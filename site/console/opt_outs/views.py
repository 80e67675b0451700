"""Refusals: the list, one of them, recording one for a person, lifting it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.paginator import Page
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.forms import ReasonForm, attempt
from console.paging import CappedPaginator
from console.people.listing import PAGE
from console.typed import number_in
from notifications.actions import opt_outs
from notifications.actions.exports import request_export
from notifications.exporting.filters import PeopleFilter
from notifications.exporting.words import refusal_words
from notifications.models import ExportKind, OptOut, Recipient

from .forms import OptOutFilterForm, OptOutForm
from .showing import Line, facts, steps, title_of

#: People that a search for whom an opt-out is offers.
FOUND = 20


def index(request: Any) -> HttpResponse:
    """Refusals in force, newest first; lifted ones when asked for."""
    form = OptOutFilterForm(request.GET)
    rows = form.filter().opt_outs(request.cluster).select_related("recipient")
    page: Page[Any] = CappedPaginator(rows.order_by("-id"), PAGE).get_page(
        request.GET.get("page")
    )
    page.object_list = [Line.of(row) for row in page.object_list]
    return render(
        request,
        "console/opt_outs/index.html",
        {
            "page_title": _("Opt-outs"),
            "header_icon": "no-view",
            "form": form,
            "page": page,
            "count": page.paginator.count,
            "any": bool(page.paginator.count) or bool(form.known) or _any(),
        },
    )


def export(request: Any) -> HttpResponse:
    """Ask for the listed refusals as a file."""
    if request.method != "POST":
        return redirect("opt_outs:index")
    wanted = request_export(
        request.cluster,
        ExportKind.OPT_OUTS,
        request.POST.get("format", "csv"),
        OptOutFilterForm(request.POST).filter().stored(),
        _("Opt-outs"),
        request.user,
    )
    messages.success(request, _("“%s” is being written; it will wait here.") % wanted)
    return redirect("exports:index")


def add(request: Any) -> HttpResponse:
    """First whose, then what, why and where that is on record."""
    chosen = number_in(request.GET.get("person", ""))
    if chosen is None:
        return _whose(request)
    person: Recipient = get_object_or_404(Recipient, pk=chosen)
    form = OptOutForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        wish = asdict(form.wish(request.cluster))
        row = attempt(
            form,
            lambda: opt_outs.opt_out(request.cluster, person, by=request.user, **wish),
        )
        if row is not None:
            messages.success(request, _("Opted %s out.") % person.name)
            return redirect("people:show", person.pk)
    return render(
        request,
        "console/opt_outs/add.html",
        {
            "page_title": _("Opt %s out") % person.name,
            "header_icon": "no-view",
            "breadcrumbs_items": _crumbs(),
            "form": form,
            "person": person,
            "submit_label": _("Opt %s out") % person.name,
            "sentence": _("Takes effect at once on what is planned."),
            "back_url": reverse("people:show", args=[person.pk]),
        },
        status=400 if form.errors else 200,
    )


def show(request: Any, pk: int) -> HttpResponse:
    """One refusal with its history."""
    row = _row(pk)
    return render(
        request,
        "console/opt_outs/show.html",
        {
            "page_title": title_of(row),
            "header_icon": "no-view",
            "breadcrumbs_items": _crumbs(),
            "row": row,
            "facts": facts(row),
            "steps": steps(row),
        },
    )


def lift(request: Any, pk: int) -> HttpResponse:
    """Ask why, then end a refusal."""
    row = _row(pk)
    if not row.is_in_force:
        messages.info(request, _("This opt-out is not in force any more."))
        return redirect("opt_outs:show", pk)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        why = form.cleaned_data["reason"]
        done = attempt(form, lambda: opt_outs.lift(row, reason=why, by=request.user))
        if done is not None:
            messages.success(request, _("Lifted. New messages reach them again."))
            return redirect("opt_outs:show", pk)
    return render(
        request,
        "console/confirm.html",
        {
            "page_title": _("Lift this opt-out?"),
            "breadcrumbs_items": [
                *_crumbs(),
                {"url": reverse("opt_outs:show", args=[pk]), "label": title_of(row)},
            ],
            "question": _(
                "“%(what)s” then reaches them again. What was skipped stays skipped. "
                "Do this only when they have asked for it."
            )
            % {"what": refusal_words(row)},
            "form": form,
            "submit_label": _("Lift the opt-out"),
            "back_url": reverse("opt_outs:show", args=[pk]),
        },
        status=400 if form.errors else 200,
    )


def _whose(request: Any) -> HttpResponse:
    asked = request.GET.get("q", "").strip()
    people = PeopleFilter(q=asked).people(request.cluster).select_related("zone")
    return render(
        request,
        "console/opt_outs/whose.html",
        {
            "page_title": _("Whose opt-out?"),
            "header_icon": "no-view",
            "breadcrumbs_items": _crumbs(),
            "asked": asked,
            "people": people.order_by("name_key", "id")[:FOUND] if asked else [],
            "most": FOUND,
        },
    )


def _row(pk: int) -> OptOut:
    related = ("recipient", "created_by", "source_entry__dispatch")
    row: OptOut = get_object_or_404(OptOut.objects.select_related(*related), pk=pk)
    return row


def _crumbs() -> list[dict[str, str]]:
    return [{"url": reverse("opt_outs:index"), "label": _("Opt-outs")}]


def _any() -> bool:
    return bool(OptOut.objects.exists())
