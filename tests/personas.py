"""The people of the tests, and short ways to make what they work with.

Riverside is the cluster most tests happen in; Hilltop is somebody else's.
ada writes, grace approves, mona manages and otto audits at Riverside; mallory manages
Hilltop; pia is platform admin and a member of nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from notifications.models import (
    Cluster,
    ContactPoint,
    Membership,
    Recipient,
    Role,
    Tag,
    Zone,
)

PASSWORD = "correct horse battery"


def make_cluster(name: str, slug: str, **fields: Any) -> Cluster:
    """A cluster with a sender of its own."""
    given = {"sender_name": name, "sender_email": f"{slug}@example.org"} | fields
    return Cluster.objects.create(name=name, slug=slug, **given)


def make_user(email: str, first_name: str, **fields: Any) -> Any:
    """A staff user who can sign in with PASSWORD."""
    return get_user_model().objects.create_user(
        email, PASSWORD, first_name=first_name, **fields
    )


def join(user: Any, cluster: Cluster, role: Role) -> Membership:
    """Make a user a member."""
    return Membership.objects.create(user=user, cluster=cluster, role=role)


def make_zone(cluster: Cluster, name: str, parent: Zone | None = None) -> Zone:
    """A zone, at the top or inside another."""
    return Zone.objects.create(cluster=cluster, name=name, parent=parent)


def make_person(
    cluster: Cluster,
    name: str,
    *,
    email: str | None = None,
    phone: str | None = None,
    tags: tuple[str, ...] = (),
    **fields: Any,
) -> Recipient:
    """A recipient with up to one address per channel."""
    person = Recipient.objects.create(cluster=cluster, name=name, **fields)
    for channel, value in (("email", email), ("sms", phone)):
        if value:
            ContactPoint.objects.create(
                cluster=cluster, recipient=person, channel=channel, value=value
            )
    for tag in tags:
        made, _ = Tag.objects.get_or_create(
            cluster=cluster, name_key=tag.casefold(), defaults={"name": tag}
        )
        person.tags.add(made)
    return person


def make_people(cluster: Cluster, count: int, **fields: Any) -> list[Recipient]:
    """Some people with a mail address each."""
    return [
        make_person(
            cluster,
            f"Person {number:04d}",
            email=f"person{number:04d}@{cluster.slug}.example.org",
            **fields,
        )
        for number in range(count)
    ]


@dataclass(frozen=True)
class World:
    """Two clusters and everybody who works there."""

    riverside: Cluster
    hilltop: Cluster
    ada: Any
    grace: Any
    mona: Any
    otto: Any
    mallory: Any
    pia: Any


def make_world() -> World:
    """Riverside with its staff, Hilltop with mallory, and pia."""
    riverside = make_cluster("Riverside Quay", "riverside")
    hilltop = make_cluster("Hilltop House", "hilltop")
    users = {
        name: make_user(f"{name}@example.org", name.title())
        for name in ("ada", "grace", "mona", "otto", "mallory")
    }
    pia = get_user_model().objects.create_superuser(
        "pia@example.org", PASSWORD, first_name="Pia"
    )
    join(users["ada"], riverside, Role.AUTHOR)
    join(users["grace"], riverside, Role.APPROVER)
    join(users["mona"], riverside, Role.MANAGER)
    join(users["otto"], riverside, Role.AUDITOR)
    join(users["mallory"], hilltop, Role.MANAGER)
    return World(riverside=riverside, hilltop=hilltop, pia=pia, **users)
