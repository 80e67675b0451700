"""Forms for refusals."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.actions.opt_outs import Wish
from notifications.events import Category, ChannelKind
from notifications.exporting.filters import OptOutFilter
from notifications.models import Cluster, OptOutSource

#: Days far beyond it are a slip of the keyboard, and no clock can reckon with them.
LAST_YEAR = 2999
#: Nobody may refuse to be warned, so it is not offered.
REFUSABLE = [pair for pair in Category.choices if pair[0] != Category.EMERGENCY]
CATEGORIES = [("", _("Everything")), *REFUSABLE]
CHANNELS = [("", _("Every channel")), *ChannelKind.choices]


class OptOutForm(forms.Form):
    """What somebody does not want, why, and where that is on record."""

    category = forms.ChoiceField(
        label=_("What they do not want"),
        choices=CATEGORIES,
        required=False,
        help_text=_("In an emergency they still get a message."),
    )
    channel = forms.ChoiceField(
        label=_("On which channel"), choices=CHANNELS, required=False
    )
    reason = forms.CharField(
        label=_("Why"),
        max_length=250,
        help_text=_("In a few words; it stays on record, so name nobody."),
    )
    evidence = forms.CharField(
        label=_("Evidence"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Where the wish is on record: a letter, a call, a form."),
    )
    until = forms.DateField(
        label=_("Until and including"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Leave empty for good."),
    )
    shared = forms.BooleanField(
        label=_("Also for others who share the address"), required=False
    )

    def clean_until(self) -> date | None:
        day: date | None = self.cleaned_data["until"]
        if day is not None and day.year > LAST_YEAR:
            raise forms.ValidationError(
                _("That is too far off. Leave it empty for good.")
            )
        return day

    def wish(self, cluster: Cluster) -> Wish:
        """The refusal by staff that was filled in; days end in the cluster's zone."""
        given = self.cleaned_data
        return Wish(
            source=OptOutSource.STAFF,
            channel=given["channel"],
            category=given["category"],
            reason=given["reason"],
            evidence=given["evidence"],
            expires_at=_after(given["until"], cluster),
            shared=given["shared"],
        )


def _after(day: Any, cluster: Cluster) -> datetime | None:
    if day is None:
        return None
    zone = ZoneInfo(cluster.time_zone)
    return datetime.combine(day + timedelta(days=1), time.min, zone)


class OptOutFilterForm(forms.Form):
    """Unknown values narrow nothing."""

    q = forms.CharField(label=_("Person"), required=False, max_length=100)
    category = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[("", _("Any category")), *Category.choices],
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        required=False,
        choices=[("", _("Any channel")), *ChannelKind.choices],
    )
    source = forms.ChoiceField(
        label=_("How it came"),
        required=False,
        choices=[("", _("In any way")), *OptOutSource.choices],
    )
    lifted = forms.BooleanField(label=_("Lifted and ended ones too"), required=False)

    @property
    def known(self) -> dict[str, Any]:
        """What was given and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def filter(self) -> OptOutFilter:
        """The filter itself, which exports use as well."""
        return OptOutFilter(**self.known)
