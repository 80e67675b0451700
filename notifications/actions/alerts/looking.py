"""What the sweep looks for: too many failures, and an engine that stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from notifications import scope
from notifications.delivery.recent import recent_outcomes
from notifications.delivery.status import engine_status
from notifications.events import DELIVERY_TROUBLE
from notifications.lifecycle import EntryStatus
from notifications.models import Cluster, Dispatch, Incident, IncidentKind

from .standing import close_over, open_once
from .telling import tell_platform_admins, tell_staff

#: Seconds between two looks; a sweep comes every second.
EVERY = 15.0
#: What counts as of late, and how many of how many are too many.
WINDOW = timedelta(minutes=10)
LEAST = 20
SHARE = 0.2
#: An engine that has just been started may find late work: not yet trouble.
PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Tally:
    """Of so many entries settled of late, how many failed or are unknown."""

    settled: int = 0
    bad: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.settled + other.settled, self.bad + other.bad)

    @property
    def too_bad(self) -> bool:
        return self.settled >= LEAST and self.bad > SHARE * self.settled


class Watch:
    """Looks now and then; each worker has one, and only one of them tells."""

    def __init__(self) -> None:
        self._looked = float("-inf")
        self._stood_since: float | None = None

    def look(self) -> None:
        """Look, if it is time: a step of the sweep."""
        now = monotonic()
        if now - self._looked < EVERY:
            return
        self._looked = now
        look_for_failures()
        self._look_at_engine(now)

    def _look_at_engine(self, now: float) -> None:
        status = engine_status()
        if not status.stands:
            self._stood_since = None
            close_over(IncidentKind.STANDSTILL, still=())
        elif self._stood_since is None:
            self._stood_since = now
        elif now - self._stood_since >= PATIENCE:
            opened = open_once(Incident(kind=IncidentKind.STANDSTILL))
            if opened is not None:
                tell_platform_admins(opened, status)


def look_for_failures(now: datetime | None = None) -> None:
    """Open what is new, close what is over: per dispatch, and else per cluster."""
    with scope.every_cluster():
        found = _tallies(now or timezone.now())
        bad = [dispatch for dispatch, tally in found.items() if tally.too_bad]
        known = set(_known(found))
        for dispatch in bad:
            _open(dispatch.cluster, dispatch, found[dispatch])
        single = known | set(bad)
        sums = _per_cluster(found, without=single)
        worse = [cluster for cluster, tally in sums.items() if tally.too_bad]
        for cluster in worse:
            _open(cluster, None, sums[cluster])
        close_over(IncidentKind.FAILURES, still=[*bad, *worse])


def _tallies(now: datetime) -> dict[Dispatch, Tally]:
    """What became of each message of late; tests and alerts are none of it."""
    bad = Q(status__in=(EntryStatus.FAILED, EntryStatus.UNKNOWN))
    rows = recent_outcomes(WINDOW, now).values("batch__dispatch")
    counted = rows.annotate(settled=Count("pk"), bad=Count("pk", filter=bad))
    tallies = {
        row["batch__dispatch"]: Tally(row["settled"], row["bad"]) for row in counted
    }
    real = Dispatch.objects.filter(pk__in=tallies, is_test=False)
    real = real.exclude(event=DELIVERY_TROUBLE.name).select_related("cluster")
    return {dispatch: tallies[dispatch.pk] for dispatch in real}


def _known(dispatches: Iterable[Dispatch]) -> list[Dispatch]:
    """Those that staff were told of before."""
    told = Incident.objects.filter(dispatch__in=list(dispatches))
    return [each.dispatch for each in told.select_related("dispatch") if each.dispatch]


def _per_cluster(
    found: Mapping[Dispatch, Tally], without: Collection[Dispatch]
) -> dict[Cluster, Tally]:
    sums: dict[Cluster, Tally] = {}
    for dispatch, tally in found.items():
        if dispatch not in without:
            sums[dispatch.cluster] = sums.get(dispatch.cluster, Tally()) + tally
    return sums


def _open(cluster: Cluster, dispatch: Dispatch | None, tally: Tally) -> None:
    incident = Incident(
        kind=IncidentKind.FAILURES,
        cluster=cluster,
        dispatch=dispatch,
        settled=tally.settled,
        bad=tally.bad,
    )
    with transaction.atomic():
        if open_once(incident) is not None:
            tell_staff(incident)
