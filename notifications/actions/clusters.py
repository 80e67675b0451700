"""Clusters: making one, changing what it is set to, and joining one on record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import delivery, scope
from notifications.errors import Refused
from notifications.models import Cluster, Membership, Role

from .crowds import because, in_the_name_of, the_reason
from .guards import require_platform_admin, require_role
from .logos import Logo
from .members import Invitation, appoint

#: What a manager may set. The short name stands in every address, so it stays.
SETTINGS = (
    "name",
    "time_zone",
    "language",
    "currency",
    "phone_region",
    "sender_name",
    "sender_email",
    "reply_to",
    "postal_address",
    "colour",
    "quiet_from",
    "quiet_until",
    "requires_approval",
    "break_glass_minutes",
    "retention_days",
)


@dataclass(frozen=True, slots=True)
class Created:
    """A new cluster, and the invitation of its first manager."""

    cluster: Cluster
    manager: Invitation


def change(
    cluster: Cluster,
    settings: Mapping[str, Any],
    *,
    by: Any,
    logo: Logo | None = None,
    without_logo: bool = False,
) -> Cluster:
    """Set some settings, and put up or take down the logo; raises ValidationError.

    A logo that mails already show stays on the disk: what was sent must not change.
    """
    require_role(by, cluster, Role.MANAGER)
    with transaction.atomic(), in_the_name_of(by):
        row: Cluster = Cluster.objects.select_for_update().get(pk=cluster.pk)
        changed = [n for n in SETTINGS if n in settings and _differs(row, n, settings)]
        quiet, now = row.quiet_hours, timezone.now()
        for name in changed:
            setattr(row, name, settings[name])
        if without_logo and row.logo:
            row.logo = ""
            changed.append("logo")
        if logo is not None:
            row.logo.save(logo.filename, logo.file, save=False)
            changed.append("logo")
        if changed:
            _check(row)
            because(row, f"Changed: {', '.join(_label(name) for name in changed)}")
            row.save()
        if quiet != row.quiet_hours and (until := quiet and quiet.over_at(now)):
            delivery.wake(row, until)
    return row


def create(details: Mapping[str, Any], manager: str, *, by: Any) -> Created:
    """A cluster and its first manager, by email; raises ValidationError.

    The platform admin who makes it does not become a member by that.
    """
    require_platform_admin(by)
    cluster = Cluster(**details)
    _check(cluster)
    with transaction.atomic(), in_the_name_of(by):
        because(cluster, "Created")
        cluster.save()
        with scope.clusters(cluster.pk):
            first = appoint(
                cluster,
                manager,
                Role.MANAGER,
                reason=_("First manager, appointed when the cluster was made"),
            )
    return Created(cluster, first.mailed())


def join(cluster: Cluster, role: Role, reason: str, *, by: Any) -> Membership:
    """Let a platform admin into a cluster; the reason stays on record there."""
    require_platform_admin(by)
    reason = the_reason(reason)
    with transaction.atomic(), in_the_name_of(by), scope.clusters(cluster.pk):
        found = Membership.objects.filter(user=by, cluster=cluster).first()
        if found is not None and found.active:
            raise Refused(_("You are a member already: choose the cluster at the top."))
        member = found or Membership(user=by, cluster=cluster)
        member.role, member.active, member.joined_reason = role, True, reason
        because(member, f"Joined as platform admin: {reason}")
        member.save()
    return member


def _check(cluster: Cluster) -> None:
    """``full_clean`` that also sees the names of the clusters out of scope."""
    cluster.full_clean(validate_unique=False, validate_constraints=False)
    # Unscoped: names are unique in the whole installation.
    others = Cluster._base_manager.exclude(pk=cluster.pk)
    problems: dict[str, str] = {}
    if others.filter(name__iexact=cluster.name).exists():
        problems["name"] = _("This name is taken. Choose another.")
    if others.filter(slug=cluster.slug).exists():
        problems["slug"] = _("This short name is taken. Choose another.")
    if problems:
        raise ValidationError(problems)


def _differs(cluster: Cluster, name: str, settings: Mapping[str, Any]) -> bool:
    return bool(getattr(cluster, name) != settings[name])


def _label(name: str) -> str:
    return str(Cluster._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
