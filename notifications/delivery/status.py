"""How the engine stands: what waits, how fast it goes, and who works on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, OuterRef, Q, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import scope
from notifications.events import Lane
from notifications.lifecycle import DispatchStatus
from notifications.models import Batch, Dispatch, NotificationLog, WorkerBeat

from .recent import recent_outcomes

#: A worker beats every five seconds; after so long without, it is not there.
ALIVE = timedelta(seconds=30)
MINUTE = timedelta(minutes=1)
#: The rate of a burst that has just begun is measured over this at least.
SHORTEST = 10.0
#: How late the oldest may be while nothing at all is settled, in seconds.
LATE = 120.0
LATE_EMERGENCY = 30.0


@dataclass(frozen=True, slots=True)
class LaneStatus:
    """One lane: entries that wait now, and those whose retry comes later.

    ``late`` is how many seconds the oldest has been due, ``seconds_left`` when this
    lane and those before it will be empty (None: no telling).
    """

    lane: Lane
    waiting: int
    later: int
    oldest_due: datetime | None
    late: float
    per_minute: int
    seconds_left: int | None


@dataclass(frozen=True, slots=True)
class WorkerStatus:
    """One worker and its last sign of life; ``lane`` is ``all`` or ``emergency``."""

    name: str
    lane: str
    started_at: datetime
    beat_at: datetime
    alive: bool


@dataclass(frozen=True, slots=True)
class ProviderStatus:
    """How the workers find a provider: its circuit breaker, and errors of late.

    Each worker has a breaker of its own: ``state`` is the worst of theirs, ``agree``
    of ``workers`` see it so.
    """

    name: str
    kind: str
    state: str
    since: datetime | None
    errors: int
    workers: int
    agree: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something that is wrong, and what to do about it."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class EngineStatus:
    """The whole engine at one moment, over all clusters: numbers, no people.

    ``preparing`` counts dispatches that are still being written down, ``paused``
    entries that wait for staff to resume their dispatch.
    """

    at: datetime
    lanes: tuple[LaneStatus, ...]
    workers: tuple[WorkerStatus, ...]
    providers: tuple[ProviderStatus, ...]
    troubles: tuple[Trouble, ...]
    preparing: int
    paused: int

    @property
    def waiting(self) -> int:
        return sum(lane.waiting for lane in self.lanes)

    @property
    def later(self) -> int:
        return sum(lane.later for lane in self.lanes)

    @property
    def per_minute(self) -> int:
        return sum(lane.per_minute for lane in self.lanes)

    @property
    def seconds_left(self) -> int | None:
        """When nothing will wait any more at this rate; None: no telling."""
        return self.lanes[-1].seconds_left

    @property
    def stands(self) -> bool:
        """Whether work is due and nobody does it."""
        return any(trouble.code == "standstill" for trouble in self.troubles)

    def alive(self, lane: str) -> int:
        """Living workers that serve ``all`` lanes, or are kept for ``emergency``."""
        return sum(1 for each in self.workers if each.alive and each.lane == lane)

    def as_json(self) -> dict[str, Any]:
        """The same for machines: times in ISO form, lanes by name."""
        sums = {
            name: getattr(self, name)
            for name in ("waiting", "later", "per_minute", "seconds_left", "stands")
        }
        found: dict[str, Any] = _plain(asdict(self) | sums)
        return found


def engine_status(now: datetime | None = None) -> EngineStatus:
    """Look at the whole engine; safe at any time, beside running workers."""
    now = now or timezone.now()
    with scope.every_cluster():
        depths = _depths(now)
        lanes = tuple(_lanes(now, depths))
        beats = list(WorkerBeat.objects.order_by("lane", "name"))
        workers = tuple(_worker(beat, now) for beat in beats)
        providers = tuple(_providers(beats, now))
        preparing = Dispatch.objects.filter(
            status__in=(DispatchStatus.PREPARING, DispatchStatus.SENDING),
            fanned_out_at=None,
        )
        return EngineStatus(
            at=now,
            lanes=lanes,
            workers=workers,
            providers=providers,
            troubles=(
                *_missing(workers),
                *_left_alone(providers),
                *_standing(lanes),
            ),
            preparing=preparing.count(),
            paused=sum(depth.paused for depth in depths.values()),
        )


@dataclass(frozen=True, slots=True)
class Depth:
    """Entries of a lane: due now, due later, and waiting for staff."""

    due: int = 0
    later: int = 0
    paused: int = 0


def _lanes(now: datetime, depths: Mapping[int, Depth]) -> Iterator[LaneStatus]:
    oldest = _oldest(now)
    rates = _rates(now)
    ahead, together = 0, sum(rates.values())
    for lane in Lane:
        depth = depths.get(lane, Depth())
        ahead += depth.due
        due = oldest.get(lane)
        yield LaneStatus(
            lane=lane,
            waiting=depth.due,
            later=depth.later,
            oldest_due=due,
            late=(now - due).total_seconds() if due else 0.0,
            per_minute=rates.get(lane, 0),
            seconds_left=_seconds(ahead, together),
        )


def _seconds(waiting: int, per_minute: int) -> int | None:
    if not waiting:
        return 0
    return round(waiting * 60 / per_minute) if per_minute else None


def _depths(now: datetime) -> dict[int, Depth]:
    """What waits in each lane: counted per batch, by the index of what is unsettled."""
    # Unscoped: naming the cluster too would lead SQLite to the index of all its log.
    entries = NotificationLog._base_manager.filter(
        batch=OuterRef("pk"), settled_at=None
    )
    counted = entries.order_by().values("batch").annotate(n=Count("pk"))
    paused = Q(dispatch__status=DispatchStatus.PAUSED)
    due = Q(due_at__lte=now)
    open_batches = Batch.objects.filter(done_at=None).order_by()
    rows = open_batches.annotate(n=Subquery(counted.values("n"))).values("lane")
    sums = rows.annotate(
        due=Sum("n", filter=due & ~paused, default=0),
        later=Sum("n", filter=~due & ~paused, default=0),
        paused=Sum("n", filter=paused, default=0),
    )
    return {row["lane"]: Depth(row["due"], row["later"], row["paused"]) for row in sums}


def _oldest(now: datetime) -> dict[int, datetime]:
    """Since when the oldest batch of a lane has been waiting for a worker."""
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    waiting = Batch.objects.filter(
        free,
        done_at=None,
        due_at__lte=now,
        dispatch__status=DispatchStatus.SENDING,
    )
    rows = waiting.order_by().values("lane").annotate(since=Min("due_at"))
    return {row["lane"]: row["since"] for row in rows}


def _rates(now: datetime) -> dict[int, int]:
    """Outcomes a minute, per lane, as of the last minute or the part that it took."""
    outcomes = recent_outcomes(MINUTE, now)
    rows = outcomes.values(in_lane=F("batch__lane")).annotate(
        n=Count("history_id"), first=Min("history_date")
    )
    counted = list(rows)
    if not counted:
        return {}
    began = min(row["first"] for row in counted)
    elapsed = max((now - began).total_seconds(), SHORTEST)
    return {row["in_lane"]: round(row["n"] * 60 / elapsed) for row in counted}


def _worker(beat: WorkerBeat, now: datetime) -> WorkerStatus:
    alive = now - beat.beat_at <= ALIVE
    return WorkerStatus(beat.name, beat.lane, beat.started_at, beat.beat_at, alive)


#: The worst first.
STATES = ("open", "probing", "closed")


def _providers(beats: list[WorkerBeat], now: datetime) -> Iterator[ProviderStatus]:
    """What living workers say of each provider."""
    told: dict[tuple[str, str], list[Any]] = {}
    for beat in beats:
        if now - beat.beat_at <= ALIVE:
            for one in beat.providers:
                told.setdefault((one["name"], one["kind"]), []).append(one)
    for (name, kind), all_of_it in sorted(told.items()):
        worst = min((one["state"] for one in all_of_it), key=STATES.index)
        same = [one for one in all_of_it if one["state"] == worst]
        moments = [one["since"] for one in same if one.get("since")]
        yield ProviderStatus(
            name=name,
            kind=kind,
            state=worst,
            since=datetime.fromisoformat(min(moments)) if moments else None,
            errors=sum(one["errors"] for one in all_of_it),
            workers=len(all_of_it),
            agree=len(same),
        )


def _missing(workers: Iterable[WorkerStatus]) -> Iterator[Trouble]:
    serving = {worker.lane for worker in workers if worker.alive}
    if "all" not in serving:
        sentence = _("No worker is running. Start one: manage.py worker.")
        yield Trouble("no_worker", sentence)
    if "emergency" not in serving:
        sentence = _(
            "No worker is kept for emergencies. "
            "Start one: manage.py worker --lane emergency."
        )
        yield Trouble("no_emergency_worker", sentence)


def _left_alone(providers: Iterable[ProviderStatus]) -> Iterator[Trouble]:
    for each in providers:
        if each.state == "open" and each.agree == each.workers:
            sentence = _(
                "%(name)s had too many errors and is left alone for a moment. It is "
                "tried again by itself."
            ) % {"name": each.name}
            yield Trouble("provider_left_alone", sentence)


def _standing(lanes: Sequence[LaneStatus]) -> Iterator[Trouble]:
    moving = any(lane.per_minute for lane in lanes)
    for lane in lanes:
        urgent = lane.lane == Lane.EMERGENCY
        limit = LATE_EMERGENCY if urgent else LATE
        if lane.late > limit and not (lane.per_minute if urgent else moving):
            sentence = _(
                "Nothing moves in the lane “%(lane)s”: the oldest has been due for "
                "%(seconds)d seconds. Look at the workers and their logs."
            ) % {"lane": lane.lane.label, "seconds": lane.late}
            yield Trouble("standstill", sentence)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value.name.lower() if isinstance(value, Lane) else value
