"""Process logs as JSON lines, with keys of rows and never with anybody's data.

An address, a name or a subject can hide in whatever was not written by us: the text of
an error, the path of a request. So errors are told by kind and place, requests by the
name of their route; and as a last resort, what looks like an address is blotted out.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from notifications.actors import ActorKind, current_actor

#: What a line may say of the work at hand, always as keys of rows.
KEYS = ("cluster", "dispatch", "batch", "entry", "announcement", "incident", "worker")

_NOTHING: Mapping[str, object] = MappingProxyType({})
_about: ContextVar[Mapping[str, object]] = ContextVar(
    "tocsin_log_keys", default=_NOTHING
)
_ADDRESS = re.compile(r"[^\s<>\"'(:,;]+@[^\s<>\"'):,;]+|\+\d[\d ()-]{6,}\d")
_BLOT = "•••"
#: The innermost of an error's frames: the way there is long, and always the same.
MOST_FRAMES = 8
_HERE = f"{Path(__file__).parents[1]}/"


@contextmanager
def about(**keys: object) -> Iterator[None]:
    """Every line inside names these keys: ``about(dispatch=7, batch=12)``."""
    token = _about.set({**_about.get(), **keys})
    try:
        yield
    finally:
        _about.reset(token)


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and the keys."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": _message(record),
            **_keys(record),
            **_request(record),
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = _error(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def _message(record: logging.LogRecord) -> str:
    text = record.getMessage()
    if hasattr(record, "request"):
        # Behind the colon is the path: it can hold a personal link.
        text = text.split(":")[0]
    return _ADDRESS.sub(_BLOT, text)


def _keys(record: logging.LogRecord) -> dict[str, object]:
    found = dict(_about.get())
    actor = current_actor()
    if actor.kind == ActorKind.WORKER:
        found.setdefault("worker", actor.label)
    given = {name: getattr(record, name) for name in KEYS if hasattr(record, name)}
    return found | given


def _request(record: logging.LogRecord) -> dict[str, object]:
    request = getattr(record, "request", None)
    if request is None:
        return {}
    match = getattr(request, "resolver_match", None)
    return {
        "method": getattr(request, "method", ""),
        "route": match.view_name if match else "",
        "status": getattr(record, "status_code", None),
    }


def _error(problem: BaseException) -> dict[str, Any]:
    """Kind and place of an error and of what led to it; its words may name somebody."""
    frames = traceback.extract_tb(problem.__traceback__)[-MOST_FRAMES:]
    told: dict[str, Any] = {
        "kind": type(problem).__name__,
        "where": [_place(each) for each in frames],
    }
    before = problem.__cause__ or problem.__context__
    return told | ({"because": _error(before)} if before is not None else {})


def _place(frame: traceback.FrameSummary) -> str:
    """ "notifications/tasks/sweeping.py:66 sweep", wherever it is installed."""
    path = frame.filename.rpartition("site-packages/")[2].removeprefix(_HERE)
    return f"{path}:{frame.lineno} {frame.name}"
