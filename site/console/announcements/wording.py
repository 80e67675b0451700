"""What will happen and to how many, in words: for the sticky bar and its button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from console.messages.ways import in_words
from console.templatetags.console_components import thousands
from notifications.actions import announcements
from notifications.actions.announcements.looking import event_of
from notifications.actions.announcements.walltime import shown, wall_of
from notifications.audience import Criteria, Reach, covered, describe
from notifications.events import ChannelKind
from notifications.lifecycle import AnnouncementStatus, SkipReason
from notifications.models import Announcement, Cluster, Recipient
from notifications.quiet import WAITING_LANES

from . import asking, lacks
from .audience import query_of

#: Why somebody gets nothing, and the way out where there is one.
WHY: Mapping[str, str | Promise] = {
    SkipReason.OPTED_OUT: gettext_lazy("They asked not to get this kind of message."),
    SkipReason.NO_ADDRESS: gettext_lazy(
        "No email address is known. Add one on the person’s page."
    ),
    SkipReason.SUPPRESSED: gettext_lazy(
        "Mail to this address came back, or was reported as spam. Ask for another."
    ),
    SkipReason.DUPLICATE: gettext_lazy(
        "Somebody else at the same address gets these very words."
    ),
    SkipReason.NOT_WANTED: gettext_lazy("They asked for another channel."),
    SkipReason.LEFT: gettext_lazy("They left before it went out."),
    SkipReason.ANSWERED: gettext_lazy("They had answered before it went out."),
}
#: The same where it is otherwise for a text message.
WHY_NO_TEXT: Mapping[str, str | Promise] = {
    SkipReason.NO_ADDRESS: gettext_lazy(
        "No phone number is known. Add one on the person’s page."
    ),
    SkipReason.SUPPRESSED: gettext_lazy(
        "The network refuses this number. Ask for another."
    ),
    SkipReason.DUPLICATE: gettext_lazy(
        "Somebody else with the same number gets these very words."
    ),
}


def why_of(reason: str, channel: str) -> str | Promise:
    """Why somebody gets nothing on a channel."""
    if channel == ChannelKind.SMS and reason in WHY_NO_TEXT:
        return WHY_NO_TEXT[reason]
    return WHY[reason]


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why some do not get it; ``url`` lists exactly those."""

    verdict: str
    label: str | Promise
    why: str | Promise
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class ReachOn:
    """Who will get it on one channel, and who will not."""

    channel: str
    label: str
    will: int
    will_not: int
    will_url: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class ReachCard:
    """Who will get it and who will not, each number with its list.

    ``how`` says how the channels are used; ``findings`` what is weak in the words.
    """

    people: int
    will: int
    will_not: int
    will_url: str
    how: str
    channels: tuple[ReachOn, ...]
    audience: tuple[str, ...]
    chosen: bool
    lacks: tuple[lacks.Warned, ...] = ()
    findings: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Those of every channel."""
        return tuple(reason for each in self.channels for reason in each.reasons)


def reach_card(announcement: Announcement) -> ReachCard:
    """Count an announcement's reach, stored or not, and say it."""
    criteria = Criteria.from_json(announcement.audience)
    ways = announcements.ways_of(announcement)
    reached = announcements.reach_of(announcement, ways)
    several = len(ways.channels) > 1
    query = query_of(criteria) | asking.query_of(ways)
    query |= {"event": event_of(announcement).name}
    return ReachCard(
        people=reached.people,
        will=reached.will,
        will_not=reached.will_not,
        will_url=_list_url(query, ""),
        how=in_words(ways.channels, announcement.channel_mode),
        channels=tuple(
            _on(channel, each, query) for channel, each in reached.channels.items()
        ),
        audience=tuple(describe(announcement.cluster, criteria)),
        chosen=not criteria.is_empty,
        lacks=tuple(
            lacks.Warned(
                lack.gap.name,
                lack.count,
                _list_url(query | lacks.query_of(lack), ""),
                str(ChannelKind(lack.channel).label) if several else "",
            )
            for lack in announcements.lacks_of(announcement, ways)
        ),
        findings=tuple(each.sentence for each in announcements.findings(announcement)),
    )


def _on(channel: str, reached: Reach, query: dict[str, Any]) -> ReachOn:
    here = query | {"channel": channel}
    return ReachOn(
        channel=channel,
        label=str(ChannelKind(channel).label),
        will=reached.will,
        will_not=reached.will_not,
        will_url=_list_url(here, ""),
        reasons=tuple(
            Reason(why, why.label, why_of(why, channel), count, _list_url(here, why))
            for why, count in reached.reasons.items()
        ),
    )


def _list_url(query: dict[str, Any], verdict: str) -> str:
    parameters = urlencode(query | {"verdict": verdict}, doseq=True)
    return f"{reverse('announcements:reach_list')}?{parameters}"


def people(count: int) -> str:
    """ "1 person", "1 204 people"."""
    words = ngettext("%(n)s person", "%(n)s people", count)
    return words % {"n": thousands(count)}


@dataclass(frozen=True, slots=True)
class Intent:
    """What the primary button says, and the sentence to its left."""

    label: str
    sentence: str


def intent(
    announcement: Announcement,
    card: ReachCard,
    when: str = "",
    *,
    at: datetime | None = None,
    at_a_time: bool = False,
) -> Intent:
    """What would happen, to how many and ``when``, in words: now, or at a time.

    ``at`` is the same as a moment: quiet hours may make it wait.
    """
    cluster = announcement.cluster
    label = _label(cluster, announcement, card.will, at_a_time=at_a_time)
    if not card.chosen:
        return Intent(label, _("Nobody is chosen yet: say under “Who” who gets it."))
    if not card.will:
        return Intent(label, _("Nobody in this audience can get it."))
    sentence = _("To %(people)s, %(when)s: %(audience)s.") % {
        "people": people(card.will),
        "when": when or _("now"),
        "audience": "; ".join(card.audience),
    }
    if card.will_not:
        will_not = ngettext(
            "%(n)s will not get it.", "%(n)s will not get it.", card.will_not
        )
        sentence += " " + will_not % {"n": thousands(card.will_not)}
    waits = [waits_for_quiet(announcement, at)] if at else []
    lacks = (lack.sentence for lack in card.lacks)
    return Intent(label, " ".join(filter(None, [sentence, *waits, *lacks])))


def waits_for_quiet(announcement: Announcement, at: datetime) -> str:
    """A sentence where quiet hours hold it back at that moment, else ""."""
    cluster = announcement.cluster
    hours = cluster.quiet_hours
    if hours is None or event_of(announcement).lane not in WAITING_LANES:
        return ""
    over = hours.over_at(at)
    if over is None:
        return ""
    wall = shown(wall_of(over, cluster.time_zone))
    return _("Quiet hours: it waits until %(at)s.") % {"at": wall}


def _label(
    cluster: Cluster, announcement: Announcement, will: int, *, at_a_time: bool
) -> str:
    approved = announcement.status == AnnouncementStatus.APPROVED
    if cluster.requires_approval and not approved:
        return _("Submit for approval")
    if not will:
        return _("Schedule") if at_a_time else _("Send")
    if at_a_time:
        return _("Schedule for %(people)s") % {"people": people(will)}
    return _("Send to %(people)s") % {"people": people(will)}


def somebody_in(announcement: Announcement) -> Recipient | None:
    """The first who would get it: whose eyes the preview begins with."""
    first: Recipient | None = covered(
        announcement.cluster,
        Criteria.from_json(announcement.audience),
        event_of(announcement),
        announcements.ways_of(announcement),
    ).first()
    return first
