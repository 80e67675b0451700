"""What becomes of an announcement that is written: each asked once, then done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages

from notifications.actions import announcements
from notifications.errors import TocsinError
from notifications.models import Announcement

from . import assets, facts, places
from .screen import whole_number
from .wording import ReachCard, people, reach_card

Words = str | Promise


class ReasonForm(forms.Form):
    """Why; it goes on record."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=240,
        required=False,
        help_text=gettext_lazy("It goes on record."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].required = required


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question before a step, and the step. ``verb`` may name ``{people}``."""

    title: Words
    question: Words
    verb: Words
    done: Words
    act: Callable[[Any, Announcement, str], Any]
    reason: bool = False
    reason_required: bool = False
    danger: bool = False


def _put(request: Any, uid: Any, ask: Ask) -> HttpResponse:
    """GET asks; POST does it, or says why not."""
    announcement = get_object_or_404(Announcement, uid=uid)
    form = None
    if ask.reason:
        posted = request.POST if request.method == "POST" else None
        form = ReasonForm(posted, required=ask.reason_required)
    if request.method != "POST" or (form and not form.is_valid()):
        return _ask(request, announcement, ask, form)
    reason = form.cleaned_data["reason"] if form else ""
    try:
        ask.act(request, announcement, reason)
    except TocsinError as refused:
        announcement.refresh_from_db()
        return _ask(request, announcement, ask, form, str(refused))
    messages.success(request, ask.done)
    return redirect("announcements:show", uid)


def _ask(
    request: Any,
    announcement: Announcement,
    ask: Ask,
    form: ReasonForm | None,
    problem: str = "",
) -> HttpResponse:
    card: ReachCard = reach_card(announcement)
    context = {
        "page_title": ask.title,
        "header_icon": "megaphone",
        "breadcrumbs_items": [
            {"url": reverse("announcements:index"), "label": _("Announcements")},
            {
                "url": places.to(request, "announcements:show", announcement.uid),
                "label": str(announcement),
            },
        ],
        "media": assets.plain,
        "announcement": announcement,
        "card": card,
        "question": ask.question,
        "facts": facts.of_stored(announcement, card),
        "submit_label": str(ask.verb).format(people=people(card.will)),
        "back_url": places.to(request, "announcements:show", announcement.uid),
        "form": form,
        "danger": ask.danger,
        "problem": problem,
    }
    return render(
        request,
        "console/announcements/ask.html",
        context,
        status=409 if problem else 200,
    )


def copy(request: Any, uid: Any) -> HttpResponse:
    """A new draft with the same words and audience, at once."""
    announcement = get_object_or_404(Announcement, uid=uid)
    if request.method != "POST":
        return redirect("announcements:show", uid)
    made = announcements.copy(announcement, by=request.user)
    messages.success(request, _("This is the copy: a draft that only staff see."))
    return redirect("announcements:edit", made.uid)


def unschedule(request: Any, uid: Any) -> HttpResponse:
    """Back to a draft; its time stays on the screen, to be changed."""
    announcement = get_object_or_404(Announcement, uid=uid)
    query = _time_of(announcement)
    answer = _put(request, uid, UNSCHEDULE)
    if request.method == "POST" and answer.status_code == 302:
        answer["Location"] = places.to(request, "announcements:edit", uid, **query)
    return answer


def _time_of(announcement: Announcement) -> dict[str, str]:
    wall = announcement.send_at_wall
    if wall is None:
        return {}
    return {"when": "at", "send_at": wall.strftime("%Y-%m-%dT%H:%M")}


def cancel(request: Any, uid: Any) -> HttpResponse:
    return _put(request, uid, CANCEL)


def release(request: Any, uid: Any) -> HttpResponse:
    return _put(request, uid, RELEASE)


def take_off(request: Any, uid: Any) -> HttpResponse:
    return _put(request, uid, TAKE_OFF)


def approve(request: Any, uid: Any) -> HttpResponse:
    return _put(request, uid, APPROVE)


def return_to_author(request: Any, uid: Any) -> HttpResponse:
    return _put(request, uid, RETURN)


def _approve(request: Any, announcement: Announcement, reason: str) -> None:
    announcements.approve(
        announcement,
        by=request.user,
        version=whole_number(request.POST, "version"),
        expected_people=whole_number(request.POST, "expected_people"),
    )


def _unschedule(request: Any, announcement: Announcement, reason: str) -> None:
    announcements.unschedule(announcement, by=request.user)


def _cancel(request: Any, announcement: Announcement, reason: str) -> None:
    announcements.cancel(announcement, by=request.user, reason=reason)


def _release(request: Any, announcement: Announcement, reason: str) -> None:
    announcements.release_held(
        announcement,
        by=request.user,
        version=whole_number(request.POST, "version"),
        expected_people=whole_number(request.POST, "expected_people"),
    )


def _take_off(request: Any, announcement: Announcement, reason: str) -> None:
    announcements.take_off_page(announcement, by=request.user, reason=reason)


def _return(request: Any, announcement: Announcement, reason: str) -> None:
    announcements.return_to_author(announcement, by=request.user, reason=reason)


UNSCHEDULE = Ask(
    title=gettext_lazy("Change it?"),
    question=gettext_lazy(
        "It becomes a draft again and does not go out until somebody sends or "
        "schedules it anew."
    ),
    verb=gettext_lazy("Take it back and change it"),
    done=gettext_lazy("It is a draft again. It will not go out by itself."),
    act=_unschedule,
)
CANCEL = Ask(
    title=gettext_lazy("Cancel this announcement?"),
    question=gettext_lazy(
        "It is put away for good and reaches nobody. You can still copy it."
    ),
    verb=gettext_lazy("Cancel the announcement"),
    done=gettext_lazy("Cancelled. Nobody was written to."),
    act=_cancel,
    reason=True,
    danger=True,
)
RELEASE = Ask(
    title=gettext_lazy("Release it now?"),
    question=gettext_lazy(
        "It was held so that somebody looks at it. It goes out as soon as you "
        "release it."
    ),
    verb=gettext_lazy("Release to {people}"),
    done=gettext_lazy("Released: it is on its way."),
    act=_release,
)
TAKE_OFF = Ask(
    title=gettext_lazy("Take it off the notice page?"),
    question=gettext_lazy(
        "Nobody reads it there any more, some seconds from now. Whoever was written to "
        "keeps what they have."
    ),
    verb=gettext_lazy("Take it off the page"),
    done=gettext_lazy("It is off the notice page."),
    act=_take_off,
    reason=True,
)
APPROVE = Ask(
    title=gettext_lazy("Approve it?"),
    question=gettext_lazy(
        "You say that these words may go to these people. Any change afterwards "
        "needs a new approval."
    ),
    verb=gettext_lazy("Approve for {people}"),
    done=gettext_lazy("Approved."),
    act=_approve,
)
RETURN = Ask(
    title=gettext_lazy("Return it to its author?"),
    question=gettext_lazy("It becomes a draft again. Say what has to change."),
    verb=gettext_lazy("Return it"),
    done=gettext_lazy("Returned. Its author sees your reason."),
    act=_return,
    reason=True,
    reason_required=True,
)
