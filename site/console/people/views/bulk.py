"""Doing something with many people: what is asked first, and then the doing."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console.forms import attempt
from console.people.actions import ACTIONS, Bulk
from console.people.selection import Selection
from console.people.words import NAMED, people_words, some_names

from .listing import back_to_list


def bulk(request: Any, action: str) -> HttpResponse:
    """The first POST brings who was picked, the second also ``go`` and the form."""
    chosen = ACTIONS.get(action)
    if chosen is None:
        raise Http404
    if request.method != "POST":
        return redirect("people:index")
    selection = Selection.of(request.cluster, request.POST)
    count = selection.people().count()
    if not count:
        messages.warning(request, _("Nobody was picked. Tick people, or take all."))
        return back_to_list(selection)
    going = "go" in request.POST
    form = chosen.form(request.cluster, request.POST if going else None)
    if going and form.is_valid():
        done = attempt(
            form,
            lambda: chosen.run(request.cluster, selection.keys(), form, request.user),
        )
        if done is not None:
            _say(request, chosen, done, count)
            return back_to_list(selection)
    return _ask(request, chosen, selection, form, count)


def _ask(
    request: Any, chosen: Bulk, selection: Selection, form: Any, count: int
) -> HttpResponse:
    title = chosen.title % {"people": people_words(count)}
    people = selection.people().order_by("name_key", "id")[:NAMED]
    names = [f"{row.name} ({row.unit})" if row.unit else row.name for row in people]
    list_url = reverse("people:index")
    return render(
        request,
        "console/people/bulk.html",
        {
            "page_title": title,
            "breadcrumbs_items": [{"url": list_url, "label": _("People")}],
            "question": chosen.question,
            "names": some_names(names, count),
            "form": form,
            "selection": selection,
            "submit_label": title,
            "danger": chosen.danger,
            "back_url": f"{list_url}?{selection.query}",
        },
        status=400 if form.errors else 200,
    )


def _say(request: Any, chosen: Bulk, done: int, count: int) -> None:
    sentence = chosen.done % {"people": people_words(done)}
    if done < count:
        rest = people_words(count - done)
        sentence += " " + _("Nothing changed for %(rest)s.") % {"rest": rest}
    messages.success(request, sentence)
