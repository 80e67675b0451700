"""What forbids to use an address, as conditions that any query can ask.

Fields are named by the caller: the same words serve people in a preview and entries
under a worker's last look.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from notifications.events import Event
from notifications.models import OptOut, OptOutAddress, Suppression


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
    dead = Suppression.objects.filter(cluster_id=cluster_id, channel=channel)
    return _among(names.address_fingerprint, dead.values("fingerprint"))


def opted_out(cluster_id: int, event: Event, channel: str, names: Names) -> Q:
    """The person said no; or somebody did, from this address, for all who have it.

    So does, at each of their addresses, who is archived or deleted since.
    """
    matching = OptOut.objects.in_force().filter(
        cluster_id=cluster_id,
        channel__in=("", channel),
        category__in=("", event.category),
    )
    held_on_to = OptOutAddress.objects.filter(
        cluster_id=cluster_id, channel=channel, opt_out__in=matching
    )
    by_person = matching.filter(recipient__isnull=False).values("recipient")
    by_address = held_on_to.filter(
        Q(shared=True)
        | Q(opt_out__recipient=None)
        | Q(opt_out__recipient__archived_at__isnull=False)
    ).values("fingerprint")
    by_name = held_on_to.filter(
        fingerprint=OuterRef(names.address_fingerprint),
        person_fingerprint=OuterRef(names.person_fingerprint),
    ).exclude(person_fingerprint="")
    return (
        _among(names.person, by_person)
        | _among(names.address_fingerprint, by_address)
        | Q(Exists(by_name))
    )


def _among(name: str, values: QuerySet[Any, Any]) -> Q:
    """A set that is made once per query, where EXISTS would be asked once per row."""
    return Q(**{f"{name}__in": values})
