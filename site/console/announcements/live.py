"""A message under way, and the record that it becomes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.components import Fact
from console.messages import ways
from console.paging import CappedPaginator
from console.templatetags.console_components import local_time, thousands
from console.trouble import banners
from notifications import links
from notifications.actions import dispatches
from notifications.actions.announcements.walltime import shown, wall_of
from notifications.audience import Criteria, describe
from notifications.dispatching import Forecast, Sheet, forecast, sheet
from notifications.exporting import words
from notifications.lifecycle import DispatchStatus, EntryStatus
from notifications.models import Dispatch, Incident
from notifications.quiet import WAITING_LANES

from . import assets, balances, places, said, timelines
from .wording import people, why_of

_S = DispatchStatus
UNDER_WAY = (_S.PREPARING, _S.SENDING, _S.PAUSED)
LAST_ONES = 25


def going_out(request: Any) -> HttpResponse:
    """What is going out now in this cluster, and what went out last."""
    tests = request.GET.get("tests") == "1"
    found = Dispatch.objects.select_related("cluster", "created_by", "announcement")
    if not tests:
        found = found.filter(is_test=False)
    now = list(found.filter(status__in=UNDER_WAY))
    page = CappedPaginator(found.exclude(status__in=UNDER_WAY), LAST_ONES).get_page(
        request.GET.get("page")
    )
    counts = balances.of([*now, *page])
    for dispatch in (*now, *page):
        dispatch.balance = balances.balance_of(request, dispatch, counts)
    for dispatch in now:
        waiting = balances.waiting(dispatch, counts)
        dispatch.forecast_words = pace(dispatch, forecast(dispatch, waiting))
    fragment = request.headers.get("x-requested-with") == "XMLHttpRequest"
    name = "going_out_now.html" if fragment else "going_out.html"
    return render(
        request,
        f"console/announcements/{name}",
        {
            "page_title": _("Going out"),
            "header_icon": "rotate",
            "media": assets.plain,
            "now": now,
            "page": page,
            "tests": tests,
        },
    )


def show(request: Any, uid: Any) -> HttpResponse:
    """The live page of a dispatch, which becomes its frozen record."""
    dispatch = get_object_or_404(_dispatches(), uid=uid)
    announcement = dispatch.announcement
    contents = dispatch.contents.select_related("content").order_by("id")
    return render(
        request,
        "console/announcements/live.html",
        _state(request, dispatch)
        | {
            "page_title": dispatch.title,
            "header_icon": "paper-plane",
            "media": assets.plain,
            "breadcrumbs_items": [
                {"url": reverse("announcements:index"), "label": _("Announcements")}
            ],
            "announcement": announcement,
            "facts": _facts(request, dispatch),
            "said": said.frozen(pinned.content for pinned in contents),
            "steps": timelines.of_dispatch(dispatch),
            "follow_ups": dispatch.follow_ups.order_by("id"),
            "report_url": places.to(request, "exports:report", dispatch.pk),
            "log_url": places.to(request, "delivery:log", dispatch=dispatch.pk),
        },
    )


def now(request: Any, uid: Any) -> HttpResponse:
    """The moving part of the live page."""
    dispatch = get_object_or_404(_dispatches(), uid=uid)
    state = _state(request, dispatch)
    state["reload"] = request.GET.get("status", "") != phase(dispatch)
    return render(request, "console/announcements/live_now.html", state)


def _dispatches() -> QuerySet[Dispatch]:
    return Dispatch.objects.select_related(
        "cluster", "announcement", "created_by", "parent"
    )


def phase(dispatch: Dispatch) -> str:
    """The status as far as the buttons of the page depend on it."""
    status = dispatch.status
    return str(_S.SENDING if status == _S.PREPARING else status)


@dataclass(frozen=True, slots=True)
class Failure:
    """Some that failed for the same reason; ``url`` opens as near as the log can."""

    status: str
    why: str
    count: int
    url: str

    @property
    def label(self) -> str:
        return str(EntryStatus(self.status).label)


def _state(request: Any, dispatch: Dispatch) -> dict[str, Any]:
    """All that moves: numbers, reasons, forecast."""
    counted = sheet(dispatch)
    log_url = places.to(request, "delivery:log", dispatch=dispatch.pk)
    under_way = dispatch.status in UNDER_WAY
    in_hand = counted.count(EntryStatus.SENDING)
    failed = counted.count(EntryStatus.FAILED)
    noticed = Incident.objects.filter(dispatch=dispatch).select_related("dispatch")
    return {
        "troubles": banners(request, noticed),
        "dispatch": dispatch,
        "sheet": counted,
        "log_url": log_url,
        "under_way": under_way,
        "moving": under_way or in_hand > 0,
        "phase": phase(dispatch),
        "pace": _pace(dispatch, counted) if under_way else "",
        "skips": _skips(counted, log_url),
        "failures": _failures(counted, log_url),
        "failed": failed,
        "failed_url": _filtered(log_url, FAILED),
        "bounced": counted.count(EntryStatus.BOUNCED),
        "unknown": counted.count(EntryStatus.UNKNOWN),
        "reached": people(counted.count(EntryStatus.SENT, EntryStatus.DELIVERED)),
        "waiting": counted.waiting,
        "to_retry": dispatches.to_retry(dispatch) if failed and not under_way else 0,
    }


def _pace(dispatch: Dispatch, counted: Sheet) -> str:
    return pace(dispatch, forecast(dispatch, counted.waiting))


FAILED = (EntryStatus.FAILED, EntryStatus.BOUNCED)


def _filtered(log_url: str, statuses: Iterable[str], **more: str) -> str:
    if not log_url:
        return ""
    query = urlencode({"status": list(map(str, statuses))} | more, doseq=True)
    return f"{log_url}&{query}"


def _skips(counted: Sheet, log_url: str) -> list[dict[str, Any]]:
    several = len(counted.channels) > 1
    return [
        {
            "label": f"{sheet.label}: {why.label}" if several else why.label,
            "why": why_of(why, sheet.channel),
            "count": count,
            "url": _filtered(
                log_url, [EntryStatus.SKIPPED], reason=str(why), channel=sheet.channel
            ),
        }
        for sheet in counted.channels
        for why, count in sheet.skips.items()
    ]


def _failures(counted: Sheet, log_url: str) -> list[Failure]:
    """The commonest reasons first; a failure and a bounce are never one line."""
    return [
        Failure(each.status, _why(each), each.number, _filtered(log_url, [each.status]))
        for each in counted.failures
    ]


def _why(failure: Any) -> str:
    told = [words.reason_words(failure.reason), words.detail_words(failure.detail)]
    return ". ".join(filter(None, map(str, told))) or _("No reason was given")


def pace(dispatch: Dispatch, expected: Forecast) -> str:
    """How fast it goes and when it will be done, in words."""
    if dispatch.status == _S.PAUSED and dispatch.fanned_out_at is None:
        return _("Paused while writing down who gets it")
    if dispatch.status == _S.PAUSED:
        return _("Paused: %(n)s wait") % {"n": thousands(expected.waiting)}
    if dispatch.fanned_out_at is None:
        return _("Writing down who gets it")
    if not expected.waiting:
        return _("Finishing")
    if over := quiet_until(dispatch):
        wall = wall_of(over, dispatch.cluster.time_zone)
        return _("Quiet hours: goes on at %(at)s") % {"at": shown(wall)}
    rate = _("%(n)s a minute") % {"n": thousands(expected.per_minute)}
    if expected.seconds is None:
        return _("Waiting for a worker")
    return f"{rate}, {_left(expected.seconds)}"


def quiet_until(dispatch: Dispatch) -> datetime | None:
    """When the quiet hours are over for which it waits; None where it does not."""
    hours = dispatch.cluster.quiet_hours
    if hours is None or dispatch.lane not in WAITING_LANES:
        return None
    return hours.over_at(timezone.now())


def _left(seconds: int) -> str:
    if seconds < 60:
        return _("less than a minute left")
    minutes = round(seconds / 60)
    if minutes < 90:
        return ngettext("%(n)d minute left", "%(n)d minutes left", minutes) % {
            "n": minutes
        }
    hours = round(minutes / 60)
    return ngettext("%(n)d hour left", "%(n)d hours left", hours) % {"n": hours}


def _facts(request: Any, dispatch: Dispatch) -> list[Fact]:
    """Who sent it, to whom, when: as it was decided."""
    criteria = Criteria.from_json(dispatch.audience)
    audience = "; ".join(describe(dispatch.cluster, criteria))
    who = dispatch.created_by
    told = [
        Fact(_("Audience"), audience),
        Fact(_("Kind"), dispatch.event_definition.label),
        Fact(_("How"), ways.in_words(tuple(dispatch.channels), dispatch.channel_mode)),
        Fact(_("Sent by"), (who.get_full_name() or who.email) if who else "Tocsin"),
        Fact(_("Begun"), local_time(dispatch.started_at or dispatch.created_at)),
    ]
    if dispatch.finished_at:
        told.append(Fact(_("Finished"), local_time(dispatch.finished_at)))
    if dispatch.not_after:
        told.append(Fact(_("Not after"), local_time(dispatch.not_after)))
    if fact := _on_page(request, dispatch):
        told.append(fact)
    return told


def _on_page(request: Any, dispatch: Dispatch) -> Fact | None:
    """That it stands on the page of notices, with the way to take it off."""
    made = dispatch.announcement
    if made is None or dispatch.is_test or dispatch.parent_id:
        return None
    if made.public_until is None or made.public_until <= timezone.now():
        return None
    if dispatch.status == _S.CANCELLED:
        return None
    shown: Any = format_html(
        '<a href="{}">{}</a>',
        links.notice_url(request.cluster.slug),
        format_html(_("until {}"), local_time(made.public_until)),
    )
    if url := places.to(request, "announcements:take_off", made.uid):
        shown = format_html('{} · <a href="{}">{}</a>', shown, url, _("Take it off"))
    return Fact(_("On the public notice page"), shown)
