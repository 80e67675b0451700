"""The filters of the list of people, as one reads them in the address."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console import zone_tree
from notifications.events import ChannelKind
from notifications.exporting.filters import NOWHERE, PeopleFilter
from notifications.languages import language_name
from notifications.models import Cluster, Recipient, Tag

REACHABLE = [
    ("", _("Reachable or not")),
    (ChannelKind.EMAIL, _("Has an email address")),
    (ChannelKind.SMS, _("Has a phone number")),
    (NOWHERE, _("Has no address at all")),
]
ORDERS = {
    "name": (_("By name"), ("name_key", "id")),
    "unit": (_("By unit"), ("unit", "name_key", "id")),
    "zone": (_("By zone"), ("zone__path", "name_key", "id")),
    "newest": (_("Newest first"), ("-id",)),
}


class PeopleFilterForm(forms.Form):
    """Unknown values narrow nothing; somebody else's keys are no choices."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)
    zone = forms.TypedChoiceField(
        label=_("Zone"), required=False, coerce=int, empty_value=None
    )
    tag = forms.TypedChoiceField(
        label=_("Tag"), required=False, coerce=int, empty_value=None
    )
    language = forms.ChoiceField(label=_("Language"), required=False)
    reachable = forms.ChoiceField(
        label=_("Reachable"), choices=REACHABLE, required=False
    )
    opted_out = forms.BooleanField(label=_("Opted out"), required=False)
    archived = forms.BooleanField(label=_("Archived"), required=False)
    order = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[(name, label) for name, (label, _fields) in ORDERS.items()],
    )

    def __init__(self, cluster: Cluster, data: Any) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        fields["q"].widget.attrs |= {"placeholder": _("Name, unit, address or id")}
        fields["zone"].choices = [("", _("Every zone")), *zone_tree.choices()]
        tags = Tag.objects.filter(cluster=cluster).values_list("pk", "name")
        fields["tag"].choices = [("", _("Every tag")), *tags]
        fields["language"].choices = [("", _("Every language")), *_languages(cluster)]

    @property
    def known(self) -> dict[str, Any]:
        """What was given and understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for besides an order."""
        return bool(self.known.keys() - {"order"})

    @property
    def narrows_more(self) -> bool:
        """Whether one of the folded filters is set."""
        return bool(self.known.keys() - {"order", "q", "zone"})

    def filter(self) -> PeopleFilter:
        """The filter itself, which exports use as well."""
        return PeopleFilter(
            **{name: value for name, value in self.known.items() if name != "order"}
        )

    @property
    def ordering(self) -> tuple[str, ...]:
        return ORDERS[self.known.get("order", "name")][1]


def _languages(cluster: Cluster) -> list[tuple[str, str]]:
    used = Recipient.objects.filter(cluster=cluster).exclude(language="")
    codes = set(used.order_by().values_list("language", flat=True).distinct())
    found = [(code, language_name(code)) for code in codes | {cluster.language}]
    return sorted(found, key=lambda pair: pair[1])
