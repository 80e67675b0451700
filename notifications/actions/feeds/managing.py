"""Which feeds a cluster listens to, and where their alerts matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.actions.guards import require_role
from notifications.actions.scenarios import scenarios_of
from notifications.alerting import Severity
from notifications.audience import Criteria
from notifications.errors import MoveRefused, Refused
from notifications.inbound import FetchFailed, check_address
from notifications.models import AlertFeed, Cluster, Role, Scenario, Zone

MOST_FEEDS, MOST_AREAS, LONGEST_AREA = 20, 50, 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """All that a manager decides about a feed."""

    name: str
    url: str
    scenario: Scenario | None
    criteria: Criteria
    areas: tuple[str, ...] = ()
    severity_from: str = Severity.MINOR


def create(cluster: Cluster, wanted: Wanted, *, by: Any) -> AlertFeed:
    """A new feed, asked from now on."""
    require_role(by, cluster, Role.MANAGER)
    if AlertFeed.objects.filter(cluster=cluster).count() >= MOST_FEEDS:
        raise Refused(_("A cluster has at most %(n)d feeds.") % {"n": MOST_FEEDS})
    feed = AlertFeed(cluster=cluster, saved_by=by, **_fields(cluster, wanted))
    feed._change_reason = "Added"  # type: ignore[attr-defined]
    feed.save()
    return feed


def save(feed: AlertFeed, wanted: Wanted, *, by: Any, version: int) -> None:
    """Change it; from now on it is who saves it that its drafts are begun by."""
    require_role(by, feed.cluster, Role.MANAGER)
    # Asked from the start: what is there may matter now.
    anew = {"etag": "", "modified": ""}
    _write(feed, "Changed", version, by, **_fields(feed.cluster, wanted), **anew)


def switch(feed: AlertFeed, active: bool, *, by: Any, version: int) -> None:
    """Ask it again, or no more. What came of it stays."""
    require_role(by, feed.cluster, Role.MANAGER)
    reason = "Switched on" if active else "Switched off"
    _write(feed, reason, version, by, active=active)


def _write(feed: AlertFeed, reason: str, version: int, by: Any, **changes: Any) -> None:
    with transaction.atomic():
        known = AlertFeed.objects.select_for_update().get(pk=feed.pk)
        if known.version != version:
            raise MoveRefused(
                _(
                    "%(who)s changed this feed after you opened it, so yours was not "
                    "saved. Reload the page to see how it stands."
                )
                % {"who": known.saved_by}
            )
        changes |= {"saved_by": by, "version": version + 1, "due_at": timezone.now()}
        for name, value in changes.items():
            setattr(feed, name, value)
        feed._change_reason = reason  # type: ignore[attr-defined]
        feed.save(update_fields=[*changes])


def _fields(cluster: Cluster, wanted: Wanted) -> dict[str, Any]:
    name, url = wanted.name.strip(), wanted.url.strip()
    if not 0 < len(name) <= 120:
        raise Refused(_("Give the feed a name of at most 120 signs."))
    try:
        check_address(url)
    except FetchFailed as problem:
        raise Refused(str(problem)) from problem
    scenario = wanted.scenario
    if scenario is None or not scenarios_of(cluster).filter(pk=scenario.pk).exists():
        raise Refused(_("Choose a scenario: channels and follow-ups come from it."))
    where = Criteria(everyone=wanted.criteria.everyone, zones=wanted.criteria.zones)
    if where.is_empty:
        raise Refused(_("Choose where its alerts matter: everywhere, or some zones."))
    zones = Zone.objects.filter(cluster=cluster, pk__in=where.zones)
    if zones.count() != len(where.zones):
        raise Refused(_("One of these zones is not in this cluster. Choose again."))
    if wanted.severity_from not in set(Severity.values) - {Severity.UNKNOWN}:
        raise Refused(_("Choose from which severity on."))
    areas = [each.strip() for each in wanted.areas if each.strip()]
    if len(areas) > MOST_AREAS or any(len(each) > LONGEST_AREA for each in areas):
        raise Refused(_("Name at most 50 areas, each of at most 120 signs."))
    return {
        "name": name,
        "url": url,
        "scenario": scenario,
        "audience": where.to_json(),
        "areas": areas,
        "severity_from": wanted.severity_from,
    }
