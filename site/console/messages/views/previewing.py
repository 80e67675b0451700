"""Answers for the live preview: words as somebody would get them, and who there is."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from console import pages
from console.messages.finding import number_in, template_or_404
from console.messages.forms import WordsForm, is_unreadable
from console.messages.panel import as_json, person_of
from notifications.actions import previews, templates


def preview(request: Any) -> HttpResponse:
    """The words that are being typed, checked and filled for one person."""
    if request.method != "POST":
        return pages.refusal(request, 405, _("There is nothing to look at here."))
    form = WordsForm(request.POST)
    person = person_of(request.cluster, request.POST.get("as", ""))
    made = previews.preview(
        request.cluster, form.typed_subject, form.typed_blocks, person
    )
    if is_unreadable(form["body"].value()):
        made = replace(made, problems=tuple(form.found))
    return JsonResponse(as_json(made))


def rendered(request: Any, pk: int) -> HttpResponse:
    """A saved template, or one of its versions, filled for one person."""
    template = template_or_404(request, pk)
    subject, blocks = template.subject, list(template.body.raw_data)
    number = request.GET.get("version", "")
    if number:
        version = templates.version_of(template, number_in(number))
        if version is None:
            return pages.not_found(request)
        subject, blocks = version.subject, version.blocks
    person = person_of(request.cluster, request.GET.get("as", ""))
    return JsonResponse(
        as_json(previews.preview(request.cluster, subject, blocks, person))
    )


def people(request: Any) -> HttpResponse:
    """Some people of this cluster, for choosing whose eyes to look through."""
    found = previews.people_called(request.cluster, request.GET.get("q", "")[:100])
    return JsonResponse(
        {
            "people": [
                {
                    "id": person.pk,
                    "name": person.name,
                    "hint": ", ".join(filter(None, [person.unit, _zone(person)])),
                }
                for person in found
            ]
        }
    )


def _zone(person: Any) -> str:
    return person.zone.name if person.zone else ""
