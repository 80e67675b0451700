"""Writing an emergency: nothing here reaches anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.actions.guards import require_role
from notifications.alerting import (
    Certainty,
    Kind,
    Purpose,
    Response,
    Severity,
    Urgency,
)
from notifications.audience import Criteria, named
from notifications.channels.registry import registry
from notifications.composing.emergencies import Blanks, Words, in_language
from notifications.errors import MoveRefused, Refused
from notifications.events import ChannelKind
from notifications.lifecycle import BroadcastStatus
from notifications.models import (
    Broadcast,
    ChannelMode,
    Cluster,
    Role,
    Scenario,
    Zone,
)
from notifications.models.emergencies import LONGEST, SHORTEST
from notifications.models.moves import change_if_unchanged

from .ladder import check_ladder, narrowed

#: Purpose → language → words.
Written = Mapping[str, Mapping[str, Words]]
LONGEST_BLANK = 120
FIRST_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that staff decide about an emergency. ``minutes`` is how long it lives."""

    words: Written = field(default_factory=dict)
    blanks: Blanks = field(default_factory=dict)
    criteria: Criteria = field(default_factory=Criteria)
    kind: str = Kind.SAFETY
    response: str = Response.MONITOR
    severity: str = Severity.SEVERE
    urgency: str = Urgency.IMMEDIATE
    certainty: str = Certainty.OBSERVED
    minutes: int = 240
    channels: tuple[str, ...] = (ChannelKind.SMS, ChannelKind.EMAIL)
    channel_mode: str = ChannelMode.EVERY
    wants_answers: bool = True
    ladder: tuple[Mapping[str, Any], ...] = ()
    scenario: Scenario | None = None


def draft_from_scenario(scenario: Scenario, criteria: Criteria | None = None) -> Draft:
    """All that a scenario prepared, with the ready values of its blanks.

    What no provider serves here is not promised.
    """
    known = registry().kinds
    wanted = scenario.channels or Draft().channels
    channels = tuple(each for each in wanted if each in known)
    return Draft(
        words=read_words(scenario.words),
        blanks={each["key"]: each["value"] for each in scenario.blanks},
        criteria=criteria or Criteria(),
        kind=scenario.kind,
        response=scenario.response,
        severity=scenario.severity,
        urgency=scenario.urgency,
        certainty=scenario.certainty,
        minutes=scenario.minutes,
        channels=channels,
        channel_mode=scenario.channel_mode,
        wants_answers=scenario.wants_answers,
        ladder=narrowed(scenario.ladder, channels),
        scenario=scenario,
    )


def draft_of(broadcast: Broadcast) -> Draft:
    """A broadcast as a draft, to be changed or copied."""
    return Draft(
        words=read_words(broadcast.words),
        blanks=broadcast.blanks,
        criteria=Criteria.from_json(broadcast.audience),
        kind=broadcast.kind,
        response=broadcast.response,
        severity=broadcast.severity,
        urgency=broadcast.urgency,
        certainty=broadcast.certainty,
        minutes=broadcast.minutes,
        channels=tuple(broadcast.channels),
        channel_mode=broadcast.channel_mode,
        wants_answers=broadcast.wants_answers,
        ladder=tuple(broadcast.ladder),
        scenario=broadcast.scenario,
    )


def create_draft(
    cluster: Cluster,
    draft: Draft,
    *,
    by: Any,
    is_drill: bool = False,
    composition: UUID | None = None,
    parent: Broadcast | None = None,
    why: str = "",
) -> Broadcast:
    """A new emergency, or the drill of one, that only staff see.

    ``composition`` was given to the page on which it is raised, so that a double tap
    makes one in each cluster. ``parent`` is the live one that it says more about;
    ``why`` goes on record.
    """
    require_role(by, cluster, Role.AUTHOR)
    _check_parent(cluster, parent, is_drill=is_drill)
    own = {"is_drill": is_drill, "composition": composition, "parent": parent}
    try:
        return put_down(
            cluster, draft, why=why, created_by=by, last_edited_by=by, **own
        )
    except IntegrityError:
        twins = Broadcast.objects.filter(cluster=cluster, composition=composition)
        twin = twins.first() if composition else None
        # One of the other world is not to be had by its number.
        if twin is None or twin.is_drill != is_drill:
            raise Refused(
                _("This page was used before. Open it again, and raise it anew.")
            ) from None
    return save_draft(twin, draft, by=by, version=FIRST_VERSION)


def put_down(cluster: Cluster, draft: Draft, *, why: str = "", **own: Any) -> Broadcast:
    """Write a draft, whoever it is of; callers have checked who may.

    Raises IntegrityError, with nothing written, where what names it is taken.
    """
    check_draft(cluster, draft)
    broadcast = Broadcast(cluster=cluster, **own, **_fields(cluster, draft))
    broadcast._change_reason = f"Draft made: {why}" if why else "Draft made"  # type: ignore[attr-defined]
    with transaction.atomic():
        broadcast.save()
    return broadcast


def save_draft(
    broadcast: Broadcast, draft: Draft, *, by: Any, version: int
) -> Broadcast:
    """Write the changes to a draft that is still at ``version``, as its editor saw it.

    Raises MoveRefused where it is no draft any more, or somebody else saved meanwhile.
    """
    require_role(by, broadcast.cluster, Role.AUTHOR)
    if broadcast.status != BroadcastStatus.DRAFT:
        raise MoveRefused(
            _(
                "This is no draft any more, so it was not changed. Take it back to a "
                "draft first; what is live is only updated or ended."
            )
        )
    if broadcast.version != version:
        raise MoveRefused(
            _(
                "%(who)s changed this after you opened it, so yours was not saved. "
                "Reload the page to see how it stands."
            )
            % {"who": broadcast.editor}
        )
    check_draft(broadcast.cluster, draft)
    with transaction.atomic():
        change_if_unchanged(
            broadcast,
            "Draft saved",
            last_edited_by=by,
            updated_at=timezone.now(),
            **_fields(broadcast.cluster, draft),
        )
    return broadcast


def read_words(data: Any) -> dict[str, dict[str, Words]]:
    """What was kept as words, purpose by purpose; empty ones are left out."""
    found: dict[str, dict[str, Words]] = {}
    for purpose, by_language in (data or {}).items():
        words = {
            language: Words.from_json(each) for language, each in by_language.items()
        }
        said = {language: each for language, each in words.items() if each != Words()}
        if said:
            found[purpose] = said
    return found


def place_of(cluster: Cluster, criteria: Criteria) -> str:
    """Where it is, in the words that people know: the zones, or the whole estate."""
    if criteria.everyone or not criteria.zones:
        return cluster.name
    return ", ".join(named(cluster, criteria.zones))


def _fields(cluster: Cluster, draft: Draft) -> dict[str, Any]:
    blanks: dict[str, Any] = dict(draft.blanks)
    # Kept with it: a zone that is renamed later changes nothing that was approved.
    blanks["place"] = place_of(cluster, draft.criteria)
    blanks["cluster"] = cluster.name
    scenario = draft.scenario
    return {
        "title": _title(cluster, draft, blanks),
        "words": {
            purpose: {code: each.to_json() for code, each in by_language.items()}
            for purpose, by_language in draft.words.items()
        },
        "blanks": blanks,
        "audience": draft.criteria.to_json(),
        "kind": draft.kind,
        "response": draft.response,
        "severity": draft.severity,
        "urgency": draft.urgency,
        "certainty": draft.certainty,
        "minutes": draft.minutes,
        "channels": [str(each) for each in draft.channels],
        "channel_mode": draft.channel_mode,
        "wants_answers": draft.wants_answers,
        "ladder": [dict(step) for step in draft.ladder],
        "scenario": scenario,
        "scenario_version": scenario.version if scenario else None,
    }


def _title(cluster: Cluster, draft: Draft, blanks: Blanks) -> str:
    """What lists call it: the headline in the cluster's language, or the scenario."""
    alert = draft.words.get(Purpose.ALERT, {})
    words = alert.get(cluster.language) or next(iter(alert.values()), Words())
    given = in_language(blanks, cluster.language)
    shown = {name: given.get(name) or "…" for name in words.blanks}
    named = draft.scenario.name if draft.scenario else str(_("Emergency"))
    return (words.filled(shown).headline or named)[:200]


def check_draft(cluster: Cluster, draft: Draft) -> None:
    """Refuse what belongs to another cluster, is nowhere, or is no choice at all."""
    scenario = draft.scenario
    if scenario is not None and scenario.cluster_id not in (None, cluster.pk):
        raise Refused(_("Choose a scenario of this cluster."))
    zones = {*draft.criteria.zones, *draft.criteria.exclude_zones}
    if Zone.objects.filter(cluster=cluster, pk__in=zones).count() != len(zones):
        raise Refused(_("One of these zones is not in this cluster. Choose again."))
    choices = {
        Severity: draft.severity,
        Urgency: draft.urgency,
        Certainty: draft.certainty,
        Kind: draft.kind,
        Response: draft.response,
        ChannelMode: draft.channel_mode,
    }
    for allowed, value in choices.items():
        if value not in allowed.values:
            raise Refused(_("“%(value)s” cannot be chosen here.") % {"value": value})
    if not SHORTEST <= draft.minutes <= LONGEST:
        raise Refused(_("It must end between five minutes and a week from now."))
    if not draft.channels:
        raise Refused(_("Choose at least one channel."))
    known = set(registry().kinds)
    if strange := [each for each in draft.channels if each not in known]:
        sentence = _("There is no channel “%(name)s” here. Choose another.")
        raise Refused(sentence % {"name": strange[0]})
    if len(set(draft.channels)) < len(draft.channels):
        raise Refused(_("Name each channel once, in the place where it is used."))
    check_ladder(cluster, draft.ladder, draft.channels)
    for filled in draft.blanks.values():
        texts = [filled] if isinstance(filled, str) else filled.values()
        if any(len(text) > LONGEST_BLANK for text in texts):
            sentence = _("Write at most %(most)d characters where words are missing.")
            raise Refused(sentence % {"most": LONGEST_BLANK})


def _check_parent(
    cluster: Cluster, parent: Broadcast | None, *, is_drill: bool
) -> None:
    if parent is None:
        return
    if parent.cluster_id != cluster.pk:
        raise Refused(_("What this refers to is in another cluster."))
    if parent.is_drill != is_drill:
        raise Refused(
            _("A drill and an emergency are different things: raise it anew.")
        )
