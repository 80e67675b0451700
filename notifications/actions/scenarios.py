"""Scenarios: the system's, kept in step with their file, and a cluster's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import scope
from notifications.actions.broadcasts.drafting import (
    Draft,
    Written,
    check_draft,
    read_words,
)
from notifications.actions.guards import require_role
from notifications.alerting import Certainty, Purpose, Severity, Urgency
from notifications.composing.emergencies import BY_ITSELF, Words
from notifications.errors import MoveRefused, Refused
from notifications.languages import is_near, language_name
from notifications.models import ChannelMode, Cluster, Role, Scenario

#: What the form changes as it is.
PLAIN = (
    "severity",
    "urgency",
    "certainty",
    "minutes",
    "channel_mode",
    "wants_answers",
)
#: What an own copy takes over.
COPIED = (
    "slug",
    "name",
    "icon",
    "order",
    "kind",
    "response",
    "channels",
    "words",
    "blanks",
    "ladder",
    *PLAIN,
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """All that a cluster may prepare in a scenario of its own."""

    name: str
    words: Written
    blanks: tuple[Mapping[str, Any], ...] = ()
    severity: str = Severity.SEVERE
    urgency: str = Urgency.IMMEDIATE
    certainty: str = Certainty.OBSERVED
    minutes: int = 240
    channels: tuple[str, ...] = ()
    channel_mode: str = ChannelMode.EVERY
    wants_answers: bool = True
    ladder: tuple[Mapping[str, Any], ...] = ()


def prepared_in(scenario: Scenario) -> Prepared:
    """What a scenario holds now."""
    return Prepared(
        name=scenario.name,
        words=read_words(scenario.words),
        blanks=tuple(scenario.blanks),
        severity=scenario.severity,
        urgency=scenario.urgency,
        certainty=scenario.certainty,
        minutes=scenario.minutes,
        channels=tuple(scenario.channels),
        channel_mode=scenario.channel_mode,
        wants_answers=scenario.wants_answers,
        ladder=tuple(scenario.ladder),
    )


def make_own(cluster: Cluster, scenario: Scenario, *, by: Any) -> Scenario:
    """The cluster's own copy of a scenario of the system, to be changed from now on.

    It takes the other's place here. One that is there already is given.
    """
    require_role(by, cluster, Role.MANAGER)
    if scenario.cluster_id is not None:
        return scenario
    own = Scenario.objects.filter(cluster=cluster, slug=scenario.slug).first()
    if own is not None:
        if own.archived_at is not None:
            own.archived_at = None
            _save(own, "Taken up again")
        found: Scenario = own
        return found
    fields = {name: getattr(scenario, name) for name in COPIED}
    made = Scenario(cluster=cluster, **fields)
    _save(made, "Copied from the one that comes with Tocsin")
    return made


def save(scenario: Scenario, prepared: Prepared, *, by: Any, version: int) -> Scenario:
    """Write a cluster’s own; raises Refused, or MoveRefused for a stale page."""
    cluster = scenario.cluster
    if cluster is None:
        raise Refused(_("This one comes with Tocsin. Make it your own first."))
    require_role(by, cluster, Role.MANAGER)
    _check(cluster, prepared)
    with transaction.atomic():
        held: Scenario = Scenario.objects.select_for_update().get(pk=scenario.pk)
        if held.version != version:
            raise MoveRefused(
                _(
                    "Somebody changed this scenario after you opened it, so yours was "
                    "not saved. Keep your words, reload the page, and put them in."
                )
            )
        held.name = prepared.name.strip()
        held.words = {
            purpose: {code: each.to_json() for code, each in by_language.items()}
            for purpose, by_language in prepared.words.items()
        }
        held.blanks = [dict(each) for each in prepared.blanks]
        held.ladder = [dict(each) for each in prepared.ladder]
        held.channels = list(prepared.channels)
        for name in PLAIN:
            setattr(held, name, getattr(prepared, name))
        held.version += 1
        _save(held, "Changed")
    return held


def give_up(scenario: Scenario, *, by: Any) -> None:
    """Back to the one that comes with Tocsin; what was raised from it stays."""
    if scenario.cluster is None:
        raise Refused(_("This one comes with Tocsin. It cannot be taken away."))
    require_role(by, scenario.cluster, Role.MANAGER)
    scenario.archived_at = timezone.now()
    _save(scenario, "Given up")


def _check(cluster: Cluster, prepared: Prepared) -> None:
    """The rules of a draft, and words that ask for nothing unknown."""
    if not prepared.name.strip():
        raise Refused(_("Give the scenario a name."))
    check_draft(
        cluster,
        Draft(
            severity=prepared.severity,
            urgency=prepared.urgency,
            certainty=prepared.certainty,
            minutes=prepared.minutes,
            channels=prepared.channels,
            channel_mode=prepared.channel_mode,
            ladder=prepared.ladder,
        ),
    )
    alert = prepared.words.get(Purpose.ALERT, {})
    written = [code for code, each in alert.items() if each != Words()]
    if not any(is_near(code, cluster.language) for code in written):
        raise Refused(
            _("Write the alert in %(language)s: it is what most people here read.")
            % {"language": language_name(cluster.language)}
        )
    known = {*BY_ITSELF, *(str(each["key"]) for each in prepared.blanks)}
    asked = {
        name
        for by_language in prepared.words.values()
        for words in by_language.values()
        for name in words.blanks
    }
    if unknown := sorted(asked - known):
        raise Refused(
            _("The words ask for something that nobody fills in: %(names)s.")
            % {"names": ", ".join(unknown)}
        )


def _save(scenario: Scenario, reason: str) -> None:
    scenario._change_reason = reason  # type: ignore[attr-defined]
    scenario.save()


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
