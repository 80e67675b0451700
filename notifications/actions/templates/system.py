"""The system's templates, kept in step with their file."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import scope
from notifications.models import MessageTemplate

from .recording import record, save_version
from .writing import words_of

SYSTEM_FILE = "fixtures/system_templates.json"


def sync_system_templates() -> int:
    """Bring the system templates in step with their file; returns how many changed.

    Harmless to repeat: a template whose words are the same keeps its version. What
    the file no longer has is archived.
    """
    given = json.loads((settings.BASE_DIR / SYSTEM_FILE).read_text(encoding="utf-8"))
    with scope.every_cluster(), transaction.atomic():
        ours = MessageTemplate.objects.filter(cluster=None)
        there = {template.slug: template for template in ours}
        changed = [_bring(there.pop(one["slug"], None), one) for one in given]
        changed += [_retire(template) for template in there.values()]
    return sum(changed)


def _bring(template: MessageTemplate | None, given: dict[str, Any]) -> bool:
    template = template or MessageTemplate(slug=given["slug"])
    before = words_of(template) if template.pk else None
    was_archived = template.archived_at is not None
    template.name, template.event = given["name"], given["event"]
    template.subject, template.body = given["subject"], given["body"]
    template.sms = given.get("sms", "")
    template.translations = given.get("translations", {})
    template.archived_at = None
    if words_of(template) != before:
        save_version(template, None)
    elif was_archived:
        record(template, None)
    else:
        return False
    return True


def _retire(template: MessageTemplate) -> bool:
    if template.archived_at is not None:
        return False
    template.archived_at = timezone.now()
    record(template, None)
    return True
