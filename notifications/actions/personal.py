"""The contacts of a person: who is told when they do not answer in an emergency."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from notifications.alerting import ContactKind
from notifications.errors import Refused
from notifications.models import PersonalContact, Recipient, Role

from .crowds import because, in_the_name_of, locked
from .guards import require_role


def name_contact(
    person: Recipient, contact: Recipient, kind: str, *, by: Any
) -> PersonalContact:
    """Let one person stand as the contact of another; there already, it is given."""
    cluster = person.cluster
    require_role(by, cluster, Role.MANAGER)
    if kind not in ContactKind.values:
        raise Refused(_("Choose what kind of contact this is."))
    if contact.cluster_id != cluster.pk or contact.for_staff or person.for_staff:
        raise Refused(_("Choose somebody of the people of this cluster."))
    if contact.pk == person.pk:
        raise Refused(_("Nobody is their own contact. Choose somebody else."))
    if contact.archived_at is not None:
        raise Refused(_("%(name)s has left, and gets nothing.") % {"name": contact})
    with transaction.atomic(), in_the_name_of(by):
        # Held by their person: of two at once the later one finds it there.
        locked(cluster, [person.pk])
        same = PersonalContact.objects.filter(recipient=person, contact=contact)
        there: PersonalContact | None = same.filter(kind=kind).first()
        if there is not None:
            return there
        link = PersonalContact(
            cluster=cluster, recipient=person, contact=contact, kind=kind
        )
        because(link, "Named")
        link.save()
    return link


def drop_contact(link: PersonalContact, *, by: Any) -> None:
    """Take a contact off a person; history keeps that there was one."""
    require_role(by, link.cluster, Role.MANAGER)
    with transaction.atomic(), in_the_name_of(by):
        because(link, "Taken off")
        link.delete()
