"""My own account: name, look and password; no pictures, no page notifications."""

from __future__ import annotations

from typing import Any

from wagtail.admin.views import account

PANELS = (
    account.NameEmailSettingsPanel,
    account.ThemeSettingsPanel,
    account.ChangePasswordPanel,
)


class AccountView(account.AccountView):
    """Wagtail's account page with only the panels that mean something here."""

    def get_panels(self) -> list[Any]:
        return [panel for panel in super().get_panels() if isinstance(panel, PANELS)]
