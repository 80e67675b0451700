"""What the live part of a page shows, and a version that moves whenever that does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2s
from typing import Any, NamedTuple

from django.db.models import Count, Max
from django.shortcuts import get_object_or_404

from console.emergencies import worlds
from notifications import scope
from notifications.models import Answer, Broadcast, Dispatch, NotificationLog
from notifications.models.tallying import MOVING, OVER


class Topic(NamedTuple):
    """One thing that pages follow: all of its viewers share it."""

    kind: str
    key: int


BOARD, MUSTER, MESSAGE = "board", "muster", "message"


def _board(request: Any, uid: Any) -> Topic:
    return Topic(BOARD, worlds.find(request, uid).pk)


def _muster(request: Any, uid: Any) -> Topic:
    return Topic(MUSTER, worlds.find(request, uid).pk)


def _message(request: Any, uid: Any) -> Topic:
    return Topic(MESSAGE, get_object_or_404(Dispatch, uid=uid).pk)


#: The live parts that can be followed: route → what is found at its address, or 404.
FOLLOWED: Mapping[str, Callable[..., Topic]] = {
    "emergencies:now": _board,
    "emergencies:muster_now": _muster,
    "drills:now": _board,
    "drills:muster_now": _muster,
    "announcements:live_now": _message,
}


def version_of(topic: Topic) -> str:
    """The same wherever it is asked; tells nothing of what it stands for."""
    with scope.every_cluster():
        stands = _STANDS[topic.kind](topic.key)
    return blake2s(repr(stands).encode(), digest_size=8).hexdigest()


def _of_board(key: int) -> list[Any]:
    # One that says more takes over its ladder.
    sequels = Broadcast.objects.filter(parent=key).order_by("pk")
    taken_over = sequels.values_list("pk", "status", "ended_with")
    return [*_of_muster(key), *_dispatches(broadcast=key), *taken_over]


def _of_muster(key: int) -> list[Any]:
    broadcasts = Broadcast.objects.filter(pk=key).values_list("status", "version")
    answers = (
        Answer.objects.filter(broadcast=key).order_by("state").values_list("state")
    )
    return [*broadcasts, *answers.annotate(Count("pk"), Max("answered_at"))]


def _of_message(key: int) -> list[Any]:
    return _dispatches(pk=key)


_STANDS: Mapping[str, Callable[[int], list[Any]]] = {
    BOARD: _of_board,
    MUSTER: _of_muster,
    MESSAGE: _of_message,
}


def _dispatches(**which: int) -> list[Any]:
    found = Dispatch.objects.filter(**which).order_by("pk")
    rows = found.values_list("pk", "status", "version")
    return [(*row, *_entries(*row[:2])) for row in rows]


def _entries(dispatch: int, status: str) -> list[Any]:
    """How many stand where: the outcomes of workers do not move the version.

    Those of one that is over do, but for what a worker still had in hand then.
    """
    entries = NotificationLog.objects.filter(dispatch=dispatch).order_by("status")
    if status in OVER:
        entries = entries.filter(status__in=sorted(MOVING))
    return list(entries.values_list("status").annotate(Count("pk")))
