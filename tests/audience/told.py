"""The rules of who gets it, told once more in plain Python: what the SQL must agree to.

Slow and simple on purpose: every rule of the design is one line here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils import timezone

from notifications.events import Event
from notifications.models import (
    Cluster,
    ContactPoint,
    OptOut,
    OptOutAddress,
    Recipient,
    Suppression,
)


class Rules:
    """One cluster as it stands when this is made."""

    def __init__(self, cluster: Cluster) -> None:
        self.points = list(ContactPoint.objects.filter(cluster=cluster))
        self.dead = list(Suppression.objects.filter(cluster=cluster))
        refusals = OptOut.objects.filter(cluster=cluster).select_related("recipient")
        self.refusals = list(refusals.prefetch_related("addresses"))

    def verdicts(
        self,
        people: Iterable[Recipient],
        event: Event,
        channel: str,
        *,
        identical: bool = False,
    ) -> dict[int, str]:
        """Person → "" or the reason why not, for a whole audience."""
        found: dict[int, str] = {}
        served: set[str] = set()
        for person in sorted(people, key=lambda person: person.pk):
            point = self._address(person, channel)
            reason = self._reason(person, point, event, channel)
            if not reason and identical and not event.bypasses_preferences:
                reason = "duplicate" if point.fingerprint in served else ""
                served.add(point.fingerprint)
            found[person.pk] = reason
        return found

    def _address(self, person: Recipient, channel: str) -> ContactPoint | None:
        for point in self.points:
            theirs = point.recipient_id == person.pk and point.channel == channel
            if theirs and point.primary and point.active:
                return point
        return None

    def _reason(
        self, person: Recipient, point: ContactPoint | None, event: Event, channel: str
    ) -> str:
        if point is None:
            return "no_address"
        if any(
            dead.channel == channel and dead.fingerprint == point.fingerprint
            for dead in self.dead
        ):
            return "suppressed"
        if event.bypasses_preferences:
            return ""
        for refusal in self._in_force(event, channel):
            if refusal.recipient_id == person.pk:
                return "opted_out"
            for address in refusal.addresses.all():
                here = (address.channel, address.fingerprint)
                same = here == (channel, point.fingerprint)
                if same and _holds(refusal, address, person):
                    return "opted_out"
        return ""

    def _in_force(self, event: Event, channel: str) -> Iterator[OptOut]:
        for refusal in self.refusals:
            if refusal.lifted_at is not None:
                continue
            if refusal.expires_at is not None and refusal.expires_at <= timezone.now():
                continue
            if refusal.channel not in ("", channel):
                continue
            if refusal.category in ("", event.category):
                yield refusal


def _holds(refusal: OptOut, address: OptOutAddress, person: Recipient) -> bool:
    refuser = refusal.recipient
    if address.shared or refuser is None or refuser.archived_at is not None:
        return True
    same = address.person_fingerprint == person.fingerprint
    return same and bool(address.person_fingerprint)
