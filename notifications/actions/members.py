"""Members of a cluster: inviting, changing and ending; nobody is ever deleted."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils.translation import gettext as _

from notifications.errors import Refused
from notifications.models import Cluster, Membership, Role, write_history

from .accounts import account_of
from .crowds import because, in_the_name_of, the_reason
from .guards import require_role
from .welcome import Welcome, first_password


@dataclass(frozen=True, slots=True)
class Invitation:
    """A member; ``welcome`` is for who has no password, new here or not."""

    membership: Membership
    welcome: Welcome | None
    is_new: bool

    def mailed(self) -> Invitation:
        """The link on its way to whom it is for, once all is committed."""
        sent = self.welcome.mailed() if self.welcome else None
        return replace(self, welcome=sent)


def invite(
    cluster: Cluster,
    email: str,
    role: Role,
    *,
    by: Any,
    first_name: str = "",
    last_name: str = "",
) -> Invitation:
    """Make somebody a member, with an account of their own if they have none yet."""
    require_role(by, cluster, Role.MANAGER)
    with transaction.atomic(), in_the_name_of(by):
        made = appoint(cluster, email, role, first_name=first_name, last_name=last_name)
    return made.mailed()


def appoint(
    cluster: Cluster,
    email: str,
    role: Role,
    *,
    reason: str = "",
    first_name: str = "",
    last_name: str = "",
) -> Invitation:
    """What ``invite`` does once its guard has let it; in the caller's transaction.

    Whoever has no password gets a new link, and no earlier one opens this cluster.
    The caller mails it.
    """
    user, is_new = account_of(email, first_name=first_name, last_name=last_name)
    member = Membership.objects.filter(user=user, cluster=cluster).first()
    if member is not None and member.active:
        raise Refused(
            _("%(who)s is a member already. Change the role in the list of members.")
            % {"who": user}
        )
    back = member is not None
    member = member or Membership(user=user, cluster=cluster)
    member.role, member.active, member.joined_reason = role, True, reason
    because(member, f"{'Invited again' if back else 'Invited'} as {role.label}")
    member.save()
    return Invitation(member, first_password(user), is_new)


def welcome_again(membership: Membership, *, by: Any) -> Welcome:
    """A new link for somebody who has never signed in and is a member only here.

    It voids those before. Anybody else's account is not this cluster's alone.
    """
    require_role(by, membership.cluster, Role.MANAGER)
    user = membership.user
    # Unscoped: whether they belong elsewhere is just what must be asked.
    elsewhere = Membership._base_manager.filter(user=user).exclude(pk=membership.pk)
    known = Refused(_("They have a password already and can sign in with it."))
    if user.last_login or user.has_usable_password() or user.is_superuser:
        raise known
    if elsewhere.exists() or not membership.active:
        raise Refused(_("Ask a platform admin for a new link for this person."))
    with transaction.atomic(), in_the_name_of(by):
        found = first_password(user)
        if found is None:
            raise known
        write_history([membership], reason="New link to a first password")
    return found.mailed()


def change_role(membership: Membership, role: Role, *, by: Any) -> Membership:
    """Give a member another role."""
    require_role(by, membership.cluster, Role.MANAGER)
    with transaction.atomic(), in_the_name_of(by):
        member = _locked(membership)
        if member.role == role:
            return member
        if role is not Role.MANAGER:
            _keep_a_manager(member)
        old = Role(member.role).label
        member.role = role
        because(member, f"Role changed from {old} to {role.label}")
        member.save()
    return member


def deactivate(membership: Membership, reason: str, *, by: Any) -> Membership:
    """End a membership: by a manager, or by the member."""
    if getattr(by, "pk", None) != membership.user_id:
        require_role(by, membership.cluster, Role.MANAGER)
    reason = the_reason(reason)
    with transaction.atomic(), in_the_name_of(by):
        member = _locked(membership)
        if not member.active:
            return member
        _keep_a_manager(member)
        member.active = False
        because(member, f"Deactivated: {reason}")
        member.save()
    return member


def reactivate(membership: Membership, *, by: Any) -> Membership:
    """Let a former member in again, in the role they had."""
    require_role(by, membership.cluster, Role.MANAGER)
    with transaction.atomic(), in_the_name_of(by):
        member = _locked(membership)
        if not member.active:
            member.active = True
            because(member, "Reactivated")
            member.save()
    return member


def _locked(membership: Membership) -> Membership:
    """The row anew, all of the cluster's locked: two managers cannot demote each other.

    PostgreSQL waits here; SQLite has let only one writer begin.
    """
    rows: list[Membership] = list(
        Membership.objects.filter(cluster_id=membership.cluster_id)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    return next(row for row in rows if row.pk == membership.pk)


def _keep_a_manager(member: Membership) -> None:
    if member.role != Role.MANAGER or not member.active:
        return
    others = Membership.objects.filter(
        cluster_id=member.cluster_id,
        role=Role.MANAGER,
        active=True,
        user__in=get_user_model()._default_manager.filter(is_active=True),
    ).exclude(pk=member.pk)
    if not others.exists():
        raise Refused(
            _(
                "%(who)s is the last manager here, and a cluster needs one. "
                "Make somebody else manager first."
            )
            % {"who": member.user}
        )
