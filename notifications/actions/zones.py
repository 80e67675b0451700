"""The tree of zones: adding, renaming, moving and taking away."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.errors import Refused
from notifications.lifecycle import AnnouncementStatus, DrillPlanStatus
from notifications.models import (
    Announcement,
    Cluster,
    DrillPlan,
    Recipient,
    Role,
    Zone,
)

from .crowds import because, in_the_name_of
from .guards import require_role

#: Announcements that still have to find their audience.
OPEN = (
    AnnouncementStatus.DRAFT,
    AnnouncementStatus.SUBMITTED,
    AnnouncementStatus.APPROVED,
    AnnouncementStatus.SCHEDULED,
    AnnouncementStatus.HELD,
)
#: A path must stay within its column: eleven characters a level.
DEEPEST = 20


def add(cluster: Cluster, name: str, parent: Zone | None = None, *, by: Any) -> Zone:
    """A new zone, at the top or inside another."""
    require_role(by, cluster, Role.MANAGER)
    zone = Zone(cluster=cluster, name=_tidy(name), parent=parent)
    if parent is not None and parent.depth + 1 >= DEEPEST:
        raise Refused(_("Zones cannot be nested more than 20 deep."))
    with transaction.atomic(), in_the_name_of(by):
        _check(zone)
        because(zone, "Added")
        zone.save()
    return zone


def rename(zone: Zone, name: str, *, by: Any) -> Zone:
    """Another name for a zone."""
    require_role(by, zone.cluster, Role.MANAGER)
    with transaction.atomic(), in_the_name_of(by):
        row: Zone = Zone.objects.select_for_update(of=("self",)).get(pk=zone.pk)
        old, row.name = row.name, _tidy(name)
        if row.name != old:
            _check(row)
            because(row, f"Renamed from “{old}”")
            row.save()
    return row


def move(zone: Zone, parent: Zone | None, *, by: Any) -> Zone:
    """Put a zone, with all inside it, somewhere else in the tree."""
    require_role(by, zone.cluster, Role.MANAGER)
    with transaction.atomic(), in_the_name_of(by):
        # All of them: what moves drags the paths of others along.
        zones = {
            each.pk: each
            for each in Zone.objects.filter(cluster=zone.cluster)
            .order_by("pk")
            .select_for_update(of=("self",))
        }
        row: Zone = zones[zone.pk]
        row.parent = zones.get(parent.pk) if parent is not None else None
        if parent is not None and row.parent is None:
            raise Refused(_("Choose a zone of this cluster."))
        _check(row)
        _check_depth(row, zones.values())
        because(row, f"Moved into “{row.parent}”" if row.parent else "Moved to the top")
        row.save()
    return row


def delete(zone: Zone, *, by: Any) -> None:
    """Take an empty zone away; raises Refused with what is still in it."""
    require_role(by, zone.cluster, Role.MANAGER)
    with transaction.atomic(), in_the_name_of(by):
        row: Zone = Zone.objects.select_for_update(of=("self",)).get(pk=zone.pk)
        reasons = why_not_delete(row)
        if reasons:
            raise Refused(" ".join(reasons))
        because(row, "Deleted")
        row.delete()


def why_not_delete(zone: Zone) -> list[str]:
    """What keeps a zone, in sentences; empty when nothing does."""
    reasons: list[str] = []
    inside = Zone.objects.filter(parent=zone).count()
    if inside:
        reasons.append(
            ngettext(
                "There is %(n)d zone inside: move or delete it first.",
                "There are %(n)d zones inside: move or delete them first.",
                inside,
            )
            % {"n": inside}
        )
    people = Recipient.objects.filter(zone=zone)
    here = people.present().count()
    if here:
        reasons.append(
            ngettext(
                "%(n)d person belongs here: move them to another zone first.",
                "%(n)d people belong here: move them to another zone first.",
                here,
            )
            % {"n": here}
        )
    elif people.exists():
        reasons.append(
            _("People who have left are on record here: move them elsewhere first.")
        )
    reasons += [
        _("The announcement “%(title)s” is meant for this zone.") % {"title": each}
        for each in _meant_for(zone)
    ]
    reasons += [
        _("The planned drill “%(scenario)s” is meant for this zone.")
        % {"scenario": each.scenario}
        for each in _practised_in(zone)
    ]
    return reasons


def _meant_for(zone: Zone) -> list[Announcement]:
    waiting = Announcement.objects.filter(cluster=zone.cluster, status__in=OPEN)
    rows = waiting.only("subject", "audience", "cluster_id")
    return [each for each in rows if _names(each.audience, zone)]


def _practised_in(zone: Zone) -> list[DrillPlan]:
    plans = DrillPlan.objects.filter(cluster=zone.cluster)
    to_come = plans.exclude(status=DrillPlanStatus.STOPPED)
    return [each for each in to_come if _names(each.audience, zone)]


def _names(audience: dict[str, Any], zone: Zone) -> bool:
    return any(zone.pk in audience.get(key, ()) for key in ("zones", "exclude_zones"))


def _tidy(name: str) -> str:
    return " ".join(name.split())


def _check(zone: Zone) -> None:
    zone.full_clean(validate_unique=False, validate_constraints=False)
    beside = Zone.objects.filter(cluster=zone.cluster, parent=zone.parent)
    if beside.filter(name_key=zone.name_key).exclude(pk=zone.pk).exists():
        raise ValidationError(
            {"name": _("There is a zone of this name here. Choose another.")}
        )


def _check_depth(zone: Zone, zones: Any) -> None:
    below = [each for each in zones if each.path.startswith(zone.path)]
    deepest = max(each.depth for each in below) - zone.depth
    start = zone.parent.depth + 1 if zone.parent else 0
    if start + deepest >= DEEPEST:
        raise Refused(_("Zones cannot be nested more than 20 deep."))
