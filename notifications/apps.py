"""The domain app."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate


def install_triggers(using: str, **kwargs: Any) -> None:
    """Make history append-only again after every migrate."""
    from notifications.models import triggers

    triggers.install(using)


def sync_templates(using: str, **kwargs: Any) -> None:
    """Bring the system templates in step with their file after every migrate."""
    from wagtail.models import Revision

    from notifications.actions.templates import sync_system_templates
    from notifications.models import MessageTemplate

    if using == DEFAULT_DB_ALIAS and _stands(using, MessageTemplate, Revision):
        sync_system_templates()


def sync_scenarios(using: str, **kwargs: Any) -> None:
    """Bring the system's scenarios in step with their file after every migrate."""
    from notifications.actions.scenarios import sync_system_scenarios
    from notifications.models import Scenario

    history: Any = Scenario.history
    if using == DEFAULT_DB_ALIAS and _stands(using, Scenario, history.model):
        sync_system_scenarios()


def _stands(using: str, *models: Any) -> bool:
    """Whether the tables are as the code wants them: a migrate may stop half-way."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for model in models:
            table = model._meta.db_table
            if table not in tables:
                return False
            there = connection.introspection.get_table_description(cursor, table)
            wanted = {field.column for field in model._meta.local_concrete_fields}
            if not wanted <= {column.name for column in there}:
                return False
    return True


class NotificationsConfig(AppConfig):
    """Connects the doorbell, the checks, the triggers, and what the system brings."""

    name = "notifications"
    verbose_name = "Tocsin"

    def ready(self) -> None:
        from notifications import tasks as tasks
        from notifications.channels import checks as checks

        post_migrate.connect(install_triggers, sender=self)
        post_migrate.connect(sync_templates, sender=self)
        post_migrate.connect(sync_scenarios, sender=self)
