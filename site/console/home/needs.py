"""What waits for the person who looks, in sentences with a way in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console import areas
from console.announcements import places
from console.templatetags.console_components import thousands
from notifications.lifecycle import (
    AnnouncementStatus,
    DispatchStatus,
    EntryStatus,
    ImportStatus,
)
from notifications.models import (
    Announcement,
    Dispatch,
    RecipientImport,
    Role,
    WorkerBeat,
)
from notifications.models.tallying import Tally, tallies

from .alarms import alarms_of
from .need import MOST, Need

#: How long failures stay on the home page.
RECENT = timedelta(days=7)
#: Messages of late that are asked whether they failed for anybody.
LOOKED_AT = 100
#: After so long without a sign of life, no worker is running.
SILENCE = timedelta(minutes=2)

_A, _E, _I = AnnouncementStatus, EntryStatus, ImportStatus


def needs_of(request: Any, known: Mapping[int, Tally]) -> list[Need]:
    """Everything that waits for this person, the most pressing first.

    ``known`` are the tallies of what is under way.
    """
    found = [*alarms_of(request), *_paused(request), *_held(request)]
    found += _to_approve(request)
    found += _failed(request, known)
    return [*found, *_imports(request), *_drafts(request)]


def silent_since() -> Any:
    """When a worker last gave a sign of life, if that is too long ago.

    False while a worker is running, None when none has ever run.
    """
    beat = WorkerBeat.objects.order_by("-beat_at").first()
    if beat is None:
        return None
    return beat.beat_at if timezone.now() - beat.beat_at > SILENCE else False


def _paused(request: Any) -> Iterator[Need]:
    if not areas.may(request, "announcements:resume", "POST"):
        return
    paused = Dispatch.objects.filter(status=DispatchStatus.PAUSED, is_test=False)
    for each in paused.order_by("lane", "id")[:MOST]:
        yield Need(
            _("“%s” is paused") % each,
            each.paused_reason or _("Nobody is written to until somebody resumes it."),
            places.to(request, "announcements:live", each.uid),
            _("Decide"),
            "pause",
        )


def _held(request: Any) -> Iterator[Need]:
    if not areas.may(request, "announcements:release", "POST"):
        return
    for each in Announcement.objects.filter(status=_A.HELD).order_by("send_at")[:MOST]:
        yield Need(
            _("“%s” is held") % each,
            each.held_reason or _("It is late, and waits for somebody to decide."),
            places.to(request, "announcements:show", each.uid),
            _("Decide"),
            "pause",
        )


def _to_approve(request: Any) -> Iterator[Need]:
    if not areas.may(request, "announcements:approve", "POST"):
        return
    waiting = Announcement.objects.filter(status=_A.SUBMITTED)
    # A second person: neither who submitted it nor who wrote in it last.
    others = waiting.exclude(submitted_by=request.user).exclude(
        last_edited_by=request.user
    )
    for each in others.select_related("submitted_by").order_by("updated_at")[:MOST]:
        yield Need(
            _("“%s” waits for approval") % each,
            _("Submitted by %s.") % each.submitted_by,
            places.to(request, "announcements:show", each.uid),
            _("Look at it"),
            "view",
        )


def _failed(request: Any, known: Mapping[int, Tally]) -> Iterator[Need]:
    for dispatch, status, n in islice(_troubled(known), 2 * MOST):
        unknown = status == _E.UNKNOWN
        yield Need(
            _unknown_words(n) % (dispatch, thousands(n))
            if unknown
            else _failed_words(n) % (dispatch, thousands(n)),
            _("The connection broke before the answer came.")
            if unknown
            else _("Each entry of the log says why."),
            places.to(request, "delivery:unknown", dispatch=dispatch.pk)
            if unknown
            else places.to(request, "announcements:live", dispatch.uid),
            _("Send again, or close") if unknown else _("Look at it"),
            "help" if unknown else "warning",
            "wait" if unknown else "bad",
        )


def _troubled(
    known: Mapping[int, Tally],
) -> Iterator[tuple[Dispatch, str, int]]:
    """What went out of late and failed for some, the newest first."""
    lately = Q(finished_at=None) | Q(finished_at__gte=timezone.now() - RECENT)
    found = Dispatch.objects.filter(lately, is_test=False, follow_ups=None)
    recent = list(found.order_by("-id")[:LOOKED_AT])
    counted = tallies(recent, known)
    for dispatch in recent:
        statuses = counted[dispatch.pk].statuses
        for status in (_E.UNKNOWN, _E.FAILED):
            if number := statuses.get(status, 0):
                yield dispatch, status, number


def _unknown_words(n: int) -> str:
    return ngettext(
        "“%s”: nobody knows whether %s person has it",
        "“%s”: nobody knows whether %s people have it",
        n,
    )


def _failed_words(n: int) -> str:
    return ngettext("“%s” failed for %s person", "“%s” failed for %s people", n)


def _imports(request: Any) -> Iterator[Need]:
    if request.role is not Role.MANAGER:
        return
    words = {
        _I.UPLOADED: _("Its columns wait to be matched."),
        _I.MAPPED: _("It waits for a rehearsal: nothing is written yet."),
        _I.REHEARSED: _("It was rehearsed and waits for you to import it."),
        _I.FAILED: _("It broke off."),
    }
    jobs = RecipientImport.objects.filter(
        status__in=words, created_at__gte=timezone.now() - RECENT
    )
    for job in jobs.order_by("-id")[:MOST]:
        failed = job.status == _I.FAILED
        yield Need(
            _("The import of %s") % job.filename,
            job.error if failed and job.error else words[ImportStatus(job.status)],
            places.to(request, "imports:show", job.uid)
            or places.to(request, "imports:index"),
            _("Look at it") if failed else _("Go on"),
            "warning" if failed else "upload",
            "bad" if failed else "wait",
        )


def _drafts(request: Any) -> Iterator[Need]:
    if not areas.may(request, "announcements:edit", "POST"):
        return
    mine = Announcement.objects.filter(status=_A.DRAFT, last_edited_by=request.user)
    for each in mine.order_by("-updated_at")[:3]:
        yield Need(
            _("Your draft “%s”") % each,
            _("Nobody has been sent anything yet."),
            places.to(request, "announcements:edit", each.uid),
            _("Write on"),
            "draft",
            "idle",
        )
