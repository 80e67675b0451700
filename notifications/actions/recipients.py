"""People of a cluster: adding one, changing one, and what is done with many."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from notifications import fingerprints
from notifications.audience.holding_on import hold_on
from notifications.errors import Refused
from notifications.models import Cluster, Recipient, Role

from .contacts import write_addresses
from .crowds import because, in_the_name_of, locked
from .details import Address, Details, Unclean, cleaned
from .groups import move, tag, tags_named, untag, zone_of
from .guards import require_role
from .leaving import archive, restore

__all__ = [
    "Address",
    "Details",
    "Unclean",
    "add",
    "archive",
    "edit",
    "move",
    "restore",
    "tag",
    "twins",
    "untag",
]

#: How history names what changed, where the field is called otherwise.
_WORDS = {
    "first_name": "first name",
    "zone_id": "zone",
    "external_id": "external id",
    "sms": "phone",
}
#: What stands on the person's own row.
_OWN = ("name", "first_name", "unit", "zone_id", "language", "external_id")


def add(cluster: Cluster, details: Details, *, by: Any, reason: str = "") -> Recipient:
    """A new person, with addresses and tags; raises Unclean."""
    require_role(by, cluster, Role.MANAGER)
    details = cleaned(details, cluster)
    with transaction.atomic(), in_the_name_of(by):
        _check(cluster, details)
        own = {name: getattr(details, name) for name in _OWN}
        person = Recipient(cluster=cluster, **own)
        because(person, f"Added: {reason}" if reason else "Added")
        _save(person)
        write_addresses(person, details.addresses)
        person.tags.set(tags_named(cluster, details.tags))
    return person


def edit(
    person: Recipient,
    details: Details,
    *,
    by: Any,
    reason: str = "",
    seen: datetime | None = None,
) -> Recipient:
    """Change a person to these details; raises Unclean.

    ``seen`` is ``updated_at`` as it was when the page was opened: when somebody else
    was faster, nothing is changed.
    """
    cluster = person.cluster
    require_role(by, cluster, Role.MANAGER)
    details = cleaned(details, cluster)
    with transaction.atomic(), in_the_name_of(by):
        rows = locked(cluster, [person.pk])
        if not rows or (seen is not None and rows[0].updated_at != seen):
            raise Refused(
                _(
                    "Somebody else has changed this person since you opened the page. "
                    "Open it again and repeat your change."
                )
            )
        _check(cluster, details, rows[0])
        _change(rows[0], details, reason)
    return rows[0]


def twins(
    cluster: Cluster, details: Details, *, besides: int | None = None
) -> list[Recipient]:
    """People with the same name and an equal address: perhaps the same person."""
    details = cleaned(details, cluster)
    prints = [fingerprints.of_address(a.channel, a.value) for a in details.addresses]
    same = Recipient.objects.filter(
        cluster=cluster,
        name_key=fingerprints.name_key(details.name),
        contact_points__fingerprint__in=prints,
    )
    others = same.exclude(pk=besides) if besides else same
    return list(others.distinct().order_by("pk")[:5])


def _change(row: Recipient, details: Details, reason: str) -> None:
    changed = [name for name in _OWN if getattr(row, name) != getattr(details, name)]
    for name in changed:
        setattr(row, name, getattr(details, name))
    changed += write_addresses(row, details.addresses)
    changed += _write_tags(row, details.tags)
    if changed:
        because(row, _changed(changed, reason))
        _save(row)
        hold_on(row.cluster, [row])


def _check(cluster: Cluster, details: Details, person: Recipient | None = None) -> None:
    if details.zone_id is not None and zone_of(cluster, details.zone_id) is None:
        raise Unclean({"zone_id": _("There is no such zone. Choose one of the list.")})
    if not details.external_id:
        return
    others = Recipient.objects.filter(cluster=cluster, external_id=details.external_id)
    other = (others.exclude(pk=person.pk) if person else others).first()
    if other is not None:
        raise Unclean(
            {
                "external_id": _(
                    "%(name)s already has this external id. Each belongs to one person."
                )
                % {"name": other.name}
            }
        )


def _save(person: Recipient) -> None:
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError as error:
        sentence = _("Somebody else was given this external id just now.")
        raise Unclean({"external_id": sentence}) from error


def _changed(names: list[str], reason: str) -> str:
    words = ", ".join(_WORDS.get(name, name) for name in names)
    return f"Changed {words}: {reason}" if reason else f"Changed {words}"


def _write_tags(person: Recipient, names: tuple[str, ...]) -> list[str]:
    before = {tag.pk for tag in person.tags.all()}
    tags = tags_named(person.cluster, names)
    if before == {tag.pk for tag in tags}:
        return []
    person.tags.set(tags)
    return ["tags"]
