"""A template's row and its revision, written together."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from notifications.models import MessageTemplate


def save_version(template: MessageTemplate, by: Any) -> MessageTemplate:
    """Save the words as the next version."""
    template.version += 1
    return record(template, by)


def record(template: MessageTemplate, by: Any) -> MessageTemplate:
    """Save the row with a revision that says who did it and when."""
    with transaction.atomic():
        template.save()
        template.save_revision(user=by, clean=False)
    return template
