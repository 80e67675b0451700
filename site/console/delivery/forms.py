"""The filters of the log, as one reads them in the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from notifications.events import REGISTRY, ChannelKind
from notifications.exporting.filters import LogFilter
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import Cluster, Dispatch, Recipient, Zone

#: Dispatches that the list of choices offers; older ones open from their reports.
RECENT = 100


class LogFilterForm(forms.Form):
    """Unknown values narrow nothing; somebody else's keys are no choices."""

    person = forms.CharField(
        label=_("Person"), required=False, max_length=100, strip=True
    )
    dispatch = forms.ModelChoiceField(
        label=_("Message"), queryset=Dispatch.objects.none(), required=False
    )
    status = forms.TypedMultipleChoiceField(
        label=_("Status"), choices=EntryStatus.choices, required=False
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("Any reason")), *SkipReason.choices],
        required=False,
    )
    channel = forms.ChoiceField(
        label=_("Channel"),
        choices=[("", _("Every channel")), *ChannelKind.choices],
        required=False,
    )
    event = forms.ChoiceField(label=_("Kind"), required=False)
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)
    # Not in the form itself: links from a person and a report set them.
    recipient = forms.ModelChoiceField(Recipient.objects.none(), required=False)
    zone = forms.ModelChoiceField(Zone.objects.none(), required=False)
    without_zone = forms.BooleanField(label=_("Without a zone"), required=False)

    def __init__(self, cluster: Cluster, data: Any) -> None:
        super().__init__(data)
        self.cluster = cluster
        fields: dict[str, Any] = self.fields
        fields["dispatch"].queryset = Dispatch.objects.filter(cluster=cluster)
        fields["recipient"].queryset = Recipient.objects.filter(cluster=cluster)
        fields["zone"].queryset = Zone.objects.filter(cluster=cluster)
        fields["event"].choices = [
            ("", _("Every kind")),
            *((event.name, event.label) for event in REGISTRY.values()),
        ]

    @property
    def dispatches(self) -> list[Dispatch]:
        """What to offer: the newest, and the one that is chosen."""
        ours = Dispatch.objects.filter(cluster=self.cluster).order_by("-id")
        newest = list(ours.only("title", "is_test")[:RECENT])
        chosen = self.known.get("dispatch")
        return newest if chosen is None or chosen in newest else [chosen, *newest]

    @property
    def known(self) -> dict[str, Any]:
        """What was given and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def problems(self) -> list[str]:
        """What was given and not understood, in sentences."""
        self.is_valid()
        return [
            f"{self.fields[name].label or name}: {' '.join(map(str, problems))}"
            for name, problems in self.errors.items()
        ]

    @property
    def narrows_more(self) -> bool:
        """Whether one of the folded filters is set."""
        folded = {"reason", "channel", "event", "since", "until"}
        return bool(folded & self.known.keys()) or bool(self.errors)

    def filter(self) -> LogFilter:
        """The filter itself; keys and days as the log understands them."""
        known = self.known
        keys = {
            name: known[name].pk
            for name in ("dispatch", "recipient", "zone")
            if name in known
        }
        days = {
            name: known[name].isoformat()
            for name in ("since", "until")
            if name in known
        }
        plain = {
            name: known[name]
            for name in ("person", "reason", "channel", "event", "without_zone")
            if name in known
        }
        return LogFilter(**keys, **days, **plain, status=tuple(known.get("status", ())))
