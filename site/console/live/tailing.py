"""The tailer: sees in the database that something moved, and tells who follows it.

Each web process has one of its own while anybody follows anything, so that nothing has
to be passed between processes: what they all see is the database.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from django.db import Error, connection

from .topics import Topic, version_of

logger = logging.getLogger("tocsin.live")

#: Seconds between two looks; after one that found something, for those who fetch it
#: now; and after one that failed.
TICK, REST, PAUSE = 0.1, 0.5, 2.0
#: A look that takes long is followed by a pause so many times as long.
SHARE = 9
#: Sockets that one process serves; to more of them pages are as good without one.
MOST = 500

#: Another answer whenever anybody has committed anything, and cheap to ask.
PULSE = {
    "sqlite": "PRAGMA data_version",
    "postgresql": "SELECT pg_current_snapshot()::text",
}


@dataclass(frozen=True, slots=True)
class Stand:
    """How things stood at the last look; without a pulse everything is read anew."""

    pulse: Any = None
    versions: Mapping[Topic, str] = field(default_factory=dict)


def look(topics: Iterable[Topic], last: Stand) -> Stand:
    """How these stand now; what nobody can have moved is not read again."""
    # The pulse first: what is committed after it is found by the next look.
    with connection.cursor() as cursor:
        cursor.execute(PULSE[connection.vendor])
        pulse = cursor.fetchone()
    known = last.versions if pulse == last.pulse else {}
    return Stand(pulse, {each: known.get(each) or version_of(each) for each in topics})


def hang_up() -> None:
    """Let go of the connection of the thread that runs this, and of no other."""
    connection.close()


def pause_after(took: float, pause: float) -> float:
    """Seconds until the next look: however large a log is, looks are a small share."""
    return max(pause, SHARE * took)


class Follower:
    """One socket. The newest version waits for it and no other, however slow it is."""

    def __init__(self, topic: Topic) -> None:
        self.topic, self.version = topic, ""
        self._moved = asyncio.Event()

    def tell(self, version: str) -> None:
        self.version = version
        self._moved.set()

    async def moved(self, seconds: float) -> bool:
        """Whether there is a new ``version``, waiting for it that long at most."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._moved.wait(), seconds)
        moved = self._moved.is_set()
        self._moved.clear()
        return moved


class Tailer:
    """Looks while somebody follows; everything but the look is the event loop's."""

    def __init__(self) -> None:
        self._followers: dict[Topic, set[Follower]] = defaultdict(set)
        self._stand = Stand()
        self._task: asyncio.Task[None] | None = None

    @property
    def full(self) -> bool:
        return sum(map(len, self._followers.values())) >= MOST

    def join(self, topic: Topic) -> Follower:
        """Follow a topic: its version is told at once, and whenever it has moved."""
        follower = Follower(topic)
        self._followers[topic].add(follower)
        if topic in self._stand.versions:
            follower.tell(self._stand.versions[topic])
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._tail())
        return follower

    def leave(self, follower: Follower) -> None:
        """The last one that leaves stops the tailer."""
        self._followers[follower.topic].discard(follower)
        if not self._followers[follower.topic]:
            del self._followers[follower.topic]
        if not self._followers and self._task is not None:
            self._task.cancel()
            self._task, self._stand = None, Stand()

    async def _tail(self) -> None:
        # One thread, and so one connection: a pulse means nothing to another.
        thread = ThreadPoolExecutor(1, "tailer")
        try:
            while True:
                began = monotonic()
                pause = await self._look(thread)
                await asyncio.sleep(pause_after(monotonic() - began, pause))
        finally:
            thread.submit(hang_up)
            thread.shutdown(wait=False)

    async def _look(self, thread: ThreadPoolExecutor) -> float:
        """Look once, tell whom it concerns, and say how long to wait."""
        before, topics = self._stand.versions, tuple(self._followers)
        loop = asyncio.get_running_loop()
        try:
            self._stand = await loop.run_in_executor(thread, look, topics, self._stand)
        except Error as problem:
            logger.warning("Live pages wait: %s", type(problem).__name__)
            thread.submit(hang_up)
            self._stand = Stand(None, before)
            return PAUSE
        moved = [
            (topic, version)
            for topic, version in self._stand.versions.items()
            if before.get(topic) != version
        ]
        for topic, version in moved:
            for follower in self._followers.get(topic, ()):
                follower.tell(version)
        return REST if moved else TICK


#: The one of this process.
tailer = Tailer()
