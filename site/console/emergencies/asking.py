"""One question before each step that reaches people or ends something."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail.admin import messages

from console.announcements.wording import people as in_words
from console.components import Fact
from notifications.actions import broadcasts
from notifications.alerting import FOLLOW_UPS, AnswerState, Purpose, Severity
from notifications.audience import Criteria, people
from notifications.errors import MoveRefused, TocsinError
from notifications.exporting.incident import answers_of
from notifications.lifecycle import WAITING, BroadcastStatus
from notifications.models import Broadcast, NotificationLog

from . import facts, worlds
from .forms import YesForm, version_in

_S = BroadcastStatus
Words = str | Promise
Act = Callable[[Any, Broadcast, str, int], Any]


class ReasonForm(forms.Form):
    """Why; it goes on record."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("It stays on record."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def return_to_author(request: Any, uid: Any) -> HttpResponse:
    """What has to change; its author is told at once."""

    def act(request: Any, broadcast: Broadcast, why: str, version: int) -> None:
        broadcasts.return_to_author(
            broadcast, by=request.user, reason=why, version=version
        )

    return _put(
        request,
        uid,
        act,
        title=_("Return it to its author?"),
        question=_("It is a draft again, and its author is told at once what you say."),
        verb=_("Return it"),
        done=_("Returned."),
        at=(_S.SUBMITTED,),
    )


def reject(request: Any, uid: Any) -> HttpResponse:
    """Put away for good; nobody had it."""

    def act(request: Any, broadcast: Broadcast, why: str, version: int) -> None:
        broadcasts.reject(broadcast, by=request.user, reason=why, version=version)

    return _put(
        request,
        uid,
        act,
        title=_("Reject it?"),
        question=_("It is put away for good. Nobody has had it, and nobody will."),
        verb=_("Reject it"),
        done=_("Rejected."),
        at=(_S.SUBMITTED,),
        serious=True,
    )


def take_back(request: Any, uid: Any) -> HttpResponse:
    """Off the approvers' list, at once."""
    broadcast = worlds.find(request, uid)
    if request.method == "POST":
        version = version_in(request.POST)
        try:
            broadcasts.take_back(broadcast, by=request.user, version=version)
        except TocsinError as refused:
            messages.warning(request, str(refused))
    return worlds.to(request, "show", uid)


def cancel(request: Any, uid: Any) -> HttpResponse:
    """A draft, or one that waits, is not needed after all."""

    def act(request: Any, broadcast: Broadcast, why: str, version: int) -> None:
        broadcasts.cancel(broadcast, by=request.user, reason=why, version=version)

    return _put(
        request,
        uid,
        act,
        title=_("Put it away?"),
        question=_("Nobody has had it, and nobody will."),
        verb=_("Put it away"),
        done=_("Put away."),
        at=(_S.DRAFT, _S.SUBMITTED),
        serious=True,
    )


def break_glass(request: Any, uid: Any) -> HttpResponse:
    """Alone, with a reason, for danger to life."""

    def act(request: Any, broadcast: Broadcast, why: str, version: int) -> None:
        yes: dict[str, Any] = dict(YesForm(request.POST).numbers())
        broadcasts.break_glass(
            broadcast, by=request.user, reason=why, version=version, **yes
        )

    broadcast = worlds.find(request, uid)
    return _put(
        request,
        uid,
        act,
        title=_("Send it alone?"),
        question=_(
            "No approver has answered. It goes out at once; all approvers and platform "
            "admins are told that you sent it alone, and somebody else reviews it."
        ),
        verb=_("Send it now"),
        done=_("It is live."),
        at=(_S.SUBMITTED,),
        serious=True,
        more={
            "yes": True,
            "expected": broadcast.expected_people or 0,
            "typed": broadcast.severity == Severity.EXTREME,
        },
    )


def looked_at(request: Any, uid: Any) -> HttpResponse:
    """Somebody else has reviewed what was sent alone."""

    def act(request: Any, broadcast: Broadcast, why: str, version: int) -> None:
        broadcasts.review(broadcast, by=request.user, note=why, version=version)

    broadcast = worlds.find(request, uid)
    return _put(
        request,
        uid,
        act,
        title=_("Was it right to send it alone?"),
        question=_("Say what you found. It closes the review."),
        verb=_("Close the review"),
        done=_("Reviewed."),
        at=tuple(_S),
        more={
            "facts": [
                Fact(_("Message"), broadcast.title),
                Fact(_("Sent alone by"), str(broadcast.submitted_by or "")),
                Fact(_("Why"), broadcast.break_glass_reason),
            ]
        },
    )


def stop(request: Any, uid: Any) -> HttpResponse:
    """Whoever waits does not get it."""
    broadcasts.require_steering(worlds.find(request, uid), request.user)

    def act(request: Any, broadcast: Broadcast, why: str, version: int) -> None:
        # An old page stops it too: nobody has to read anything first.
        broadcasts.stop(broadcast, by=request.user, reason=why)

    return _put(
        request,
        uid,
        act,
        title=_("Stop sending?"),
        question=_(
            "Whoever still waits does not get it. What has gone cannot be called back: "
            "send “All clear” or “Sent in error” to those who have it."
        ),
        verb=_("Stop sending"),
        done=_("Stopped. Now tell those who have it."),
        at=(_S.LIVE,),
        serious=True,
    )


def follow_up(request: Any, uid: Any, purpose: str) -> HttpResponse:
    """What was prepared, to exactly those who have it or may."""
    if purpose not in FOLLOW_UPS:
        raise Http404
    label = str(Purpose(purpose).label)

    def act(request: Any, broadcast: Broadcast, why: str, version: int) -> None:
        broadcasts.follow_up(broadcast, purpose, by=request.user, version=version)

    broadcast = worlds.find(request, uid)
    broadcasts.require_steering(broadcast, request.user)
    told = [each for each in facts.words_of(broadcast) if each.purpose == purpose]
    to = people(broadcast.cluster, Criteria(reached_of=broadcast.pk)).count()
    return _put(
        request,
        uid,
        act,
        title=label,
        question=_question(broadcast, purpose),
        verb=_("Send “%(what)s” to %(people)s")
        % {"what": label, "people": in_words(to)},
        done=_("“%(what)s” is on its way.") % {"what": label},
        at=(_S.LIVE, _S.STOPPED, _S.ENDED),
        asks_why=False,
        more={"told": told},
    )


def _question(broadcast: Broadcast, purpose: str) -> str:
    said = [_("It goes to everybody who has the alert, or may have it.")]
    waiting = NotificationLog.objects.filter(
        dispatch__broadcast=broadcast, dispatch__purpose=Purpose.ALERT
    ).filter(status__in=WAITING)
    if purpose == Purpose.UPDATE and (late := waiting.count()):
        words = ngettext(
            "%(n)d message of the alert is still on its way: who gets it later gets "
            "this within about a minute after it.",
            "%(n)d messages of the alert are still on their way: who gets one later "
            "gets this within about a minute after it.",
            late,
        )
        said.append(words % {"n": late})
    calls = _calls(broadcast)
    if purpose == Purpose.ALL_CLEAR and calls:
        words = ngettext(
            "%(n)d person needs help still: see the muster.",
            "%(n)d people need help still: see the muster.",
            calls,
        )
        said.append(words % {"n": calls})
    return " ".join(said)


def _calls(broadcast: Broadcast) -> int:
    """Who needs help still: in this, and in what it says more about."""
    calls = answers_of(broadcast)[AnswerState.HELP]
    return calls + (_calls(broadcast.parent) if broadcast.parent else 0)


def _put(
    request: Any,
    uid: Any,
    act: Act,
    *,
    title: Words,
    question: Words,
    verb: Words,
    done: Words,
    at: Collection[str],
    serious: bool = False,
    asks_why: bool = True,
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """GET asks; POST does it, or says why not and who was faster."""
    broadcast = worlds.find(request, uid)
    if request.method != "POST" and broadcast.status not in at:
        sentence = _("This is “%(status)s” by now: see below who did what.")
        status = broadcast.get_status_display()
        messages.warning(request, sentence % {"status": status})
        return worlds.to(request, "show", uid)
    form = ReasonForm(request.POST or None) if asks_why else None
    problem = ""
    if request.method == "POST" and form is not None and not form.is_valid():
        problem = _("Nothing was done: see below.")
    elif request.method == "POST":
        why = form.cleaned_data["reason"] if form else ""
        try:
            act(request, broadcast, why, version_in(request.POST))
        except MoveRefused as refused:
            messages.warning(request, str(refused))
            return worlds.to(request, "show", uid)
        except TocsinError as refused:
            problem = str(refused)
        else:
            messages.success(request, str(done))
            return worlds.to(request, "show", uid)
    context = {
        "page_title": title,
        "broadcast": broadcast,
        "question": question,
        "facts": [Fact(_("Message"), broadcast.title)],
        "submit_label": verb,
        "form": form,
        "serious": serious,
        "problem": problem,
        "back_url": worlds.url(request, "show", uid),
    }
    return worlds.render(
        request, "ask.html", context | (more or {}), status=409 if problem else 200
    )
