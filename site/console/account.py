"""My own account: name, number, look and password; nothing that means nothing here."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.views import account
from wagtail.users.models import UserProfile

from notifications.importing.phones import to_e164
from notifications.models import Membership

from .models import User


class PhoneForm(forms.ModelForm):
    """The number at which somebody is told of what cannot wait."""

    class Meta:
        model = User
        fields = ("phone",)
        widgets: ClassVar[dict[str, forms.Widget]] = {
            "phone": forms.TextInput(
                attrs={"type": "tel", "autocomplete": "tel", "maxlength": "40"}
            )
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # As people write it, spaces and all.
        self.fields["phone"] = forms.CharField(
            label=self.fields["phone"].label,
            help_text=self.fields["phone"].help_text,
            widget=self.fields["phone"].widget,
            max_length=40,
            required=False,
        )

    def clean_phone(self) -> str:
        written = self.cleaned_data["phone"].strip()
        number = to_e164(written, self._region()) if written else ""
        if number is None:
            raise forms.ValidationError(
                _(
                    "No text can go to this number. Write it with its country code, "
                    "such as +44 7700 900123."
                )
            )
        return number

    def _region(self) -> str:
        """Where a number without a country code is dialled."""
        # Unscoped: it asks for this user's own memberships.
        mine = Membership._base_manager.filter(user=self.instance, active=True)
        first = mine.select_related("cluster").order_by("pk").first()
        return first.cluster.phone_region if first else ""


class PhonePanel(account.BaseSettingsPanel):
    """Between name and look."""

    name = "phone"
    title = gettext_lazy("Mobile number")
    order = 150
    form_class = PhoneForm


PANELS = (
    account.NameEmailSettingsPanel,
    account.ThemeSettingsPanel,
    account.ChangePasswordPanel,
)


class AccountView(account.AccountView):
    """Wagtail's account page with only the panels that mean something here."""

    def get_panels(self) -> list[Any]:
        theirs = [each for each in super().get_panels() if isinstance(each, PANELS)]
        user = self.request.user
        profile = UserProfile.get_for_user(user)
        return [*theirs, PhonePanel(self.request, user, profile)]
