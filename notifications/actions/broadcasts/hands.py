"""Whose hands are in a broadcast: they may not be the ones that let it out."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from notifications.actions.guards import require_role, role_of
from notifications.errors import MoveRefused, NotAllowed
from notifications.models import Broadcast, Role


def require_second_person(broadcast: Broadcast, by: Any) -> None:
    """Raise NotAllowed unless an approver asks who has no hand in it."""
    require_role(by, broadcast.cluster, Role.APPROVER)
    if by.pk in hands_in(broadcast):
        raise NotAllowed(
            _(
                "You wrote or submitted this, so somebody else has to approve it. "
                "All approvers have been told."
            )
        )


def require_steering(broadcast: Broadcast, by: Any) -> None:
    """Raise NotAllowed unless an approver asks, or whoever sent it alone."""
    require_role(by, broadcast.cluster, _role_to_steer(broadcast, by))


def may_steer(broadcast: Broadcast, by: Any) -> bool:
    """Whether somebody may stop it, and say what was prepared for after it."""
    role = role_of(by, broadcast.cluster)
    return role is not None and role.reaches(_role_to_steer(broadcast, by))


def _role_to_steer(broadcast: Broadcast, by: Any) -> Role:
    # When nobody answers, nobody else may be there to say that it was an error.
    alone = broadcast.broke_glass and by.pk == broadcast.submitted_by_id
    return Role.AUTHOR if alone else Role.APPROVER


def hands_in(broadcast: Broadcast) -> set[int]:
    """Keys of those who have a hand in it, and so may not approve it.

    Whoever planned a drill submits nothing where no second person is asked for; where
    one is by now, the plan was theirs all the same.
    """
    hands = [broadcast.submitted_by_id, broadcast.last_edited_by_id]
    if broadcast.plan_id is not None and broadcast.cluster.requires_approval:
        hands.append(broadcast.created_by_id)
    return {each for each in hands if each is not None}


def has_a_hand(broadcast: Broadcast, user: Any) -> bool:
    """Whether somebody submitted it as it is, or changed it last."""
    return user.pk in hands_in(broadcast)


def same(broadcast: Broadcast, version: int | None) -> None:
    """Raise MoveRefused when it is not the version that somebody read."""
    if version is not None and broadcast.version != version:
        raise MoveRefused(
            _(
                "This changed after you opened it, so nothing was done. "
                "See who did what, and decide then."
            )
        )
