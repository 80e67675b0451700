"""A page of the log: keyset, newest first, with a count that stops counting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notifications.events import REGISTRY, ChannelKind
from notifications.exporting import words
from notifications.exporting.filters import LogFilter
from notifications.exporting.newest import newest
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import Cluster, NotificationLog

from .forms import LogFilterForm

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as the list shows it."""

    entry: NotificationLog
    name: str
    when: datetime
    why: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """Some lines; ``older`` is the key to go on from, None at the end."""

    lines: tuple[Line, ...]
    count: int
    more: bool
    older: int | None
    first: bool


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter that is set, and the address without it."""

    label: str
    value: str
    without: str


def page_of(chosen: LogFilter, cluster: Cluster, before: int | None) -> LogPage:
    """The newest entries that the filter picks, or those before a key."""
    found = newest(chosen, cluster, before)
    shown = found.entries.select_related("dispatch", "addressee")
    rows = list(shown[: PAGE + 1])
    return LogPage(
        lines=tuple(_line(entry) for entry in rows[:PAGE]),
        count=found.count,
        more=found.more,
        older=rows[PAGE - 1].pk if len(rows) > PAGE else None,
        first=before is None,
    )


def _line(entry: NotificationLog) -> Line:
    return Line(
        entry=entry,
        name=words.name_of(entry.addressee),
        when=entry.settled_at or entry.sending_at or entry.planned_at,
        why=words.why(entry),
    )


def chips(form: LogFilterForm, given: QueryDict) -> list[Chip]:
    """The filters that are set, in words; multiple statuses one by one."""
    found = []
    for name, value in form.known.items():
        for one in value if isinstance(value, list) else [value]:
            label = str(form.fields[name].label or _LABELS[name]())
            found.append(Chip(label, _words(name, one), _without(given, name, one)))
    return found


_LABELS = {"recipient": lambda: _("Person"), "zone": lambda: _("Zone")}


def _words(name: str, value: Any) -> str:
    if name == "status":
        return str(EntryStatus(value).label)
    if name == "reason":
        return str(SkipReason(value).label)
    if name == "channel":
        return str(ChannelKind(value).label)
    if name == "event":
        return str(REGISTRY[value].label)
    if name == "without_zone":
        return _("Yes").lower()
    if name in ("since", "until"):
        return date_format(value, "j F Y")
    return str(value)


def _without(given: QueryDict, name: str, value: Any) -> str:
    kept = [
        (key, one)
        for key, values in given.lists()
        for one in values
        if key != "before" and one and not (key == name and _same(name, one, value))
    ]
    return f"?{urlencode(kept)}"


def _same(name: str, one: str, value: Any) -> bool:
    return name != "status" or one == value


def day_and_time(moment: datetime) -> str:
    """A moment in the cluster's zone, kept short: "3 Nov 2026, 10:42"."""
    return date_format(timezone.localtime(moment), "j M Y, H:i")


def title_of(found: Sequence[Chip]) -> str:
    """A name for the export of what these filters pick."""
    if not found:
        return _("Log")
    return _("Log: %(filters)s") % {
        "filters": ", ".join(f"{chip.label} {chip.value}" for chip in found)
    }
