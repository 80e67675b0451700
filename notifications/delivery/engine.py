"""The loop of a worker: lease what is due, work it off, and again."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection
from functools import partial
from time import monotonic

from notifications import logs, scope
from notifications.channels.routes import Routes
from notifications.errors import TocsinError
from notifications.models.moves import finish

from .leasing import lease
from .pace import Pace
from .working import Run

logger = logging.getLogger("tocsin.delivery")


def never() -> bool:
    """For callers that are never asked to stop."""
    return False


def is_usable(routes: Routes, channel: str) -> bool:
    """Whether anything can be handed over on a channel now."""
    try:
        return routes.of(channel).wait() == 0
    except (TocsinError, ImportError):
        logger.exception("channel %s cannot be used", channel)
        return False


def drain(
    lanes: Collection[int],
    worker: str,
    *,
    routes: Routes | None = None,
    seconds: float | None = None,
    stopping: Callable[[], bool] = never,
    rung: Callable[[], bool] = never,
) -> bool:
    """Work off what is due in these lanes; True where something may be left.

    ``routes`` are kept by whoever drains again and again; without them they are made
    for this once. ``seconds`` bounds how long new batches are begun. ``stopping`` is
    asked before every message: a worker told to stop hands over nothing more. So is
    ``rung``, whether somebody rang since it was asked last: a window that was marked is
    given back where something more urgent waits.
    """
    if routes is None:
        with Routes() as routes:
            return drain(
                lanes,
                worker,
                routes=routes,
                seconds=seconds,
                stopping=stopping,
                rung=rung,
            )
    began, usable = monotonic(), partial(is_usable, routes)
    served: dict[int, float] = {}
    paces: defaultdict[str, Pace] = defaultdict(Pace)
    while not stopping():
        if seconds is not None and monotonic() - began > seconds:
            return True
        with scope.every_cluster():
            taken = lease(lanes, worker, usable=usable, served=served)
        if taken is None:
            return False
        dispatches = sorted(taken.dispatches)
        with scope.clusters(taken.cluster_id), logs.about(dispatch=dispatches):
            route, pace = routes.of(taken.channel), paces[taken.channel]
            Run(taken, route, lanes, usable, stopping, rung, pace).work_off()
            finish(taken.dispatches)
        served[taken.cluster_id] = monotonic()
    return True
