"""A broadcast as facts, words and numbers, for the pages on which somebody decides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from console.announcements.audience import language_name
from console.announcements.wording import WHY, people
from console.components import Fact
from console.messages.frames import framed
from console.templatetags.console_components import local_time, thousands
from notifications.actions import broadcasts
from notifications.actions.broadcasts import Coverage
from notifications.alerting import Purpose
from notifications.audience import Criteria, describe
from notifications.composing import Compiled
from notifications.composing.emergencies import ANSWER_GAP, ANSWER_LINK
from notifications.composing.linting import Finding, Weight
from notifications.composing.sms import Measure, measure
from notifications.events import ChannelKind
from notifications.exporting.words import duration
from notifications.lifecycle import BroadcastStatus, SkipReason
from notifications.links import answer_url, dead_answer_url, sign_answer
from notifications.models import Broadcast, ChannelMode

#: The key of an entry in a log of many years.
LONG = 10**8
#: Messages a second that even a slow provider takes: to say how long it will take.
SLOW = 50


@dataclass(frozen=True, slots=True)
class Said:
    """One message as it will arrive: the words on a channel in a language."""

    channel: str
    language: str
    subject: str
    text: str
    html: str
    measure: Measure | None

    @property
    def label(self) -> str:
        return f"{ChannelKind(self.channel).label}, {language_name(self.language)}"


@dataclass(frozen=True, slots=True)
class Told:
    """What one message of a broadcast says, everywhere."""

    purpose: str
    messages: tuple[Said, ...]

    @property
    def label(self) -> str:
        return str(Purpose(self.purpose).label)


def words_of(broadcast: Broadcast) -> list[Told]:
    """The alert and what is prepared to follow it, exactly as people would read it."""
    return [
        Told(purpose, tuple(_said(letters)))
        for purpose, letters in broadcasts.prepared(broadcast)
    ]


def _said(letters: Iterable[tuple[str, str, Compiled]]) -> Iterator[Said]:
    for channel, language, letter in letters:
        text = ANSWER_GAP.sub(dead_answer_url(), letter.text)
        # As long as a real one: the dots of a dead one would make it dear.
        real = letter.text.replace(ANSWER_LINK, answer_url(sign_answer(LONG)))
        size = measure(real) if channel == ChannelKind.SMS else None
        html = ANSWER_GAP.sub("#", letter.html)
        yield Said(
            channel, language, letter.subject, text, framed(html) if html else "", size
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What the linter found, with where; ``error`` stops it."""

    sentence: str
    where: str
    error: bool


def findings_of(broadcast: Broadcast) -> list[Found]:
    """Everything about the words, the errors first."""
    return [
        Found(each.sentence, _where(each), each.weight is Weight.ERROR)
        for each in broadcasts.findings(broadcast)
    ]


def _where(finding: Finding) -> str:
    parts = []
    if finding.purpose:
        parts.append(str(Purpose(finding.purpose).label))
    if finding.language:
        parts.append(language_name(finding.language))
    return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Missed:
    """How many a channel does not reach, and why."""

    channel: str
    label: str
    why: str
    count: int


def missed(broadcast: Broadcast, reached: Coverage) -> list[Missed]:
    """Channel by channel, who will not be reached on it."""
    return [
        Missed(
            str(ChannelKind(channel).label),
            str(SkipReason(why).label),
            str(NO_NUMBER if (channel, why) == _NO_PHONE else WHY[why]),
            count,
        )
        for channel, reach in reached.channels.items()
        for why, count in reach.reasons.items()
    ]


_NO_PHONE = (ChannelKind.SMS, SkipReason.NO_ADDRESS)
NO_NUMBER = "No phone number is known. Add one on the person’s page."


def of(broadcast: Broadcast, reached: Coverage | None = None) -> list[Fact]:
    """What it is, where, how bad, how long, by which ways."""
    criteria = Criteria.from_json(broadcast.audience)
    told = [
        Fact(_("Where"), "; ".join(describe(broadcast.cluster, criteria))),
        Fact(_("Severity"), broadcast.get_severity_display()),
        Fact(_("Urgency"), broadcast.get_urgency_display()),
        Fact(_("Certainty"), broadcast.get_certainty_display()),
        Fact(_("Channels"), broadcasts.ways_of(broadcast)),
        _end(broadcast),
    ]
    if reached is not None:
        told.insert(1, Fact(_("Reaches"), people(reached.will), hint=_not(reached)))
        told.append(Fact(_("Last one has it"), how_long(broadcast, reached)))
    return told


def how_long(broadcast: Broadcast, reached: Coverage) -> str:
    """About when the last message will have left, at a slow provider's pace."""
    per_person = len(broadcast.channels)
    if broadcast.channel_mode == ChannelMode.FIRST:
        per_person = 1
    minutes = -(-reached.will * per_person // (SLOW * 60))
    if minutes <= 1:
        return _("within a minute")
    return ngettext("after %(n)d minute", "after %(n)d minutes", minutes) % {
        "n": minutes
    }


def _not(reached: Coverage) -> str:
    if not reached.will_not:
        return ""
    return _("%(n)s cannot be reached") % {"n": thousands(reached.will_not)}


def _end(broadcast: Broadcast) -> Fact:
    if broadcast.ended_at is not None:
        return Fact(_("Ended"), local_time(broadcast.ended_at))
    return Fact(_("Ends"), _ends(broadcast))


def _ends(broadcast: Broadcast) -> Any:
    if broadcast.expires_at is not None:
        return local_time(broadcast.expires_at)
    hours, minutes = divmod(broadcast.minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours})
    if minutes:
        each = ngettext("%(n)d minute", "%(n)d minutes", minutes)
        parts.append(each % {"n": minutes})
    return capfirst(_("%(time)s after it is sent") % {"time": " ".join(parts)})


@dataclass(frozen=True, slots=True)
class Later:
    """A step of the ladder, in words."""

    at_minute: int
    ways: str
    who: str
    people: int


def rungs_of(broadcast: Broadcast) -> list[Later]:
    """Who would get what when, if nobody answered."""
    if not broadcast.wants_answers:
        return []
    return [
        Later(
            rung.at_minute,
            _(" and ").join(str(ChannelKind(each).label) for each in rung.channels),
            rung.who,
            rung.people,
        )
        for rung in broadcasts.simulate(broadcast)
    ]


def speed_of(broadcast: Broadcast) -> list[Fact]:
    """How fast it was, in minutes and seconds."""
    if broadcast.live_at is None:
        return []
    found = broadcasts.measures_of(broadcast)
    told = [
        Fact(_("Until approved"), duration(found.to_approve)),
        Fact(_("Until the first had it"), duration(found.to_first)),
        Fact(_("Until nine of ten had it"), duration(found.to_most)),
    ]
    if broadcast.wants_answers:
        half = duration(found.to_half_answered)
        count = people(found.answered)
        told.append(Fact(_("Until half of the answers"), half, hint=count))
    return told


def clashes(broadcast: Broadcast) -> list[Broadcast]:
    """Others that people have in hand at this moment, or soon will."""
    status = BroadcastStatus
    others = Broadcast.objects.filter(
        is_drill=broadcast.is_drill,
        status__in=(status.LIVE, status.STOPPED, status.SUBMITTED),
    )
    return list(others.exclude(pk=broadcast.pk).exclude(pk=broadcast.parent_id or 0))
