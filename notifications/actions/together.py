"""One emergency in several clusters: a broadcast in each, under that cluster's rules.

Nothing here reaches over a cluster's boundary: each is drafted, submitted or sent in a
scope of its own, by the same action as ever, and nobody approves two at once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from notifications import scope
from notifications.audience import Criteria
from notifications.errors import Refused, TocsinError
from notifications.models import Broadcast, Cluster, Membership, Role

from . import broadcasts
from .guards import require_role, role_of
from .scenarios import scenarios_of

logger = logging.getLogger("tocsin.broadcasts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Which version of a draft somebody saw, and the numbers of their yes to it."""

    version: int
    confirmed_people: int | None = None
    typed_people: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several; ``refused`` says why it stands where it stood."""

    broadcast: Broadcast
    refused: str = ""


def raise_in(
    where: Mapping[Cluster, Criteria],
    scenario: str,
    *,
    by: Any,
    is_drill: bool = False,
    composition: UUID | None = None,
    parent: Broadcast | None = None,
) -> list[Broadcast]:
    """A draft in each of these clusters, or in none where one of them refuses.

    ``scenario`` is a short name: each cluster takes its own copy, else the system's.
    """
    with transaction.atomic():
        return [
            _draft(
                cluster,
                criteria,
                scenario,
                by=by,
                is_drill=is_drill,
                composition=composition,
                parent=parent,
            )
            for cluster, criteria in where.items()
        ]


def joined(broadcast: Broadcast, user: Any) -> list[Broadcast]:
    """It, and what was raised with it in the other clusters of this user.

    Of clusters in which they are no member there is nothing, not even a number.
    """
    if broadcast.composition is None:
        return [broadcast]
    # Unscoped: it asks for this user's own memberships, which decide the scope.
    mine = Membership._base_manager.filter(user=user, active=True)
    with scope.clusters(*mine.values_list("cluster_id", flat=True)):
        found = Broadcast.objects.filter(
            composition=broadcast.composition, is_drill=broadcast.is_drill
        )
        return list(found.select_related("cluster").order_by("cluster__name", "pk"))


def goes_at_once(broadcast: Broadcast, user: Any) -> bool:
    """Whether this user needs no second person for it, as its cluster's rule says."""
    role = role_of(user, broadcast.cluster)
    alone = role is not None and role.reaches(Role.APPROVER)
    return alone and not broadcast.cluster.requires_approval


def submit_all(
    found: Iterable[Broadcast], *, by: Any, seen: Mapping[UUID, Seen]
) -> list[Outcome]:
    """Submit each, or send it where one person may: what refuses stops no other."""
    known = [each for each in found if each.uid in seen]
    return _each(known, lambda each: _submit(each, by, seen[each.uid]))


def follow_up_all(
    found: Iterable[Broadcast], purpose: str, *, by: Any, versions: Mapping[UUID, int]
) -> list[Outcome]:
    """Say what was prepared in each, at the version that somebody saw of it."""
    known = [each for each in found if each.uid in versions]
    return _each(
        known,
        lambda each: broadcasts.follow_up(
            each, purpose, by=by, version=versions[each.uid]
        ),
    )


def stop_all(found: Iterable[Broadcast], *, by: Any, reason: str) -> list[Outcome]:
    """Whoever waits gets it in none of them; an old page stops them too."""
    return _each(found, lambda each: broadcasts.stop(each, by=by, reason=reason))


def _draft(
    cluster: Cluster,
    criteria: Criteria,
    slug: str,
    *,
    by: Any,
    is_drill: bool,
    composition: UUID | None,
    parent: Broadcast | None,
) -> Broadcast:
    require_role(by, cluster, Role.AUTHOR)
    with scope.clusters(cluster.pk):
        scenario = scenarios_of(cluster).filter(slug=slug).first()
        if scenario is None:
            raise Refused(
                _("%(cluster)s has not prepared this. Leave it out, or choose another.")
                % {"cluster": cluster}
            )
        return broadcasts.create_draft(
            cluster,
            broadcasts.draft_from_scenario(scenario, criteria),
            by=by,
            is_drill=is_drill,
            composition=composition,
            parent=_parent_in(cluster, parent),
        )


def _parent_in(cluster: Cluster, parent: Broadcast | None) -> Broadcast | None:
    """Of what this says more about, the one that was raised here."""
    if parent is None or parent.cluster_id == cluster.pk:
        return parent
    if parent.composition is None:
        return None
    found: Broadcast | None = Broadcast.objects.filter(
        cluster=cluster, composition=parent.composition
    ).first()
    return found


def _submit(broadcast: Broadcast, by: Any, seen: Seen) -> None:
    if goes_at_once(broadcast, by):
        broadcasts.send_alone(
            broadcast,
            by=by,
            version=seen.version,
            confirmed_people=seen.confirmed_people,
            typed_people=seen.typed_people,
        )
    else:
        broadcasts.submit(broadcast, by=by, version=seen.version)


def _each(found: Iterable[Broadcast], act: Callable[[Broadcast], Any]) -> list[Outcome]:
    """Each in the scope of its own cluster: what refuses stops no other."""
    return [_outcome(broadcast, act) for broadcast in found]


def _outcome(broadcast: Broadcast, act: Callable[[Broadcast], Any]) -> Outcome:
    with scope.clusters(broadcast.cluster_id):
        try:
            act(broadcast)
        except TocsinError as refused:
            return Outcome(broadcast, str(refused))
        except DatabaseError:
            logger.exception("broadcast %s: a step could not be taken", broadcast.pk)
            return Outcome(broadcast, _("It could not be written down. Try again."))
    return Outcome(broadcast)
