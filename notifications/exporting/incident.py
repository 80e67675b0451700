"""The incident report: who decided what when, what was said, and who had it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.alerting import AnswerState, Purpose
from notifications.audience import Criteria, describe
from notifications.errors import TocsinError
from notifications.events import ChannelKind
from notifications.models import (
    Answer,
    Broadcast,
    DispatchContent,
    Export,
    NotificationLog,
)

from . import words
from .resources import EntryResource, column, time_of
from .writers import Row


class IncidentResource(EntryResource):
    """An entry of a broadcast, with what this person answered."""

    message = column(gettext_lazy("Message"))
    answer = column(gettext_lazy("Answer"))
    answered_at = time_of(gettext_lazy("Answered"), "answered_at")

    class Meta:
        export_order = ("message", "name", "unit", "channel", "status", "answer")

    def dehydrate_message(self, entry: NotificationLog) -> str:
        return str(Purpose(entry.dispatch.purpose).label)

    def dehydrate_answer(self, entry: Any) -> str:
        return str(AnswerState(entry.answer).label) if entry.answer else ""


def broadcast_of(export: Export) -> Broadcast:
    """The broadcast that an export is about; raises TocsinError."""
    rows = Broadcast.objects.select_related("cluster", "submitted_by", "approved_by")
    found: Broadcast | None = rows.filter(
        cluster=export.cluster, pk=export.filters.get("broadcast")
    ).first()
    if found is None:
        raise TocsinError(_("This emergency is not in this cluster."))
    return found


def entries_of(export: Export) -> QuerySet[Any]:
    """Every entry of every message of it."""
    broadcast = broadcast_of(export)
    answers = Answer.objects.filter(
        broadcast=broadcast, recipient=OuterRef("recipient")
    )
    rows = NotificationLog.objects.filter(dispatch__broadcast=broadcast)
    told: QuerySet[Any] = rows.select_related("addressee", "dispatch").annotate(
        answer=Subquery(answers.values("state")[:1]),
        answered_at=Subquery(answers.values("answered_at")[:1]),
    )
    return told


def facts_of(export: Export) -> Iterator[Row]:
    """All that is not about one person."""
    broadcast = broadcast_of(export)
    drill = _("Drill") if broadcast.is_drill else _("Emergency")
    yield _("Incident report"), broadcast.title
    yield _("Kind"), drill
    yield _("Cluster"), str(broadcast.cluster)
    yield _("Asked for by"), str(export.requested_by or "")
    yield _("Asked for on"), words.moment(export.requested_at)
    yield _("State"), broadcast.get_status_display()
    yield _("Severity"), broadcast.get_severity_display()
    yield _("Urgency"), broadcast.get_urgency_display()
    yield _("Certainty"), broadcast.get_certainty_display()
    criteria = Criteria.from_json(broadcast.audience)
    yield _("Where"), "; ".join(describe(broadcast.cluster, criteria))
    yield _("Approved for"), str(broadcast.expected_people or "")
    yield _("People when it went"), str(broadcast.live_people or "")
    yield from _when(broadcast)
    yield from _timeline(broadcast)
    yield from _texts(broadcast)
    yield from _answers(broadcast)


def _when(broadcast: Broadcast) -> Iterator[Row]:
    yield _("Submitted"), words.moment(broadcast.submitted_at)
    yield _("Live"), words.moment(broadcast.live_at)
    yield _("Stopped"), words.moment(broadcast.stopped_at)
    yield _("Ended"), words.moment(broadcast.ended_at)
    if broadcast.broke_glass:
        yield _("Sent without approval"), broadcast.break_glass_reason
        yield _("Reviewed"), words.moment(broadcast.reviewed_at)


def _timeline(broadcast: Broadcast) -> Iterator[Row]:
    for row in broadcast.history.order_by("history_id"):
        what = f"{row.actor_label}: {row.history_change_reason}"
        yield words.moment(row.history_date), what


def _texts(broadcast: Broadcast) -> Iterator[Row]:
    """Every text as it was frozen when it was sent."""
    pinned = DispatchContent.objects.filter(dispatch__broadcast=broadcast)
    for each in pinned.select_related("content", "dispatch").order_by("id"):
        purpose = Purpose(each.dispatch.purpose).label
        channel = ChannelKind(each.channel).label
        heading = f"{purpose}, {channel}, {each.language}"
        said = each.content.text
        if each.content.subject:
            said = f"{each.content.subject}\n\n{said}"
        yield heading, said


def _answers(broadcast: Broadcast) -> Iterator[Row]:
    rows = Answer.objects.filter(broadcast=broadcast).order_by().values("state")
    counts = {row["state"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    for state in AnswerState:
        yield str(state.label), str(counts.get(state, 0))
