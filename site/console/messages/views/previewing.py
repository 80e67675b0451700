"""Answers for the live preview: words as somebody would get them, and who there is."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from console import pages
from console.messages import ways
from console.messages.finding import number_in, template_or_404
from console.messages.forms import WordsForm
from console.messages.panel import answer_for, person_of, problem_json
from console.messages.words import Words, main_in
from notifications.actions import previews, templates
from notifications.actions.wordings import wordings_of
from notifications.composing.wordings import channels_of


def preview(request: Any) -> HttpResponse:
    """The words that are being typed, checked and filled for one person."""
    if request.method != "POST":
        return pages.refusal(request, 405, _("There is nothing to look at here."))
    data = request.POST
    language = main_in(data, request.cluster.language)
    words = Words.posted(request.cluster, language, WordsForm(data), data, {})
    wordings = words.wordings
    channels = channels_of(wordings)
    if "ways" in data:
        channels, _mode = ways.read(data["ways"])
    person = person_of(request.cluster, data.get("as", ""))
    shown = data.get("shown", "")
    made = answer_for(
        request.cluster, wordings, channels, person, shown, tuple(words.forms)
    )
    if any(form.unreadable for form in words.forms.values()):
        made["problems"] = [problem_json(each) for each in words.found(channels)]
    return JsonResponse(made)


def rendered(request: Any, pk: int) -> HttpResponse:
    """A saved template, or one of its versions, filled for one person."""
    template = template_or_404(request, pk)
    wordings = wordings_of(template)
    number = request.GET.get("version", "")
    if number:
        version = templates.version_of(template, number_in(number))
        if version is None:
            return pages.not_found(request)
        wordings = dict(version.wordings)
    person = person_of(request.cluster, request.GET.get("as", ""))
    shown = request.GET.get("shown", "")
    channels = channels_of(wordings)
    return JsonResponse(answer_for(request.cluster, wordings, channels, person, shown))


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
