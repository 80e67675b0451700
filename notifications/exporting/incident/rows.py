"""The incident report person by person: every entry, and what was answered."""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.alerting import AnswerState, Purpose
from notifications.errors import TocsinError
from notifications.exporting.resources import EntryResource, column, time_of
from notifications.models import Answer, Broadcast, Export, NotificationLog


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
    rows = Broadcast.objects.select_related(
        "cluster",
        "scenario",
        "created_by",
        "last_edited_by",
        "submitted_by",
        "approved_by",
        "reviewed_by",
    )
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
