"""Say how the engine stands: for a terminal, or as JSON for a machine."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand

from notifications.delivery.status import EngineStatus, engine_status


class Command(BaseCommand):
    help = "Show lanes, workers and providers; exits with 1 when something is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        status = engine_status()
        if options["json"]:
            self.stdout.write(json.dumps(status.as_json(), indent=2))
        else:
            for line in _text(status):
                self.stdout.write(line)
            self._judge(status)
        if status.troubles:
            raise SystemExit(1)

    def _judge(self, status: EngineStatus) -> None:
        for trouble in status.troubles:
            self.stdout.write(self.style.ERROR(trouble.sentence))
        if not status.troubles:
            self.stdout.write(self.style.SUCCESS("All is well."))


def _text(status: EngineStatus) -> Iterator[str]:
    yield from _table(
        ("Lane", "Waiting", "Later", "Late", "A minute", "Empty in"),
        [
            (
                str(lane.lane.label),
                str(lane.waiting),
                str(lane.later),
                _span(lane.late) if lane.oldest_due else "-",
                str(lane.per_minute),
                _left(lane.waiting, lane.seconds_left),
            )
            for lane in status.lanes
        ],
    )
    yield f"Being written down: {status.preparing} dispatches"
    yield f"Paused by staff: {status.paused} entries"
    yield ""
    yield from _table(
        ("Worker", "Serves", "Started", "Last sign of life"),
        [
            (
                worker.name,
                worker.lane,
                f"{_span(_age(status, worker.started_at))} ago",
                f"{_span(_age(status, worker.beat_at))} ago"
                + ("" if worker.alive else ", not there any more"),
            )
            for worker in status.workers
        ],
    )
    yield from _table(
        ("Provider", "Channel", "Circuit", "Errors", "Workers that see it so"),
        [
            (
                each.name,
                each.kind,
                each.state,
                str(each.errors),
                f"{each.agree} of {each.workers}",
            )
            for each in status.providers
        ],
    )


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    if not rows:
        return
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
    yield ""


def _age(status: EngineStatus, moment: datetime) -> float:
    return max((status.at - moment).total_seconds(), 0)


def _left(waiting: int, seconds: int | None) -> str:
    if not waiting:
        return "-"
    return "no telling" if seconds is None else _span(seconds)


def _span(seconds: float) -> str:
    """Seconds as "42 s", "7 min" or "3.5 h"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = seconds / 60
    return f"{minutes:.0f} min" if minutes < 90 else f"{minutes / 60:.1f} h"
