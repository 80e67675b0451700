"""One entry of the log: what became of it, why, and what was said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from console.components import LOOKS, Fact, Step
from console.delivery.listing import day_and_time
from console.delivery.mailbox import mail_of_entry
from console.frames import framed
from notifications.actions import explain
from notifications.exporting import words
from notifications.lifecycle import EntryStatus
from notifications.models import NotificationLog


def entry(request: Any, pk: int) -> HttpResponse:
    """The page of an entry."""
    found = _entry(pk)
    return render(
        request,
        "console/delivery/entry.html",
        {
            "page_title": words.name_of(found.addressee),
            "header_icon": "list-ul",
            "breadcrumbs_items": [
                {"url": reverse("delivery:log"), "label": _("Log")},
            ],
            "entry": found,
            "sentence": explain.sentence(found),
            "why": explain.why(found),
            "letter": explain.letter(found),
            "steps": _steps(found),
            "facts": list(_facts(found)),
            "answers": _answers(found),
            "history": found.history.order_by("-history_id"),
            "mail": mail_of_entry(request.cluster, found),
            "view": "text" if request.GET.get("view") == "text" else "html",
        },
    )


def entry_html(request: Any, pk: int) -> HttpResponse:
    """The message of an entry, for the frame in its page."""
    return framed(explain.letter(_entry(pk)).html)


def _entry(pk: int) -> NotificationLog:
    related = (
        "cluster",
        "dispatch__created_by",
        "dispatch__cluster",
        "addressee",
        "recipient__zone",
        "content",
        "batch",
    )
    found: NotificationLog = get_object_or_404(
        NotificationLog.objects.select_related(*related), pk=pk
    )
    return found


def _steps(found: NotificationLog) -> list[Step]:
    looks = LOOKS[EntryStatus]
    return [
        Step(
            when=step.when,
            who=step.who,
            what=step.what,
            why=step.why,
            machine=step.machine,
            tone=looks[EntryStatus(step.status)].tone if step.status else "idle",
        )
        for step in explain.timeline(found)
    ]


def _facts(found: NotificationLog) -> Iterator[Fact]:
    yield Fact(_("Message"), found.dispatch.title)
    yield Fact(_("Kind"), words.event_words(found.dispatch.event))
    yield Fact(_("Channel"), found.get_channel_display())
    yield Fact(_("Address"), found.addressee.address or "–")
    if found.addressee.unit:
        yield Fact(_("Unit"), found.addressee.unit)
    yield Fact(_("Tries"), found.attempts)
    for label, moment in (
        (_("Planned"), found.planned_at),
        (_("Last try"), found.sending_at),
        (_("Sent"), found.sent_at),
        (_("Delivered"), found.delivered_at),
        (_("Opened"), found.opened_at),
        (_("Bounced"), found.bounced_at),
        (_("Settled"), found.settled_at),
    ):
        if moment:
            yield Fact(label, day_and_time(moment))
    if found.provider:
        yield Fact(_("Provider"), found.provider)
    if found.provider_id:
        yield Fact(_("Provider’s id"), found.provider_id)
    if found.batch_id:
        yield Fact(_("Batch"), found.batch_id)
    if found.content and found.content.template_name:
        version = found.content.template_version
        hint = _("version %(number)d") % {"number": version} if version else ""
        yield Fact(_("Template"), found.content.template_name, hint=hint)
    yield Fact(_("Entry"), found.pk)


def _answers(found: NotificationLog) -> list[Any]:
    """History rows that hold what a provider answered."""
    rows = found.history.order_by("history_id")
    return [row for row in rows if row.provider_id or (row.provider and row.detail)]
