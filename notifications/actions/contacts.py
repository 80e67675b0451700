"""The addresses of one person, made to be what staff wrote."""

from __future__ import annotations

from typing import Final

from notifications.events import ChannelKind
from notifications.models import ContactPoint, Recipient

from .crowds import because
from .details import Address

#: What staff type; the app and devices bring their own addresses.
TYPED: Final = (ChannelKind.EMAIL, ChannelKind.SMS)


def write_addresses(person: Recipient, wanted: tuple[Address, ...]) -> list[str]:
    """Make the person's addresses these; the channels on which it changed anything.

    An address that is corrected is a new one: whoever verified the old one did not
    verify this.
    """
    points = person.contact_points.filter(channel__in=TYPED)
    there = {(point.channel, point.value): point for point in points}
    given = {(address.channel, address.value): address for address in wanted}
    changed = []
    for key in there.keys() - given.keys():
        because(there[key], "Address removed")
        there[key].delete()
        changed.append(key[0])
    for key, address in given.items():
        if _write_address(person, there.get(key), address):
            changed.append(key[0])
    return sorted(set(changed))


def _write_address(
    person: Recipient, point: ContactPoint | None, address: Address
) -> bool:
    if point is None:
        _add(person, address)
        return True
    is_main = point.primary and point.active
    if (point.description, is_main) == (address.description, address.primary):
        return False
    if address.primary:
        _step_down(person, address.channel)
        point.active = True
    point.description, point.primary = address.description, address.primary
    because(point, "Address changed")
    point.save()
    return True


def _add(person: Recipient, address: Address) -> None:
    if address.primary:
        _step_down(person, address.channel)
    point = ContactPoint(
        cluster_id=person.cluster_id,
        recipient=person,
        channel=address.channel,
        value=address.value,
        description=address.description,
        primary=address.primary,
    )
    because(point, "Address added")
    point.save()


def _step_down(person: Recipient, channel: str) -> None:
    """A channel never has two main addresses, not even on the way."""
    for other in person.contact_points.filter(channel=channel, primary=True):
        other.primary = False
        because(other, "No longer the main address")
        other.save(update_fields=["primary"])
