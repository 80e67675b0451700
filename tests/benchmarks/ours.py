"""Tocsin at work: its real workers in processes of their own, and real actions."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from django.db import connection, connections

from notifications import dispatching, events
from notifications.actions import announcements
from notifications.actors import Actor, acting
from notifications.audience import Criteria
from notifications.models import Cluster, Dispatch, NotificationLog, WorkerBeat

from . import letter
from .estates import manager
from .figures import Invalid
from .places import ROOT, Place
from .sinks import Sink

#: Seconds between two looks; a look costs the workers as little as it can.
EVERY = 0.03
PATIENCE = 900.0
#: Workers that do most on two cores; the peers have up to four processes.
AT_BEST = 2
EVERYONE = Criteria(everyone=True)


@dataclass(frozen=True)
class Sent:
    """One dispatch, from the button to the last outcome."""

    seconds: float
    count: int
    report: Mapping[str, Any]

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    @property
    def cost(self) -> float:
        """Milliseconds a message."""
        return 1000 * self.seconds / self.count


class Workers:
    """Workers that are up and wait; their peak of memory is known when they end."""

    def __init__(
        self,
        place: Place,
        sink: Sink,
        *,
        count: int = 1,
        reserved: bool = False,
        options: str = "",
    ) -> None:
        environment = place.environment
        environment["EMAIL_URL"] = f"smtp://127.0.0.1:{sink.port}{options}"
        self._log = place.folder / "workers.log"
        calls: list[list[str]] = [[] for _n in range(count)]
        if reserved:
            calls.append(["--lane", "emergency"])
        self._processes = [_start(call, environment, self._log) for call in calls]

    def wait(self, true: Callable[[], bool]) -> None:
        """Until something is so; a worker that ends meanwhile is an error."""
        end = time.monotonic() + PATIENCE
        while not true():
            ended = [p.returncode for p in self._processes if p.poll() is not None]
            if ended or time.monotonic() > end:
                raise Invalid(f"workers ended with {ended}: {self._log_end()}")
            time.sleep(EVERY)

    def memory(self) -> list[int]:
        """The most that each has ever held, in bytes."""
        return [_peak(process.pid) for process in self._processes]

    def _log_end(self) -> str:
        return self._log.read_text()[-2000:]

    def __enter__(self) -> Self:
        wanted = len(self._processes)
        try:
            self.wait(lambda: WorkerBeat.objects.count() >= wanted)
        except BaseException:
            self.__exit__(None, None, None)
            raise
        # The first look at a database costs what later ones do not.
        time.sleep(1.0)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _start(
    call: Sequence[str], environment: Mapping[str, str], log: Path
) -> subprocess.Popen[bytes]:
    with log.open("ab") as out:
        return subprocess.Popen(
            [sys.executable, "manage.py", "worker", *call],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )


def _peak(pid: int) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise Invalid("the system does not say how much memory a process used")


def press_send(cluster: Cluster, event: str = "announcement_posted") -> Dispatch:
    """What the button does: the announcement's own action."""
    user = manager(cluster)
    with acting(Actor.staff(user)):
        draft = announcements.create_draft(
            cluster,
            announcements.Draft(
                subject=letter.SUBJECT,
                body=letter.BLOCKS,
                event=event,
                criteria=EVERYONE,
            ),
            by=user,
        )
        dispatch = announcements.send_now(draft, by=user)
    assert dispatch is not None
    return dispatch


def raise_alarm(cluster: Cluster) -> Dispatch:
    """A dispatch in lane 0."""
    words = letter.compiled(cluster)
    content = dispatching.pin(
        cluster, words, channel="email", language=cluster.language
    )
    return dispatching.prepare(
        dispatching.Plan(
            cluster=cluster,
            event=events.REGISTRY["gas_leak"],
            title="Gas leak",
            criteria=EVERYONE,
            contents=(content,),
        )
    )


def end_to_end(cluster: Cluster, sink: Sink, workers: Workers) -> Sent:
    """Everybody there gets one; raises Invalid unless each really did, on record."""
    sink.reset()
    count = cluster.recipients.count()
    began = time.perf_counter()
    dispatch = press_send(cluster)
    workers.wait(lambda: is_done(dispatch))
    seconds = time.perf_counter() - began
    check(dispatch, count)
    return Sent(seconds, count, sink.checked(count))


def is_done(dispatch: Dispatch) -> bool:
    found = Dispatch._base_manager.filter(pk=dispatch.pk)
    return found.values_list("status", flat=True).get() == "done"


def check(dispatch: Dispatch, count: int) -> None:
    """Every message has its entry, and every entry its history."""
    entries = NotificationLog.objects.filter(dispatch=dispatch)
    sent = entries.filter(status="sent", sent_at__isnull=False).count()
    if (sent, entries.count()) != (count, count):
        raise Invalid(f"{sent} of {entries.count()} entries sent, not {count}")
    history = NotificationLog.history.model._base_manager
    rows = history.filter(id__in=entries.values("pk"), status="sent").count()
    if rows < count:
        raise Invalid(f"{rows} rows of history for {count} messages")


def fresh(place: Place, name: str = "start") -> None:
    """The database as it was remembered."""
    leave()
    place.restore(name)


def remember(place: Place, name: str = "start") -> None:
    """The database as it is now is where a run begins."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    leave()
    place.remember(name)


def leave() -> None:
    """Let go of the database, the pool's connections too."""
    connections.close_all()
    # A cursor that waits for the collector keeps SQLite's file open behind it.
    gc.collect()
    if connection.vendor == "postgresql":
        connection.close_pool()
