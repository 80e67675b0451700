"""A scenario to write: fields with what it says, and what was written in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from console.announcements.audience import language_name
from notifications.actions.scenarios import Prepared
from notifications.alerting import (
    FOLLOW_UPS,
    Certainty,
    ContactKind,
    Purpose,
    Severity,
    Urgency,
)
from notifications.composing.emergencies import Words
from notifications.composing.sms import Measure, measure
from notifications.models import ChannelMode, Cluster, Tag
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


def written_in(data: QueryDict, before: Prepared) -> Prepared:
    """What was written in all fields but those of the facts."""
    return Prepared(
        name=before.name,
        words=_words_in(data),
        blanks=_blanks_in(data, before),
        channels=before.channels,
        ladder=_ladder_in(data),
    )


def sections(prepared: Prepared, languages: list[str]) -> Iterator[Section]:
    """Every message in every language, as texts to write."""
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


def blank_fields(prepared: Prepared, languages: list[str]) -> Iterator[Field]:
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


def steps_of(prepared: Prepared) -> list[dict[str, Any]]:
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


def whom(cluster: Cluster) -> list[tuple[str, Any]]:
    """Whom a step may be to."""
    tags = Tag.objects.filter(cluster=cluster)
    return [
        ("", _("Who has not answered")),
        (str(ContactKind.CARETAKER), _("Their caretakers")),
        (str(ContactKind.EMERGENCY), _("Their emergency contacts")),
        *((str(tag.pk), _("Tagged “%s”, there") % tag) for tag in tags),
    ]
