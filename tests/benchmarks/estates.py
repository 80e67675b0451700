"""Clusters in which everybody can be reached: as many messages as people."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model

from notifications import fingerprints
from notifications.models import (
    Addressee,
    Cluster,
    ContactPoint,
    Membership,
    Recipient,
    Role,
    Zone,
)

from . import letter

AT_ONCE = 5_000
#: Where texts go: see settings.py.
GATEWAY = "sms.example"


def make_estate(slug: str, people: int) -> Cluster:
    """A cluster of so many people with a mail address each, and a manager."""
    cluster = Cluster.objects.create(
        name=f"Estate {slug.title()}",
        slug=slug,
        sender_name="Riverside Quay Estate Office",
        sender_email=f"office@{slug}.example",
        postal_address="Estate Office, 1 Wharf Street, London",
    )
    zones = [Zone.objects.create(cluster=cluster, name=name) for name in letter.ZONES]
    for start in range(0, people, AT_ONCE):
        _settle(cluster, zones, range(start, min(start + AT_ONCE, people)))
    manager(cluster)
    return cluster


def manager(cluster: Cluster) -> Any:
    """Whoever presses the button there."""
    users = get_user_model().objects
    email = f"mona@{cluster.slug}.example"
    user = users.filter(email=email).first()
    if user is None:
        user = users.create_user(email, "x" * 12, first_name="Mona")
        Membership.objects.create(user=user, cluster=cluster, role=Role.MANAGER)
    return user


def _settle(cluster: Cluster, zones: list[Zone], numbers: range) -> None:
    written = [(n, letter.person(n, f"{cluster.slug}.example")) for n in numbers]
    people = [
        Recipient(
            cluster=cluster,
            name=who["name"],
            first_name=who["first_name"],
            unit=who["unit"],
            zone=zones[n % len(zones)],
            external_id=f"{cluster.slug}-{n}",
        )
        for n, who in written
    ]
    for person in people:
        person.derive()
    Recipient.objects.bulk_create(people)
    points = [
        ContactPoint(
            cluster=cluster, recipient=person, channel="email", value=who["email"]
        )
        for person, (_n, who) in zip(people, written, strict=True)
    ]
    for point in points:
        point.derive()
    ContactPoint.objects.bulk_create(points)


def give_phones(cluster: Cluster) -> None:
    """A number for everybody there."""
    people = cluster.recipients.order_by("pk").values_list("pk", flat=True)
    points = [
        ContactPoint(
            cluster=cluster,
            recipient_id=key,
            channel="sms",
            value=f"+44770{n:07}",
        )
        for n, key in enumerate(people)
    ]
    for point in points:
        point.derive()
    ContactPoint.objects.bulk_create(points, batch_size=AT_ONCE)


def introduce(cluster: Cluster) -> None:
    """Write everybody down as addressees, as the first message to them would."""
    points = ContactPoint.objects.filter(cluster=cluster, channel="email")
    rows = points.values_list(
        "recipient_id", "recipient__name", "recipient__unit", "value", "fingerprint"
    )
    Addressee.objects.bulk_create(
        (
            Addressee(
                cluster=cluster,
                recipient_id=key,
                channel="email",
                name=name,
                unit=unit,
                address=address,
                fingerprint=fingerprint,
                commitment=fingerprints.commitment(name, unit, address),
            )
            for key, name, unit, address, fingerprint in rows.order_by("pk")
        ),
        batch_size=AT_ONCE,
    )
