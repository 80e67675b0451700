"""Whom a person wants to be told when they do not answer: naming, and taking off."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.typed import number_in
from notifications.actions import personal
from notifications.alerting import ContactKind
from notifications.errors import NotAllowed, Refused
from notifications.exporting.filters import PeopleFilter
from notifications.models import PersonalContact, Recipient

#: People that a search offers.
FOUND = 20


def add(request: Any, pk: int) -> HttpResponse:
    """Look for somebody; POST names them as a contact of this person."""
    person: Recipient = get_object_or_404(Recipient, pk=pk)
    if request.method != "POST":
        return _page(request, person)
    chosen = number_in(request.POST.get("person", ""))
    contact: Recipient = get_object_or_404(Recipient, pk=chosen)
    try:
        kind = request.POST.get("kind", "")
        link = personal.name_contact(person, contact, kind, by=request.user)
    except NotAllowed:
        raise
    except Refused as refused:
        return _page(request, person, problem=str(refused))
    messages.success(
        request,
        _("%(contact)s is told when %(name)s does not answer.")
        % {"contact": link.contact.name, "name": person.name},
    )
    return redirect("people:show", pk)


def remove(request: Any, pk: int, link: int) -> HttpResponse:
    """POST takes a contact off; anything else goes back to the person."""
    rows = PersonalContact.objects.filter(recipient=pk)
    row: PersonalContact = get_object_or_404(rows, pk=link)
    if request.method == "POST":
        personal.drop_contact(row, by=request.user)
        messages.success(request, _("Taken off. Nobody was told of it."))
    return redirect("people:show", pk)


def _page(request: Any, person: Recipient, *, problem: str = "") -> HttpResponse:
    asked = request.GET.get("q", "").strip()
    people = PeopleFilter(q=asked).people(request.cluster).select_related("zone")
    others = people.filter(archived_at=None, for_staff=False).exclude(pk=person.pk)
    return render(
        request,
        "console/people/contact.html",
        {
            "page_title": _("A contact of %s") % person.name,
            "header_icon": "user",
            "breadcrumbs_items": [
                {"url": reverse("people:index"), "label": _("People")},
                {"url": reverse("people:show", args=[person.pk]), "label": person.name},
            ],
            "asked": asked,
            "people": others.order_by("name_key", "id")[:FOUND] if asked else [],
            "most": FOUND,
            "kinds": ContactKind.choices,
            "problem": problem,
        },
        status=409 if problem else 200,
    )
