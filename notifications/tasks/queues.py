"""The two queues, and how a task behaves: as a worker, with connections of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from threading import Event
from typing import Any

from django.conf import settings
from django.db import close_old_connections
from huey import Huey, MemoryHuey, PriorityRedisHuey, SqliteHuey

from notifications.actors import Actor, ActorKind, acting
from notifications.workers import worker_name

#: Set when this process was told to stop: nothing more goes to a provider.
stopping = Event()


def make_queue(options: Mapping[str, Any]) -> Huey:
    """The Huey instance that the settings describe."""
    match options["storage"]:
        case "memory":
            return MemoryHuey(options["name"], immediate=True, results=False)
        case "sqlite":
            return SqliteHuey(
                options["name"],
                filename=options["filename"],
                immediate=False,
                results=False,
            )
        case "redis":
            return PriorityRedisHuey(
                options["name"],
                url=options["url"],
                # Huey would take the hyphens out, and mix up those who share a Redis.
                clean_name=False,
                immediate=False,
                results=False,
            )
    raise LookupError(f"There is no queue storage “{options['storage']}”.")


main: Huey = make_queue(settings.HUEY_QUEUES["main"])
emergency: Huey = make_queue(settings.HUEY_QUEUES["emergency"])


@contextmanager
def working(queue: Huey) -> Iterator[None]:
    """Act as this worker, with fresh connections where tasks have their own."""
    if not queue.immediate:
        close_old_connections()
    try:
        with acting(Actor(ActorKind.WORKER, None, worker_name())):
            yield
    finally:
        if not queue.immediate:
            close_old_connections()


def task(queue: Huey, priority: int) -> Callable[[Callable[..., None]], Any]:
    """A Huey task: it takes keys, returns nothing, and is never tried again by Huey."""

    def decorate(function: Callable[..., None]) -> Any:
        @wraps(function)
        def run(*args: Any) -> None:
            with working(queue):
                function(*args)

        name = f"{queue.name}.{function.__name__}"
        return queue.task(priority=priority, name=name)(run)

    return decorate
