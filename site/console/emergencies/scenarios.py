"""Scenarios: looked at by everybody who may raise one, changed by managers."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin import messages

from console import areas
from console.announcements.audience import language_name
from notifications.actions import scenarios
from notifications.actions.scenarios import Prepared, prepared_in, scenarios_of
from notifications.alerting import Purpose
from notifications.audience.languages import language_for
from notifications.composing.emergencies import BY_ITSELF
from notifications.composing.linting import lint
from notifications.errors import Refused, TocsinError
from notifications.models import Cluster, Recipient, Scenario

from .writing import FactsForm, blank_fields, sections, steps_of, whom, written_in


def index(request: Any) -> HttpResponse:
    """Every scenario that may be raised here, with the languages that it speaks."""
    found = [
        (each, ", ".join(map(language_name, each.words.get(Purpose.ALERT, {}))))
        for each in scenarios_of(request.cluster)
    ]
    return render(
        request,
        "console/emergencies/scenarios.html",
        {
            "page_title": _("Scenarios"),
            "header_icon": "siren",
            "breadcrumbs_items": [_crumb()],
            "scenarios": found,
            "may_change": areas.may(request, "emergencies:scenario", "POST"),
        },
    )


def show(request: Any, slug: str) -> HttpResponse:
    """One scenario: read, made one's own, changed, or given up."""
    scenario = _find(request.cluster, slug)
    if request.method != "POST":
        return _page(request, scenario, prepared_in(scenario))
    acts = {"own": _own, "give_up": _give_up, "save": _save}
    return acts.get(request.POST.get("do", ""), _save)(request, scenario)


def _own(request: Any, scenario: Scenario) -> HttpResponse:
    scenarios.make_own(request.cluster, scenario, by=request.user)
    messages.success(request, _("This is your own now: change it as you like."))
    return redirect("emergencies:scenario", scenario.slug)


def _give_up(request: Any, scenario: Scenario) -> HttpResponse:
    scenarios.give_up(scenario, by=request.user)
    messages.success(request, _("The one that comes with Tocsin is back."))
    return redirect("emergencies:scenarios")


def _save(request: Any, scenario: Scenario) -> HttpResponse:
    before = prepared_in(scenario)
    form = FactsForm(before, request.POST)
    written = written_in(request.POST, before)
    try:
        if not form.is_valid():
            raise Refused(_("Something is missing: see below."))
        facts = form.cleaned_data
        given = replace(written, **facts | {"channels": tuple(facts["channels"])})
        version = request.POST.get("version", "")
        number = int(version) if version.isdecimal() and len(version) < 10 else 0
        scenarios.save(scenario, given, by=request.user, version=number)
    except TocsinError as refused:
        problem = str(refused)
        return _page(request, scenario, written, form, problem=problem, status=409)
    messages.success(request, _("Saved. Practise it with a drill."))
    return redirect("emergencies:scenario", scenario.slug)


def _page(
    request: Any,
    scenario: Scenario,
    prepared: Prepared,
    form: FactsForm | None = None,
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    own = scenario.cluster_id is not None
    languages = _languages(request.cluster, prepared)
    context = {
        "page_title": scenario.name,
        "header_icon": scenario.icon,
        "breadcrumbs_items": [
            _crumb(),
            {"url": reverse("emergencies:scenarios"), "label": _("Scenarios")},
        ],
        "scenario": scenario,
        "own": own,
        "may_change": areas.may(request, "emergencies:scenario", "POST"),
        "form": form or FactsForm(prepared),
        "sections": list(sections(prepared, languages)),
        "blanks": list(blank_fields(prepared, languages)),
        "steps": steps_of(prepared),
        "whom": whom(request.cluster),
        "findings": _findings(prepared, languages),
        "problem": problem,
    }
    template = "console/emergencies/scenario.html"
    return render(request, template, context, status=status)


def _find(cluster: Cluster, slug: str) -> Scenario:
    found: Scenario = get_object_or_404(scenarios_of(cluster), slug=slug)
    return found


def _crumb() -> dict[str, str]:
    return {"url": reverse("emergencies:index"), "label": _("Emergencies")}


def _languages(cluster: Cluster, prepared: Prepared) -> list[str]:
    """Those written in, and those that people here read: what is missing shows."""
    written = {code for each in prepared.words.values() for code in each}
    read = set(
        Recipient.objects.filter(cluster=cluster)
        .present()
        .exclude(language="")
        .order_by()
        .values_list("language", flat=True)
        .distinct()
    )
    first = cluster.language
    return [first, *sorted((written | read) - {first})]


def _findings(prepared: Prepared, languages: list[str]) -> list[str]:
    """What the linter says, with where.

    Places are filled in when it is raised; the dots that stand for them here are
    three plain signs, since the one sign "…" makes a text message twice as long.
    """
    blanks = {each["key"]: each.get("value", "") for each in prepared.blanks}
    found = lint(
        prepared.words,
        languages,
        channels=prepared.channels,
        blanks=blanks | dict.fromkeys(BY_ITSELF, "..."),
        # The first is the cluster's.
        instead=partial(language_for, fallback=languages[0]),
    )
    return [
        " ".join(
            filter(
                None,
                [
                    each.sentence,
                    str(Purpose(each.purpose).label) if each.purpose else "",
                    language_name(each.language) if each.language else "",
                ],
            )
        )
        for each in found
    ]
