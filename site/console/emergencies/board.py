"""The live board: how far it has come, whom it does not reach, and who has answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from console.announcements import places
from console.announcements.live import pace
from console.announcements.wording import WHY, people
from console.components import Fact
from notifications.actions import broadcasts
from notifications.alerting import FOLLOW_UPS, AnswerState, Purpose
from notifications.audience import Criteria
from notifications.dispatching import Sheet, forecast, sheet
from notifications.events import ChannelKind
from notifications.exporting.incident import answers_of, zones_of
from notifications.lifecycle import (
    BroadcastStatus,
    DispatchStatus,
    EntryStatus,
    SkipReason,
)
from notifications.models import Broadcast, Dispatch

from . import facts, timelines, worlds
from .siblings import beside
from .walking import is_open

_S = BroadcastStatus
UNDER_WAY = (
    DispatchStatus.PREPARING,
    DispatchStatus.SENDING,
    DispatchStatus.PAUSED,
)


@dataclass(frozen=True, slots=True)
class Way:
    """One channel of the alert, with its sheet and where its entries stand."""

    label: str
    counts: Any
    entries: int
    url: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message of this broadcast, and how far it has come."""

    dispatch: Dispatch
    label: str
    pace: str
    done: int
    total: int


def show(request: Any, broadcast: Broadcast) -> HttpResponse:
    """The whole page: what moves, the buttons, the words and the record."""
    context = state(request, broadcast) | {
        "page_title": broadcast.title,
        "told": facts.words_of(broadcast),
        "facts": _facts(broadcast),
        "speed": facts.speed_of(broadcast),
        "steps": timelines.of(broadcast),
        "steers": broadcasts.may_steer(broadcast, request.user),
        "prepared": prepared(broadcast),
        "say_more": _say_more(request, broadcast),
        "review_due": broadcasts.review_due(broadcast),
        "wall": request.GET.get("wall") == "1",
    }
    context |= beside(request, broadcast)
    return worlds.render(request, "board.html", context)


def now(request: Any, uid: Any) -> HttpResponse:
    """The part that moves; a page of another status is told to load anew."""
    broadcast = worlds.find(request, uid)
    if request.GET.get("status") == _S.SUBMITTED:
        return _waiting(request, broadcast)
    context = state(request, broadcast)
    context["reload"] = request.GET.get("status", "") != broadcast.status
    context |= {"drill": broadcast.is_drill, "world": worlds.name_of(broadcast)}
    return render(request, "console/emergencies/board_now.html", context)


def _waiting(request: Any, broadcast: Broadcast) -> HttpResponse:
    """For the page of what waits for a yes: whether to load it anew, and no more."""
    opened = "1" if may_send_alone(request.user, broadcast) else "0"
    moved = broadcast.status != _S.SUBMITTED or opened != request.GET.get("glass", "0")
    context = {"reload": moved}
    return render(request, "console/emergencies/decide_now.html", context)


def may_send_alone(user: Any, broadcast: Broadcast) -> bool:
    """Whether its submitter has waited long enough for an approver."""
    opens = broadcasts.glass_from(broadcast)
    mine = user.pk == broadcast.submitted_by_id
    return mine and opens is not None and opens <= timezone.now()


def state(request: Any, broadcast: Broadcast) -> dict[str, Any]:
    """All that moves: messages, channels, zones, reasons, answers."""
    said = list(broadcast.dispatches.order_by("id"))
    sheets = {each.pk: sheet(each) for each in said}
    alert = next((each for each in said if each.purpose == Purpose.ALERT), None)
    counted = sheets[alert.pk] if alert else None
    rows = list(zones_of(broadcast, said))
    answered = answers_of(broadcast)
    silent = max(sum(row.people for row in rows) - sum(answered.values()), 0)
    moving = is_open(broadcast)
    moving |= any(each.status in UNDER_WAY for each in said)
    return {
        "broadcast": broadcast,
        "moving": moving,
        "ways": _ways(request, alert, counted) if alert and counted else [],
        "problem_sheet": counted.problem if counted else "",
        "coming": _coming(broadcast),
        "taken_over_by": broadcasts.taken_over_by(broadcast),
        "messages_said": [_message(each, sheets[each.pk]) for each in said],
        "rows": rows,
        "reached": sum(row.reached for row in rows),
        "people": sum(row.people for row in rows),
        "missed": _missed(request, alert, counted) if alert and counted else [],
        "safe": answered[AnswerState.SAFE],
        "help": answered[AnswerState.HELP],
        "silent": silent,
        "muster_url": worlds.url(request, "muster", broadcast.uid),
    }


def _ways(request: Any, alert: Dispatch, counted: Sheet) -> list[Way]:
    log = places.to(request, "delivery:log", dispatch=alert.pk)
    return [
        Way(
            str(ChannelKind(each.channel).label),
            each.counts,
            each.entries,
            f"{log}&channel={each.channel}" if log else "",
        )
        for each in counted.channels
    ]


def _message(dispatch: Dispatch, counted: Sheet) -> Message:
    label = str(Purpose(dispatch.purpose).label)
    if dispatch.audience.get("not_told_in"):
        label = _("%(what)s, to who had the alert after it") % {"what": label}
    words = ""
    if dispatch.status in UNDER_WAY:
        words = pace(dispatch, forecast(dispatch, counted.waiting))
    return Message(dispatch, label, words, counted.settled, counted.total)


def _coming(broadcast: Broadcast) -> dict[str, Any] | None:
    """The next step of the ladder; none where it rests."""
    if broadcast.status != _S.LIVE:
        return None
    step = broadcasts.next_step(broadcast)
    if step is None:
        return None
    at, rung = step
    ways = _(" and ").join(str(ChannelKind(each).label) for each in rung.channels)
    return {"at": at, "ways": ways, "who": rung.who}


def _missed(request: Any, alert: Dispatch, counted: Sheet) -> list[dict[str, Any]]:
    """Why somebody has nothing on a channel, each number with its rows."""
    log = places.to(request, "delivery:log", dispatch=alert.pk)
    found = []
    for channel in counted.channels:
        label = str(ChannelKind(channel.channel).label)
        query = f"{log}&channel={channel.channel}" if log else ""
        for reason, count in channel.skips.items():
            phone = (channel.channel, reason) == (
                ChannelKind.SMS,
                SkipReason.NO_ADDRESS,
            )
            found.append(
                {
                    "channel": label,
                    "label": reason.label,
                    "why": facts.NO_NUMBER if phone else WHY[reason],
                    "count": count,
                    "url": f"{query}&status=skipped&reason={reason}" if query else "",
                }
            )
        for status in (EntryStatus.FAILED, EntryStatus.BOUNCED, EntryStatus.UNKNOWN):
            if count := channel.counts.get(status, 0):
                found.append(
                    {
                        "channel": label,
                        "label": status.label,
                        "why": "",
                        "count": count,
                        "url": f"{query}&status={status}" if query else "",
                    }
                )
    return found


def _say_more(request: Any, broadcast: Broadcast) -> str:
    """Where something in new words is raised about it; "" where it may not be."""
    going = broadcast.status in (_S.LIVE, _S.STOPPED)
    if not going or not worlds.may(request, "raise"):
        return ""
    where = Criteria.from_json(broadcast.audience)
    given: dict[str, Any] = {"about": broadcast.uid, "zones": where.zones}
    if where.everyone:
        given["who"] = "everyone"
    if broadcast.scenario is not None:
        given["scenario"] = broadcast.scenario.slug
    return f"{worlds.url(request, 'raise')}?{urlencode(given, doseq=True)}"


def prepared(broadcast: Broadcast) -> list[dict[str, str]]:
    """The follow-ups that can be sent now, in the order in which they are needed."""
    if not broadcasts.may_still_end(broadcast):
        return []
    ready = {each.purpose for each in facts.words_of(broadcast)}
    if broadcast.status != _S.LIVE:
        ready.discard(Purpose.UPDATE)
    return [
        {"purpose": str(purpose), "label": str(purpose.label)}
        for purpose in FOLLOW_UPS
        if purpose in ready
    ]


def _facts(broadcast: Broadcast) -> list[Fact]:
    told = facts.of(broadcast)
    by = broadcast.submitted_by
    if broadcast.plan is not None:
        url = reverse("drills:plan", args=[broadcast.plan.uid])
        link = format_html('<a href="{}">{}</a>', url, _("Beside those before it"))
        told.append(Fact(_("Comes round"), link))
    if broadcast.origin:
        told.append(Fact(_("Raised by"), broadcast.origin))
    if by is not None:
        told.append(Fact(_("Submitted by"), by.get_full_name() or by.email))
    if broadcast.approved_by is not None:
        yes = broadcast.approved_by
        alone = _("Sent alone by") if broadcast.broke_glass else _("Sent by")
        label = alone if yes == by else _("Approved by")
        told.append(Fact(label, yes.get_full_name() or yes.email))
    if broadcast.live_people is not None:
        told.append(
            Fact(
                _("People"),
                broadcast.live_people,
                hint=_("approved for %(n)d") % {"n": broadcast.expected_people or 0},
            )
        )
    if overridden := broadcasts.overridden_by(broadcast):
        told.append(Fact(_("Had opted out"), people(overridden)))
    if disturbed := broadcasts.disturbed_by(broadcast):
        told.append(Fact(_("In quiet hours"), people(disturbed)))
    return told
