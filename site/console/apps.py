"""The console: the Django project's own app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AppConfig):
    """Staff users and everything that they see."""

    name = "console"
    verbose_name = _("Console")

    def ready(self) -> None:
        from . import checks as checks
