"""Scenarios: looked at by everybody who may raise one, changed by managers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from console import areas
from console.announcements.audience import language_name
from notifications.actions import scenarios
from notifications.actions.scenarios import Prepared, prepared_in, scenarios_of
from notifications.alerting import (
    FOLLOW_UPS,
    Certainty,
    ContactKind,
    Purpose,
    Severity,
    Urgency,
)
from notifications.audience.languages import language_for
from notifications.composing.emergencies import BY_ITSELF, Words
from notifications.composing.linting import lint
from notifications.composing.sms import Measure, measure
from notifications.errors import Refused, TocsinError
from notifications.models import ChannelMode, Cluster, Recipient, Scenario, Tag
from notifications.models.emergencies import LONGEST, SHORTEST

from .ways import WaysField

PURPOSES = (Purpose.ALERT, *FOLLOW_UPS)
PARTS = {
    "headline": gettext_lazy("Headline"),
    "instruction": gettext_lazy("What to do"),
    "description": gettext_lazy("What has happened"),
    "sms": gettext_lazy("As a text message"),
}
#: Of one text; the headline and the text message are far shorter.
LONGEST_TEXT = 2000
MOST_STEPS = 4


class FactsForm(forms.Form):
    """All of a scenario but its words."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    severity = forms.ChoiceField(
        label=gettext_lazy("Severity"), choices=Severity.choices
    )
    urgency = forms.ChoiceField(label=gettext_lazy("Urgency"), choices=Urgency.choices)
    certainty = forms.ChoiceField(
        label=gettext_lazy("Certainty"), choices=Certainty.choices
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Ends after (minutes)"),
        min_value=SHORTEST,
        max_value=LONGEST,
    )
    channels = WaysField()
    channel_mode = forms.ChoiceField(
        label=gettext_lazy("How they are used"), choices=ChannelMode.choices
    )
    wants_answers = forms.BooleanField(
        label=gettext_lazy("Ask “are you safe?”"), required=False
    )

    def __init__(self, prepared: Prepared, data: Any = None) -> None:
        names = [name for name in self.base_fields if name != "channels"]
        initial = {name: getattr(prepared, name) for name in names}
        super().__init__(data, initial=initial | {"channels": list(prepared.channels)})


@dataclass(frozen=True, slots=True)
class Field:
    """One text to write: its name in the form, label, words, and what an SMS costs."""

    name: str
    label: Any
    value: str
    measure: Measure | None


@dataclass(frozen=True, slots=True)
class Section:
    """The texts of one message in one language."""

    purpose: Any
    language: str
    fields: tuple[Field, ...]


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
    words = _words_in(request.POST)
    blanks = _blanks_in(request.POST, before)
    ladder = _ladder_in(request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("Something is missing: see below."))
        given = Prepared(
            words=words,
            blanks=blanks,
            ladder=ladder,
            **form.cleaned_data | {"channels": tuple(form.cleaned_data["channels"])},
        )
        version = request.POST.get("version", "")
        number = int(version) if version.isdecimal() and len(version) < 10 else 0
        scenarios.save(scenario, given, by=request.user, version=number)
    except TocsinError as refused:
        shown = Prepared(
            name=before.name,
            words=words,
            blanks=blanks,
            channels=before.channels,
            ladder=ladder,
        )
        problem = str(refused)
        return _page(request, scenario, shown, form, problem=problem, status=409)
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
        "sections": list(_sections(prepared, languages)),
        "blanks": list(_blank_fields(prepared, languages)),
        "steps": _steps(prepared),
        "whom": _whom(request.cluster),
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


def _sections(prepared: Prepared, languages: list[str]) -> Iterator[Section]:
    for purpose in PURPOSES:
        for language in languages:
            words = prepared.words.get(purpose, {}).get(language, Words())
            texts = words.to_json()
            fields = (
                Field(
                    f"{purpose}.{language}.{part}",
                    label,
                    texts[part],
                    measure(texts[part]) if part == "sms" and texts[part] else None,
                )
                for part, label in PARTS.items()
            )
            yield Section(purpose, language_name(language), tuple(fields))


def _words_in(data: QueryDict) -> dict[str, dict[str, Words]]:
    """The texts of the form; a message with none of them in a language is left out."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for name in data:
        purpose, _dot, rest = name.partition(".")
        language, _dot, part = rest.partition(".")
        if purpose in PURPOSES and part in PARTS and 0 < len(language) <= 12:
            text = str(data[name]).replace("\r\n", "\n").strip()[:LONGEST_TEXT]
            found.setdefault(purpose, {}).setdefault(language, {})[part] = text
    return {
        purpose: {
            language: words
            for language, texts in by_language.items()
            if (words := Words.from_json(texts)) != Words()
        }
        for purpose, by_language in found.items()
    }


def _blank_fields(prepared: Prepared, languages: list[str]) -> Iterator[Field]:
    """The ready values of the blanks, in each language."""
    for blank in prepared.blanks:
        value = blank.get("value", "")
        for language in languages:
            shown = value if isinstance(value, str) else value.get(language, "")
            label = f"{blank['label']}, {language_name(language)}"
            yield Field(f"blank.{blank['key']}.{language}", label, shown, None)


def _blanks_in(data: QueryDict, before: Prepared) -> tuple[dict[str, Any], ...]:
    """The same blanks with what was typed for them."""
    found = []
    for blank in before.blanks:
        start = f"blank.{blank['key']}."
        values = {
            name.removeprefix(start): str(data[name]).strip()[:120]
            for name in data
            if name.startswith(start) and str(data[name]).strip()
        }
        found.append({**blank, "value": values or blank.get("value", "")})
    return tuple(found)


def _steps(prepared: Prepared) -> list[dict[str, Any]]:
    """The ladder as rows to fill in."""
    rows = [
        {
            "number": number,
            "minutes": step.get("minutes", ""),
            "channels": step.get("channels", []),
            "who": str(step.get("contacts") or step.get("tag") or ""),
        }
        for number, step in enumerate(prepared.ladder)
    ]
    while len(rows) < MOST_STEPS:
        rows.append({"number": len(rows), "minutes": "", "channels": [], "who": ""})
    return rows


def _ladder_in(data: QueryDict) -> tuple[dict[str, Any], ...]:
    """The steps that have a time; what cannot be one is the action's to refuse."""
    found = []
    for number in range(10):
        minutes = data.get(f"step.{number}.minutes", "").strip()
        if minutes:
            step: dict[str, Any] = {
                "minutes": minutes,
                "channels": data.getlist(f"step.{number}.channels"),
            }
            if minutes.isdecimal() and len(minutes) < 7:
                step["minutes"] = int(minutes)
            step |= _who_in(data.get(f"step.{number}.who", ""))
            found.append(step)
    return tuple(found)


def _who_in(given: str) -> dict[str, Any]:
    """Whom a step is to, as the select below says it: contacts, or a tag."""
    if given.isdecimal():
        return {"tag": int(given) if len(given) < 19 else -1}
    return {"contacts": given} if given else {}


def _whom(cluster: Cluster) -> list[tuple[str, Any]]:
    """Whom a step may be to."""
    tags = Tag.objects.filter(cluster=cluster)
    return [
        ("", _("Who has not answered")),
        (str(ContactKind.CARETAKER), _("Their caretakers")),
        (str(ContactKind.EMERGENCY), _("Their emergency contacts")),
        *((str(tag.pk), _("Tagged “%s”, there") % tag) for tag in tags),
    ]


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
