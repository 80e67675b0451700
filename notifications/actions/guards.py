"""Who may do what in a cluster: the one place where roles are asked for."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from notifications.errors import NotAllowed
from notifications.models import Cluster, Membership, Role


def role_of(user: Any, cluster: Cluster) -> Role | None:
    """The role of an active user in a cluster; None without an active membership."""
    if user is None or not user.pk or not user.is_active:
        return None
    # Unscoped: it names user and cluster, and is asked before a scope is entered.
    role = (
        Membership._base_manager.filter(user=user, cluster=cluster, active=True)
        .values_list("role", flat=True)
        .first()
    )
    return Role(role) if role else None


def require_role(user: Any, cluster: Cluster, role: Role) -> None:
    """Raise NotAllowed unless the user has this role, or a higher one, here.

    A platform admin without a membership has none: superusers are no exception.
    """
    held = role_of(user, cluster)
    if held is None:
        raise NotAllowed(
            _(
                "You are not a member of %(cluster)s. "
                "Ask one of its managers to add you."
            )
            % {"cluster": cluster}
        )
    if not held.reaches(role):
        raise NotAllowed(
            _(
                "You are %(held)s in %(cluster)s, and this needs %(needed)s. "
                "Ask one of its managers for another role."
            )
            % {"held": held.label, "cluster": cluster, "needed": role.label}
        )


def require_platform_admin(user: Any) -> None:
    """Raise NotAllowed unless the user runs the whole installation."""
    if user is None or not user.is_active or not user.is_superuser:
        raise NotAllowed(
            _("Only a platform admin may do this. Ask the one who runs Tocsin.")
        )
