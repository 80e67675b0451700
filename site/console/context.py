"""What every page of the console knows about where it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import SimpleLazyObject

from notifications.models import Cluster, Role

from . import pages


@dataclass(frozen=True, slots=True)
class Door:
    """One of my clusters in the switcher."""

    name: str
    colour: str
    url: str
    current: bool


@dataclass(frozen=True, slots=True)
class Frame:
    """The cluster at hand, what I am there, and the doors to my other ones."""

    cluster: Cluster | None
    role: Role | None
    doors: tuple[Door, ...]
    is_platform_admin: bool
    clusters_url: str

    @property
    def others(self) -> tuple[Door, ...]:
        return tuple(door for door in self.doors if not door.current)


def frame(request: Any) -> dict[str, Any]:
    """Context processor: ``frame`` in every template of the console."""
    return {"frame": SimpleLazyObject(lambda: frame_of(request))}


def frame_of(request: Any) -> Frame:
    """The frame of a request, also of one that never reached the gate."""
    user = getattr(request, "user", None)
    cluster = getattr(request, "cluster", None)
    is_platform_admin = bool(user and user.is_superuser)
    return Frame(
        cluster=cluster,
        role=getattr(request, "role", None),
        doors=tuple(
            Door(
                name=membership.cluster.name,
                colour=membership.cluster.colour,
                url=pages.cluster_url(request, membership.cluster.slug),
                current=cluster is not None and membership.cluster_id == cluster.pk,
            )
            for membership in getattr(request, "memberships", ())
        ),
        is_platform_admin=is_platform_admin,
        clusters_url=pages.platform_home(request) if is_platform_admin else "",
    )
