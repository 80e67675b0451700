"""What was said, whom it reached and what they answered, as parts of the report."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from notifications.alerting import AnswerState, Purpose
from notifications.events import ChannelKind
from notifications.exporting import words
from notifications.exporting.parts import Part
from notifications.languages import language_name
from notifications.links import dead_answer_url
from notifications.models import Broadcast, Dispatch, DispatchContent

from . import figures
from .measuring import measures_of

#: The personal link, still open in what was pinned for everybody.
LINK = re.compile(r"\{\{\s*answer_url[^}]*\}\}")


def messages(said: Sequence[Dispatch]) -> Part:
    """Each message of it: who let it out, and when it went."""
    return Part(
        _("Messages"),
        tuple(
            (
                str(Purpose(each.purpose).label),
                str(each.created_by or _("Tocsin")),
                each.created_at,
                each.started_at,
                each.finished_at,
                each.get_status_display(),
            )
            for each in said
        ),
        (
            _("Message"),
            _("Sent by"),
            _("Released"),
            _("First one sent"),
            _("Finished"),
            _("State"),
        ),
        "" if said else _("It reached nobody: it was never sent."),
    )


def speed(broadcast: Broadcast) -> Iterator[Part]:
    """How long it took, to compare it with others; nothing of what never went."""
    if broadcast.live_at is None:
        return
    found = measures_of(broadcast)
    told = [
        (_("Until approved"), found.to_approve),
        (_("Until the first had it"), found.to_first),
        (_("Until nine of ten had it"), found.to_most),
    ]
    if broadcast.wants_answers:
        told.append((_("Until half of the answers"), found.to_half_answered))
    rows = tuple((label, words.duration(took)) for label, took in told)
    yield Part(_("How fast it was"), rows)


def texts(said: Sequence[Dispatch]) -> Iterator[Part]:
    """Every text as it was frozen when it was sent."""
    pinned = DispatchContent.objects.filter(dispatch__in=said)
    rows = []
    for each in pinned.select_related("content", "dispatch").order_by("id"):
        purpose = Purpose(each.dispatch.purpose).label
        channel = ChannelKind(each.channel).label
        text = LINK.sub(dead_answer_url(), each.content.text)
        if each.content.subject:
            text = f"{each.content.subject}\n\n{text}"
        rows.append((f"{purpose}, {channel}, {language_name(each.language)}", text))
    if rows:
        yield Part(_("Texts as they were sent"), tuple(rows))


def delivery(said: Sequence[Dispatch]) -> Part:
    """How many entries stand where, and why."""
    return Part(
        _("Delivery"),
        tuple(figures.delivery_of(said)),
        (_("Message"), _("Channel"), _("State"), _("Reason"), _("Number")),
    )


def zones(broadcast: Broadcast, said: Sequence[Dispatch]) -> Part:
    """Who lives there, has it, and has answered what."""
    counted = [
        (each.zone, each.people, each.reached, each.safe, each.help, each.silent)
        for each in figures.zones_of(broadcast, said)
    ]
    return Part(
        _("By zone, as people live now"),
        tuple((zone, *map(str, numbers)) for zone, *numbers in counted),
        (
            _("Zone"),
            _("People"),
            _("Have it"),
            _("Safe"),
            _("Needs help"),
            _("No answer"),
        ),
    )


def answers(broadcast: Broadcast) -> Part:
    """How many said what."""
    counted = figures.answers_of(broadcast)
    rows = [(str(each.label), str(counted[each])) for each in AnswerState]
    asked = broadcast.wants_answers
    return Part(_("Answers"), tuple(rows), (), "" if asked else _("Nobody was asked."))


def missed(said: Sequence[Dispatch]) -> Part:
    """Whom it reached on no channel, by name."""
    shown, count = figures.missed_of(said)
    return Part(
        _("Not reached"),
        tuple((each.name, each.unit, each.zone, each.why) for each in shown),
        (_("Name"), _("Unit"), _("Zone"), _("Reason")),
        _more(len(shown), count),
    )


def in_need(broadcast: Broadcast) -> Part:
    """Who asked for help, by name."""
    shown, count = figures.in_need(broadcast)
    return Part(
        _("Said that they need help"),
        tuple(shown),
        (_("Name"), _("Unit"), _("Zone")),
        _more(len(shown), count),
    )


def _more(shown: int, count: int) -> str:
    if not count:
        return _("Nobody.")
    if count == shown:
        return ""
    return _(
        "The first %(most)d of %(count)d. The CSV and the XLSX name everybody."
    ) % {"most": figures.MOST, "count": count}
