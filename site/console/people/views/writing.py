"""Adding and changing a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf.locale import LANG_INFO
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.people.forms import (
    AddressFormSet,
    PersonForm,
    address_rows,
    addresses_of,
    initial_of,
    refuse_addresses,
)
from notifications.actions import recipients
from notifications.actions.recipients import Details, Unclean
from notifications.errors import NotAllowed, Refused
from notifications.languages import language_name
from notifications.models import Recipient


def add(request: Any) -> HttpResponse:
    """A new person; one who seems to be here already is shown first."""
    return _write(request, None)


def edit(request: Any, pk: int) -> HttpResponse:
    """Change what is known about a person."""
    return _write(request, get_object_or_404(Recipient, pk=pk))


def _write(request: Any, person: Recipient | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    initial = initial_of(person) if person else {"zone_id": request.GET.get("zone")}
    form = PersonForm(request.cluster, data, initial=initial)
    rows = address_rows(person)
    formset = AddressFormSet(data, initial=rows, prefix="addresses")
    twins: list[Recipient] = []
    if data is not None and form.is_valid() and formset.is_valid():
        details = form.details(addresses_of(formset))
        try:
            twins = _twins(request, details, person)
            if not twins:
                return _done(request, _saved(request, person, details, form), person)
        except Unclean as unclean:
            form.refuse(refuse_addresses(formset, unclean.problems))
        except NotAllowed:
            raise
        except Refused as refused:
            form.add_error(None, str(refused))
    return _page(request, person, form, formset, twins)


def _twins(request: Any, details: Details, person: Recipient | None) -> list[Recipient]:
    """Whoever seems to be the same person, unless staff said that it is another."""
    if person is not None or request.POST.get("another"):
        return []
    return recipients.twins(request.cluster, details)


def _saved(
    request: Any, person: Recipient | None, details: Details, form: PersonForm
) -> Recipient:
    reason, by = form.cleaned_data["reason"], request.user
    if person is None:
        return recipients.add(request.cluster, details, by=by, reason=reason)
    seen = _moment(form.cleaned_data["seen"])
    return recipients.edit(person, details, by=by, reason=reason, seen=seen)


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _done(request: Any, saved: Recipient, before: Recipient | None) -> HttpResponse:
    sentence = _("Saved %s.") if before else _("Added %s.")
    messages.success(request, sentence % saved.name)
    return redirect("people:show", saved.pk)


def _page(
    request: Any, person: Recipient | None, form: Any, formset: Any, twins: list[Any]
) -> HttpResponse:
    crumbs = [{"url": reverse("people:index"), "label": _("People")}]
    back = reverse("people:index")
    if person is not None:
        back = reverse("people:show", args=[person.pk])
        crumbs.append({"url": back, "label": person.name})
    loose = formset.non_form_errors() if formset.is_bound else []
    wrong = bool(form.errors or loose or any(formset.errors))
    return render(
        request,
        "console/people/write.html",
        {
            "page_title": _("Change %s") % person.name if person else _("Add a person"),
            "header_icon": "user",
            "breadcrumbs_items": crumbs,
            "form": form,
            "formset": formset,
            "twins": twins,
            "wrong": wrong,
            "languages": sorted(language_name(code) for code in LANG_INFO),
            "submit_label": _("Save") if person else _("Add person"),
            "back_url": back,
            "person": person,
        },
        status=400 if wrong else 200,
    )
