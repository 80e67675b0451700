"""What may still be changed on the review page, prefilled by the scenario."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from notifications.actions import broadcasts
from notifications.alerting import Certainty, Severity, Urgency
from notifications.composing.emergencies import BY_ITSELF, in_language
from notifications.models import Broadcast, ChannelMode
from notifications.models.emergencies import LONGEST, SHORTEST

from .ways import WaysField

BLANK = "blank_"
#: What the form takes from a broadcast as it is.
PLAIN = (
    "severity",
    "urgency",
    "certainty",
    "minutes",
    "channels",
    "channel_mode",
    "wants_answers",
)


class DetailsForm(forms.Form):
    """The blanks of the scenario, CAP's facts, the time it lives, and the ways."""

    severity = forms.ChoiceField(label=_("Severity"), choices=Severity.choices)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency.choices)
    certainty = forms.ChoiceField(label=_("Certainty"), choices=Certainty.choices)
    minutes = forms.IntegerField(
        label=_("Ends after (minutes)"), min_value=SHORTEST, max_value=LONGEST
    )
    channels = WaysField()
    channel_mode = forms.ChoiceField(
        label=_("How they are used"), choices=ChannelMode.choices
    )
    wants_answers = forms.BooleanField(label=_("Ask “are you safe?”"), required=False)

    def __init__(self, broadcast: Broadcast, data: Any = None) -> None:
        super().__init__(data, initial=_initial(broadcast))
        self.broadcast = broadcast
        for name, label in _blanks(broadcast):
            self.fields[BLANK + name] = forms.CharField(
                label=label, max_length=120, required=False
            )

    @property
    def blanks(self) -> list[forms.BoundField]:
        """The few words of the scenario: what is most often changed."""
        return [self[name] for name in self.fields if name.startswith(BLANK)]

    @property
    def others(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if not name.startswith(BLANK)]

    def draft(self) -> broadcasts.Draft:
        """The broadcast as it would be with these changes."""
        given = self.cleaned_data
        before = broadcasts.draft_of(self.broadcast)
        return replace(
            before,
            severity=given["severity"],
            urgency=given["urgency"],
            certainty=given["certainty"],
            minutes=given["minutes"],
            channels=tuple(given["channels"]),
            ladder=broadcasts.narrowed(before.ladder, given["channels"]),
            channel_mode=given["channel_mode"],
            wants_answers=given["wants_answers"],
            blanks=dict(before.blanks) | self._filled(before.blanks),
        )

    def _filled(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """What was typed; a ready value that nobody touched keeps its languages."""
        language = self.broadcast.cluster.language
        ready = in_language(before, language)
        return {
            name.removeprefix(BLANK): value
            for name, value in self.cleaned_data.items()
            if name.startswith(BLANK)
            and value != ready.get(name.removeprefix(BLANK), "")
        }


def version_in(data: QueryDict, name: str = "version") -> int:
    """The version that somebody had before them; 0, which nothing is, for nonsense."""
    given = data.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def _initial(broadcast: Broadcast) -> dict[str, Any]:
    language = broadcast.cluster.language
    filled = in_language(broadcast.blanks, language)
    return {name: getattr(broadcast, name) for name in PLAIN} | {
        BLANK + name: value for name, value in filled.items()
    }


def _blanks(broadcast: Broadcast) -> list[tuple[str, str]]:
    """Key and label; the scenario's labels where it still has them."""
    labels = {}
    if broadcast.scenario is not None:
        labels = {each["key"]: each["label"] for each in broadcast.scenario.blanks}
    return [
        (name, str(labels.get(name, name.replace("_", " ").capitalize())))
        for name in broadcast.blanks
        if name not in BY_ITSELF
    ]


class YesForm(forms.Form):
    """A yes that names how many: ticked, and for danger to life typed as well."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    confirmed = forms.IntegerField(required=False)
    typed = forms.IntegerField(required=False)

    def numbers(self) -> dict[str, int | None]:
        """What an action wants to know."""
        given = self.cleaned_data if self.is_valid() else {}
        return {
            "confirmed_people": given.get("confirmed"),
            "typed_people": given.get("typed"),
        }
