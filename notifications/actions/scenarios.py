"""Scenarios: the system's, kept in step with their file, and a cluster's own."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from notifications import scope
from notifications.models import Cluster, Scenario

SYSTEM_FILE = "fixtures/system_scenarios.json"


def sync_system_scenarios() -> int:
    """Bring the system's scenarios in step with their file; returns how many changed.

    Harmless to repeat: one whose words are the same keeps its version. What the file no
    longer has is archived.
    """
    given = json.loads((settings.BASE_DIR / SYSTEM_FILE).read_text(encoding="utf-8"))
    with scope.every_cluster(), transaction.atomic():
        ours = Scenario.objects.filter(cluster=None)
        there = {scenario.slug: scenario for scenario in ours}
        changed = [_bring(there.pop(each["slug"], None), each) for each in given]
        changed += [_retire(scenario) for scenario in there.values()]
    return sum(changed)


def scenarios_of(cluster: Cluster) -> QuerySet[Scenario]:
    """What may be raised here: its own, and the system's that none of them replaces."""
    present = Scenario.objects.filter(archived_at=None)
    own = present.filter(cluster=cluster)
    shared = present.filter(cluster=None).exclude(slug__in=own.values("slug"))
    return (own | shared).order_by("order", "name", "id")


def _bring(scenario: Scenario | None, given: dict[str, Any]) -> bool:
    if scenario is None:
        Scenario.objects.create(**given)
        return True
    before = {name: getattr(scenario, name) for name in given}
    if before == given and scenario.archived_at is None:
        return False
    for name, value in given.items():
        setattr(scenario, name, value)
    scenario.archived_at = None
    scenario.version += before != given
    scenario.save()
    return True


def _retire(scenario: Scenario) -> bool:
    if scenario.archived_at is not None:
        return False
    scenario.archived_at = timezone.now()
    scenario.save(update_fields=["archived_at"])
    return True
