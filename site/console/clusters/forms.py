"""Forms of settings, zones, members and users; their rules live in the actions."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

import phonenumbers
from django import forms
from django.conf.locale import LANG_INFO
from django.utils.translation import gettext_lazy as _

from console import zone_tree
from notifications.actions.accounts import LONGEST_EMAIL
from notifications.models import Cluster, Role, Zone


def time_zones() -> list[tuple[str, Any]]:
    """Every place with a time zone, grouped by continent."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        continent, _slash, place = name.partition("/")
        if place and continent not in ("Etc", "SystemV", "posix", "right"):
            label = place.replace("_", " ").replace("/", ", ")
            groups.setdefault(continent, []).append((name, label))
    return [*sorted(groups.items()), ("UTC", "UTC")]


def languages() -> list[tuple[str, str]]:
    known = {c: i["name"] for c, i in LANG_INFO.items() if "name" in i}
    return sorted(known.items(), key=lambda each: each[1])


def phone_regions() -> list[tuple[str, str]]:
    return [
        (region, f"{region} (+{phonenumbers.country_code_for_region(region)})")
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    ]


class SettingsForm(forms.ModelForm[Cluster]):
    """All that a manager may set of a cluster."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    language = forms.ChoiceField(
        label=_("Language"),
        choices=languages,
        help_text=_("Of everybody whose own language is not on record."),
    )
    phone_region = forms.ChoiceField(
        label=_("Phone region"),
        choices=phone_regions,
        help_text=_("Numbers without a country code are read as from here."),
    )
    picture = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
        help_text=_("PNG or JPEG, up to 2 MB. Stands at the top of every mail."),
    )
    without_logo = forms.BooleanField(label=_("Take the logo down"), required=False)

    class Meta:
        model = Cluster
        fields = (
            "name",
            "time_zone",
            "language",
            "currency",
            "phone_region",
            "sender_name",
            "sender_email",
            "reply_to",
            "postal_address",
            "colour",
            "quiet_from",
            "quiet_until",
            "requires_approval",
            "break_glass_minutes",
            "retention_days",
        )
        labels = {
            "break_glass_minutes": _("Break glass after (minutes)"),
            "retention_days": _("Keep the log for (days)"),
        }
        widgets = {
            "colour": forms.TextInput(attrs={"type": "color"}),
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "postal_address": forms.TextInput(),
        }

    #: What belongs together, in plain words.
    GROUPS = (
        (
            _("The estate"),
            _("Its name, and how times, amounts and phone numbers are read here."),
            ("name", "time_zone", "language", "currency", "phone_region"),
        ),
        (
            _("Who mails come from"),
            _("What people see in their inbox, and where their answers go."),
            ("sender_name", "sender_email", "reply_to", "postal_address"),
        ),
        (
            _("Looks"),
            _("In mails, and in the frame of the console."),
            ("colour", "picture", "without_logo"),
        ),
        (
            _("Quiet hours"),
            _(
                "Messages that are not urgent wait until these are over. "
                "Give both times, or leave both empty."
            ),
            ("quiet_from", "quiet_until"),
        ),
        (
            _("Rules"),
            _("Who must agree before something goes out, and what is kept."),
            ("requires_approval", "break_glass_minutes", "retention_days"),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.logo:
            del self.fields["without_logo"]
        for name in self._meta.fields or ():
            self.fields[name].show_hidden_initial = True

    def first_shown(self) -> list[Any]:
        """Hidden fields with the values that the page was opened with."""
        return [self[n].as_hidden(only_initial=True) for n in self._meta.fields or ()]

    def chosen(self) -> dict[str, Any]:
        """What was changed on the page: the rest may be older than a colleague's."""
        shown = {n for n in self.fields if self[n].html_initial_name in self.data}
        left = shown - set(self.changed_data)
        return {n: v for n, v in self.cleaned_data.items() if n not in left}

    def groups(self) -> list[tuple[Any, Any, list[Any]]]:
        """For the template: title, sentence and bound fields."""
        return [
            (title, words, [self[name] for name in names if name in self.fields])
            for title, words, names in self.GROUPS
        ]

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()

    def validate_unique(self) -> None:
        """Left to the action: names are unique beyond what the scope shows."""


class NewClusterForm(forms.Form):
    """A cluster and its first manager."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Such as Riverside Quay.")
    )
    slug = forms.SlugField(
        label=_("Short name"),
        max_length=60,
        help_text=_(
            "Stands in the address of every page and cannot be changed later. "
            "Letters, digits and hyphens, such as riverside-quay."
        ),
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"), choices=time_zones, initial="Europe/London"
    )
    language = forms.ChoiceField(label=_("Language"), choices=languages, initial="en")
    sender_name = forms.CharField(label=_("Sender name"), max_length=120)
    sender_email = forms.EmailField(label=_("Sender address"), max_length=LONGEST_EMAIL)
    manager = forms.EmailField(
        max_length=LONGEST_EMAIL,
        label=_("First manager"),
        help_text=_("Their email address. They invite everybody else."),
    )


class JoinForm(forms.Form):
    """A platform admin's way in, on record."""

    role = forms.ChoiceField(label=_("As"), choices=Role.choices)
    reason = forms.CharField(
        label=_("Why"),
        max_length=250,
        help_text=_("The managers of the cluster can read this."),
    )


class ZoneForm(forms.Form):
    """A zone: its name and where it lies."""

    name = forms.CharField(label=_("Name"), max_length=120)
    parent = forms.TypedChoiceField(
        label=_("Inside"), required=False, coerce=int, empty_value=None
    )

    def __init__(self, *args: Any, zone: Zone | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [  # type: ignore[attr-defined]
            ("", _("Nothing: at the top")),
            *zone_tree.choices(without=zone),
        ]


class InviteForm(forms.Form):
    """A new member."""

    email = forms.EmailField(label=_("Email"), max_length=LONGEST_EMAIL)
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)


class RoleForm(forms.Form):
    role = forms.ChoiceField(
        label=_("Role"), choices=Role.choices, widget=forms.RadioSelect
    )


class UserForm(forms.Form):
    """An account that belongs to no cluster yet."""

    email = forms.EmailField(label=_("Email"), max_length=LONGEST_EMAIL)
    first_name = forms.CharField(label=_("First name"), max_length=150, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=150, required=False)
    platform_admin = forms.BooleanField(
        label=_("Platform admin"),
        required=False,
        help_text=_("Runs the installation; sees nobody's people."),
    )
