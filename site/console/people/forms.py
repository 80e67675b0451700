"""Forms about people: one person, and what is done with many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console import zone_tree
from notifications.actions.recipients import Address, Details
from notifications.events import ChannelKind
from notifications.languages import language_name
from notifications.models import Cluster, Recipient, Tag

#: What staff type; the rest comes from apps and devices.
TYPED = [(ChannelKind.EMAIL, _("Email")), (ChannelKind.SMS, _("Phone"))]


def tag_choices(cluster: Cluster) -> list[tuple[str, str]]:
    """The cluster's tags by name; the name is the value, as the action takes it."""
    names = Tag.objects.filter(cluster=cluster).values_list("name", flat=True)
    return [(name, name) for name in names]


class TagsForm(forms.Form):
    """Some of the cluster's tags, and new ones."""

    tags = forms.MultipleChoiceField(
        label=_("Tags"), required=False, widget=forms.CheckboxSelectMultiple
    )
    new_tags = forms.CharField(
        label=_("New tags"),
        required=False,
        max_length=1000,
        help_text=_("With commas between them."),
    )

    def __init__(self, cluster: Cluster, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["tags"].choices = tag_choices(cluster)
        if not fields["tags"].choices:
            del fields["tags"]

    @property
    def names(self) -> tuple[str, ...]:
        """Every tag that was ticked or typed."""
        given = self.cleaned_data
        return (*given.get("tags", ()), given["new_tags"])


class UntagForm(forms.Form):
    """Tags to take off."""

    tags = forms.TypedMultipleChoiceField(
        label=_("Tags"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, cluster: Cluster, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        tags = Tag.objects.filter(cluster=cluster)
        fields["tags"].choices = list(tags.values_list("pk", "name"))


class MoveForm(forms.Form):
    """Where people move to."""

    zone = forms.TypedChoiceField(
        label=_("Zone"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, cluster: Cluster, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["zone"].choices = [("", _("No zone")), *zone_tree.choices()]


class PersonForm(TagsForm):
    """One person. Words are cleaned by the action, exactly as those of a file."""

    name = forms.CharField(
        label=_("Name"), required=True, widget=forms.TextInput(attrs={"autofocus": ""})
    )
    first_name = forms.CharField(
        label=_("First name"),
        required=False,
        help_text=_("How a message addresses them. Empty: by the whole name."),
    )
    unit = forms.CharField(
        label=_("Unit"), required=False, help_text=_("Flat, house or room.")
    )
    zone_id = forms.TypedChoiceField(
        label=_("Zone"), coerce=int, empty_value=None, required=False
    )
    language = forms.CharField(
        label=_("Language"),
        required=False,
        widget=forms.TextInput(attrs={"list": "languages"}),
    )
    external_id = forms.CharField(
        label=_("External id"),
        required=False,
        help_text=_("The key of this person in your own records."),
    )
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=250,
        help_text=_("If you like; it stays on record, so name nobody."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, cluster: Cluster, *args: Any, **kwargs: Any) -> None:
        super().__init__(cluster, *args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["zone_id"].choices = [("", _("No zone")), *zone_tree.choices()]
        fields["language"].help_text = _("Empty: %(language)s, as the cluster.") % {
            "language": language_name(cluster.language)
        }

    def details(self, addresses: Iterable[Address]) -> Details:
        """What was typed, for the action to clean."""
        given = self.cleaned_data
        own = ("name", "first_name", "unit", "zone_id", "language", "external_id")
        return Details(
            **{name: given[name] for name in own},
            tags=self.names,
            addresses=tuple(addresses),
        )

    def refuse(self, problems: Mapping[str, str]) -> None:
        """Put each sentence of the action at its field."""
        for name, sentence in problems.items():
            self.add_error(name if name in self.fields else None, sentence)


def initial_of(person: Recipient) -> dict[str, Any]:
    """A person as the form shows them."""
    return {
        "name": person.name,
        "first_name": person.first_name,
        "unit": person.unit,
        "zone_id": person.zone_id,
        "language": language_name(person.language) if person.language else "",
        "external_id": person.external_id,
        "tags": [tag.name for tag in person.tags.all()],
        "seen": person.updated_at.isoformat(),
    }


class AddressForm(forms.Form):
    """One address; an empty one is no address."""

    channel = forms.ChoiceField(label=_("Kind"), choices=TYPED)
    value = forms.CharField(label=_("Address or number"), required=False)
    description = forms.CharField(
        label=_("What it is"),
        required=False,
        widget=forms.TextInput(attrs={"placeholder": _("Home, work, daughter…")}),
    )
    primary = forms.BooleanField(label=_("Main"), required=False)


AddressFormSet: Any = forms.formset_factory(AddressForm, extra=0, max_num=50)


def address_rows(person: Recipient | None) -> list[dict[str, Any]]:
    """The addresses as they are, one of each kind to fill, and one to spare."""
    points = [] if person is None else person.contact_points.all()
    rows = [
        {
            "channel": point.channel,
            "value": point.value,
            "description": point.description,
            "primary": point.primary and point.active,
        }
        for point in points
        if point.channel in (ChannelKind.EMAIL, ChannelKind.SMS)
    ]
    there = {row["channel"] for row in rows}
    missing = [{"channel": kind} for kind, _label in TYPED if kind not in there]
    return [*rows, *(missing or [{"channel": ChannelKind.EMAIL}])]


def addresses_of(formset: Any) -> list[Address]:
    """The typed addresses; of several main ones, the newly ticked one counts."""
    rows = [(form.initial.get("primary"), form.cleaned_data) for form in formset]
    typed = [(was_main, given) for was_main, given in rows if given]
    fresh = {g["channel"] for was_main, g in typed if g["primary"] and not was_main}
    return [
        Address(
            channel=given["channel"],
            value=given["value"],
            description=given["description"],
            primary=given["primary"] and not (given["channel"] in fresh and was_main),
        )
        for was_main, given in typed
    ]


def refuse_addresses(formset: Any, problems: Mapping[str, str]) -> dict[str, str]:
    """Put the sentences about addresses at their rows; the rest comes back."""
    rest = {}
    for name, sentence in problems.items():
        kind, _dash, place = name.partition("-")
        if kind == "addresses" and place.isdecimal():
            typed = [form for form in formset if form.cleaned_data]
            typed[int(place)].add_error("value", sentence)
        else:
            rest[name] = sentence
    return rest
