"""Probes: whether this process answers, and whether the whole set can do its work.

``/health/live`` is for whoever restarts a process that hangs, ``/health/ready`` for
whoever must be woken. They tell numbers and sentences, never a person or a secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse

from notifications.delivery.status import EngineStatus, engine_status
from notifications.tasks.reachable import doorbell_answers

from .access import SAFE_METHODS

Check = tuple[str, Mapping[str, Any]]


class HealthMiddleware:
    """Answers probes before anything asks for a host name, a session or a cluster.

    Probes come by the address of a container, which is in nobody's ALLOWED_HOSTS.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info.rstrip("/"))
        if probe is None:
            return self.get_response(request)
        if request.method not in SAFE_METHODS:
            return HttpResponseNotAllowed(sorted(SAFE_METHODS))
        answer = probe()
        answer["Cache-Control"] = "no-store"
        # Whoever asks reads the answer; in the log it would stand every few seconds.
        answer._has_been_logged = True  # type: ignore[attr-defined]
        return answer


def health() -> HttpResponse:
    """ "ok", or 503 when the database does not answer."""
    if not _database()["ok"]:
        return HttpResponse("no database\n", "text/plain", status=503)
    return HttpResponse("ok\n", "text/plain")


def live() -> HttpResponse:
    """This process answers; whatever it needs may be away."""
    return JsonResponse({"status": "live"})


def ready() -> HttpResponse:
    """Every check by its name; 503 where one of them fails."""
    checks = dict(_checks())
    well = all(each["ok"] for each in checks.values())
    told = {"status": "ready" if well else "not ready", "checks": checks}
    return JsonResponse(told, status=200 if well else 503)


PROBES = {"/health": health, "/health/live": live, "/health/ready": ready}


def _checks() -> Iterator[Check]:
    database = _database()
    yield "database", database
    yield "doorbell", _doorbell()
    if not database["ok"]:
        return
    status = engine_status()
    troubles = {trouble.code: trouble.sentence for trouble in status.troubles}
    yield "worker", _told(troubles.get("no_worker", ""))
    yield "emergency_worker", _told(troubles.get("no_emergency_worker", ""))
    oldest = _told(troubles.get("standstill", ""))
    yield "oldest_due", oldest | {"seconds": _oldest(status)}


def _database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _told("The database does not answer.")
    return _told("")


def _doorbell() -> dict[str, Any]:
    if doorbell_answers():
        return _told("")
    return _told("The queue does not answer. Work is found all the same, later.")


def _told(problem: str) -> dict[str, Any]:
    return {"ok": False, "says": str(problem)} if problem else {"ok": True}


def _oldest(status: EngineStatus) -> int:
    return round(max(lane.late for lane in status.lanes))
