"""Accounts of staff: made, deactivated, never deleted: the log names them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from notifications.errors import Refused
from notifications.models import Cluster, Membership, Role, write_history

from .crowds import in_the_name_of
from .guards import require_platform_admin
from .welcome import Welcome, first_password, new_password

#: Characters of an address, as mail servers and the database take them.
LONGEST_EMAIL = 254


@dataclass(frozen=True, slots=True)
class Account:
    """A user that was just made, and the link to a first password."""

    user: Any
    welcome: Welcome


def account_of(email: str, **names: str) -> tuple[Any, bool]:
    """The active user of this address, made if there is none, and whether it was."""
    email = email.strip().lower()
    try:
        validate_email(email)
        if len(email) > LONGEST_EMAIL:
            raise Refused(
                _("This address is longer than any mail server takes. Correct it.")
            )
    except ValidationError as problem:
        raise Refused(
            _("“%(email)s” is not an email address. Type it as name@example.org.")
            % {"email": email[:100]}
        ) from problem
    users: Any = get_user_model()._default_manager
    user = users.filter(email=email).first()
    if user is None:
        return users.create_user(email, None, **names), True
    if not user.is_active:
        raise Refused(
            _("The account of %(email)s is deactivated. Ask a platform admin.")
            % {"email": email}
        )
    return user, False


def create(
    email: str,
    *,
    by: Any,
    first_name: str = "",
    last_name: str = "",
    platform_admin: bool = False,
) -> Account:
    """An account that belongs to no cluster yet."""
    require_platform_admin(by)
    with transaction.atomic():
        user, is_new = account_of(email, first_name=first_name, last_name=last_name)
        if not is_new:
            raise Refused(_("Somebody with this address is already here."))
        if platform_admin:
            user.is_superuser = user.is_staff = True
            user.save(update_fields=["is_superuser", "is_staff"])
    return Account(user, new_password(user).mailed())


def welcome_again(user: Any, *, by: Any) -> Welcome:
    """A new link for somebody who has lost theirs, or their password; on record."""
    require_platform_admin(by)
    if not user.is_active:
        raise Refused(_("This account is deactivated. Activate it first."))
    with transaction.atomic(), in_the_name_of(by):
        found = first_password(user) or new_password(user)
        _on_record(user, "A platform admin made a new sign-in link")
    return found.mailed()


def deactivate(user: Any, *, by: Any) -> None:
    """Close an account: it can no longer sign in, and stays on record."""
    require_platform_admin(by)
    if user.pk == by.pk:
        raise Refused(_("You cannot deactivate yourself. Ask another platform admin."))
    if not user.is_active:
        return
    with transaction.atomic(), in_the_name_of(by):
        left = _clusters_without(user)
        if left:
            raise Refused(
                _(
                    "%(who)s is the last manager of %(clusters)s. "
                    "Let somebody else become manager there first."
                )
                % {"who": user, "clusters": ", ".join(left)}
            )
        user.is_active = False
        user.save(update_fields=["is_active"])
        _on_record(user, f"Account deactivated by {by}")


def activate(user: Any, *, by: Any) -> None:
    """Open a closed account again."""
    require_platform_admin(by)
    if user.is_active:
        return
    with transaction.atomic(), in_the_name_of(by):
        user.is_active = True
        user.save(update_fields=["is_active"])
        _on_record(user, f"Account activated by {by}")


def _on_record(user: Any, reason: str) -> None:
    """Write it where the managers of each of their clusters can read it."""
    # Unscoped: it is said in every cluster that they have ever been in.
    write_history(Membership._base_manager.filter(user=user), reason=reason)


def _clusters_without(user: Any) -> list[str]:
    """Names of the clusters that would have no manager left."""
    # Unscoped: a platform admin answers for the whole installation.
    managers = Membership._base_manager.filter(role=Role.MANAGER, active=True)
    theirs = managers.filter(user=user).values("cluster_id")
    others = managers.filter(user__is_active=True).exclude(user=user)
    kept = others.values("cluster_id")
    clusters = Cluster._base_manager.filter(pk__in=theirs).exclude(pk__in=kept)
    return list(clusters.order_by("name").values_list("name", flat=True))
