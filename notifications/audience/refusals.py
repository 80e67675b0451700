"""What forbids to use an address, as conditions that any query can ask.

Fields are named by the caller: the same words serve people in a preview and entries
under a worker's last look. Each row looks its own refusals up, by index.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.events import Event
from notifications.models import OptOut, OptOutAddress, Suppression
from notifications.models.consent import OptOutQuerySet


@dataclass(frozen=True, slots=True)
class Names:
    """Where the asking query has the person, and the fingerprints of both."""

    person: str
    person_fingerprint: str
    address_fingerprint: str


PERSON = Names("pk", "fingerprint", "address_fingerprint")
ENTRY = Names("recipient_id", "recipient__fingerprint", "addressee__fingerprint")


def suppressed(cluster_id: int, channel: str, names: Names) -> Q:
    """The address must not be used: true in emergencies too."""
    dead = _dead(cluster_id, channel)
    return Q(Exists(dead.filter(fingerprint=OuterRef(names.address_fingerprint))))


def opted_out(cluster_id: int, event: Event, channel: str, names: Names) -> Q:
    """The person said no; or somebody did, from this address, for all who have it.

    So does, at each of their addresses, who is archived or deleted since.
    """
    matching = _matching(event, channel)
    in_force = Exists(matching.filter(pk=OuterRef("opt_out_id")))
    here = _held(cluster_id, channel).filter(
        in_force, fingerprint=OuterRef(names.address_fingerprint)
    )
    same_person = Q(person_fingerprint=OuterRef(names.person_fingerprint))
    same_person &= ~Q(person_fingerprint="")
    for_all = (
        Q(shared=True)
        | Q(opt_out__recipient=None)
        | Q(opt_out__recipient__archived_at__isnull=False)
    )
    by_person = matching.filter(recipient=OuterRef(names.person))
    by_address = here.filter(for_all | same_person)
    return Q(Exists(by_person)) | Q(Exists(by_address))


def mentioned(cluster_id: int, event: Event, channel: str, names: Names) -> Q:
    """Whom any of these might mean: the rest need not be looked at one by one.

    It reads all refusals of the cluster once, and asks every row next to nothing.
    """
    dead = _dead(cluster_id, channel).values("fingerprint")
    found = Q(**{f"{names.address_fingerprint}__in": dead})
    if event.bypasses_preferences:
        return found
    matching = _matching(event, channel).filter(cluster_id=cluster_id)
    held = _held(cluster_id, channel).filter(opt_out__in=matching)
    by_person = matching.filter(recipient__isnull=False).values("recipient")
    return (
        found
        | Q(**{f"{names.person}__in": by_person})
        | Q(**{f"{names.address_fingerprint}__in": held.values("fingerprint")})
    )


def _matching(event: Event, channel: str) -> QuerySet[OptOut]:
    """Refusals in force of such a message."""
    # Unscoped, here and below: a person's refusals are of their cluster, and naming
    # it as well leads SQLite's planner to all refusals that the cluster has.
    found: QuerySet[OptOut] = OptOutQuerySet(OptOut).in_force()
    return found.filter(
        channel__in=("", channel), category__in=("", event.category)
    ).order_by()


def _held(cluster_id: int, channel: str) -> QuerySet[Any]:
    return OptOutAddress._base_manager.filter(cluster_id=cluster_id, channel=channel)


def _dead(cluster_id: int, channel: str) -> QuerySet[Any]:
    return Suppression._base_manager.filter(cluster_id=cluster_id, channel=channel)
