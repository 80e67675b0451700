"""Roles for Wagtail's generic views: what a user may do with a model."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Model, QuerySet
from wagtail.permission_policies.base import BasePermissionPolicy

from notifications.models import Membership, Role

READING = frozenset({"view"})


class RolePolicy(BasePermissionPolicy):
    """One role to look at a model's rows, one to change them.

    The role is the one that the request's gate found (``user.role_here``); which rows
    there are at all is the scope's business, not the policy's.
    """

    def __init__(self, model: type[Model], *, read: Role, write: Role) -> None:
        super().__init__(model)
        self.read, self.write = read, write

    def _needed(self, action: str) -> Role:
        return self.read if action in READING else self.write

    def user_has_permission(self, user: Any, action: str) -> bool:
        role = getattr(user, "role_here", None)
        return role is not None and role.reaches(self._needed(action))

    def user_has_permission_for_instance(
        self, user: Any, action: str, instance: Any
    ) -> bool:
        return self.user_has_permission(user, action)

    def instances_user_has_any_permission_for(
        self, user: Any, actions: Iterable[str]
    ) -> QuerySet[Any]:
        rows = self.model._default_manager
        allowed = any(self.user_has_permission(user, action) for action in actions)
        return rows.all() if allowed else rows.none()

    def users_with_any_permission(self, actions: Iterable[str]) -> QuerySet[Any]:
        needed = min((self._needed(action) for action in actions), key=lambda r: r.rank)
        roles = [role for role in Role if role.reaches(needed)]
        members = Membership.objects.filter(active=True, role__in=roles)
        return get_user_model().objects.filter(
            is_active=True, pk__in=members.values("user_id")
        )
