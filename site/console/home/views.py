"""The first page: what needs me, what is going out, what happened; and the help."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from console.announcements import places
from console.announcements.live import pace
from console.components import Balance, balance
from console.trouble import banners
from notifications.actions.alerts import open_incidents
from notifications.dispatching import forecast, sheet
from notifications.events import ChannelKind
from notifications.lifecycle import AnnouncementStatus, DispatchStatus
from notifications.models import Announcement, Dispatch, Recipient
from notifications.models.tallying import Tally, counted_since, tallies

from .needs import needs_of, silent_since

_D = DispatchStatus
UNDER_WAY = (_D.PREPARING, _D.SENDING, _D.PAUSED)
DAYS = 7
MOST = 8


def index(request: Any) -> HttpResponse:
    """The home of one cluster."""
    # What is under way is counted anew, and by every part of this page: so, once.
    going = tallies(Dispatch.objects.filter(status__in=UNDER_WAY))
    return render(
        request,
        "console/home/index.html",
        {
            "page_title": _("Home"),
            "header_icon": "home",
            "needs": needs_of(request, going),
            "week": _week(request, going),
            "scheduled": Announcement.objects.filter(
                status=AnnouncementStatus.SCHEDULED
            ).order_by("send_at")[:MOST],
            "nobody_yet": not Recipient.objects.present().exists(),
            **_troubles(request),
            **_going_out(request, going),
        },
    )


def now(request: Any) -> HttpResponse:
    """The part that moves."""
    return render(request, "console/home/now.html", _going_out(request))


def troubles(request: Any) -> HttpResponse:
    """What staff were told of, as long as it lasts."""
    return render(request, "console/components/trouble.html", _troubles(request))


def help_page(request: Any) -> HttpResponse:
    """The words of Tocsin, its roles, and where to find what."""
    context = {"page_title": _("Help"), "header_icon": "help"}
    return render(request, "console/home/help.html", context)


def _troubles(request: Any) -> dict[str, Any]:
    return {"troubles": banners(request, open_incidents(request.cluster))}


def _going_out(
    request: Any, known: Mapping[int, Tally] | None = None
) -> dict[str, Any]:
    under_way = Dispatch.objects.filter(status__in=UNDER_WAY, is_test=False)
    under_way = under_way.select_related("cluster")
    going = list(under_way.order_by("lane", "id")[:MOST])
    counted = tallies(going, known)
    for dispatch in going:
        dispatch.sheet = sheet(dispatch, counted[dispatch.pk])
        dispatch.pace = pace(dispatch, forecast(dispatch, dispatch.sheet.waiting))
        dispatch.balance = _balance_of(request, dispatch)
    silence = silent_since() if going else False
    return {
        "going": going,
        "no_worker": silence is not False,
        "silent_since": silence or None,
    }


def _balance_of(request: Any, dispatch: Any) -> Balance:
    counts: dict[str, int] = {}
    for channel in dispatch.sheet.channels:
        for status, number in channel.counts.items():
            counts[status] = counts.get(status, 0) + number
    url = places.to(request, "delivery:log", dispatch=dispatch.pk)
    return balance(counts, dispatch.sheet.total, url)


def _week(request: Any, known: Mapping[int, Tally]) -> list[dict[str, Any]]:
    """What became of the entries of the last days, per channel, as the log has them."""
    first = timezone.localdate() - timedelta(days=DAYS - 1)
    midnight = datetime.combine(first, time.min, timezone.get_current_timezone())
    found = counted_since(request.cluster, midnight, known)
    return [
        {
            "channel": ChannelKind(channel).label,
            "counts": counts,
            "total": sum(counts.values()),
            "url": places.to(
                request, "delivery:log", since=first.isoformat(), channel=channel
            ),
        }
        for channel, counts in sorted(found.items())
    ]
