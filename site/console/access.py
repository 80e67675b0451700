"""Who may open which route: levels, declarations, and the question itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.contrib.auth.backends import BaseBackend

from notifications.models import Membership, Role

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
ADMIN_PERMISSION = "wagtailadmin.access_admin"


class Access(Enum):
    """How far somebody must reach to use a route.

    AUDITOR to MANAGER are roles in the cluster of the address; PLATFORM is for those
    who run the installation, and shows no cluster's people.
    """

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    AUDITOR = Role.AUDITOR.value
    AUTHOR = Role.AUTHOR.value
    APPROVER = Role.APPROVER.value
    MANAGER = Role.MANAGER.value
    PLATFORM = "platform"

    @property
    def role(self) -> Role | None:
        """The role asked for; None for the levels that ask for none."""
        return Role(self.value) if self.value in Role.values else None


@dataclass(frozen=True, slots=True)
class Route:
    """A declared route. Without ``write`` it can only be read."""

    name: str
    read: Access
    write: Access | None = None

    def needed(self, method: str) -> Access | None:
        """What a request of this method asks for; None: the method is refused."""
        return self.read if method in SAFE_METHODS else self.write


def reaches(needed: Access, *, user: Any, role: Role | None) -> bool:
    """Whether a user with this role in the cluster at hand gets that far."""
    if needed is Access.PUBLIC:
        return True
    if user is None or not user.is_authenticated:
        return False
    if needed is Access.SIGNED_IN:
        return True
    if needed is Access.PLATFORM:
        return bool(user.is_superuser)
    return role is not None and role.reaches(Role(needed.value))


class MembershipBackend(BaseBackend):
    """Opens the admin to members of a cluster, and grants nothing else."""

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        if perm != ADMIN_PERMISSION or not user_obj.is_active:
            return False
        if not hasattr(user_obj, "_opens_admin"):
            # Unscoped: asked before a cluster is known, about this user alone.
            user_obj._opens_admin = Membership._base_manager.filter(
                user=user_obj, active=True
            ).exists()
        return bool(user_obj._opens_admin)
