"""What will happen and to how many, in words: for the sticky bar and its button."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from console.templatetags.console_components import thousands
from notifications.actions import announcements
from notifications.actions.announcements.looking import event_of, letter
from notifications.audience import Criteria, Reach, describe, reach_list
from notifications.composing import InvalidTemplate
from notifications.dispatching import is_identical
from notifications.events import ChannelKind
from notifications.lifecycle import AnnouncementStatus, SkipReason
from notifications.models import Announcement, Cluster, Recipient

from . import lacks
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
}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why some do not get it; ``url`` lists exactly those."""

    verdict: str
    label: str | Promise
    why: str | Promise
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class ReachCard:
    """Who will get it and who will not, each number with its list."""

    people: int
    will: int
    will_not: int
    will_url: str
    reasons: tuple[Reason, ...]
    audience: tuple[str, ...]
    chosen: bool
    lacks: tuple[lacks.Warned, ...] = ()


def reach_card(announcement: Announcement) -> ReachCard:
    """Count an announcement's reach, stored or not, and say it."""
    criteria = Criteria.from_json(announcement.audience)
    reached: Reach = announcements.reach_of(announcement)
    identical = "1" if is_the_same_for_all(announcement) else ""
    query = query_of(criteria)
    query |= {"event": event_of(announcement).name, "identical": identical}
    return ReachCard(
        people=reached.people,
        will=reached.will,
        will_not=reached.will_not,
        will_url=_list_url(query, ""),
        reasons=tuple(
            Reason(why, why.label, WHY[why], count, _list_url(query, why))
            for why, count in reached.reasons.items()
        ),
        audience=tuple(describe(announcement.cluster, criteria)),
        chosen=not criteria.is_empty,
        lacks=tuple(
            lacks.Warned(
                lack.gap.name,
                lack.count,
                _list_url(query | lacks.query_of(lack.gap), ""),
            )
            for lack in announcements.lacks_of(announcement)
        ),
    )


def is_the_same_for_all(announcement: Announcement) -> bool:
    """Whether nothing in the words differs from person to person."""
    try:
        return is_identical(letter(announcement))
    except InvalidTemplate:
        return False


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
    at_a_time: bool = False,
) -> Intent:
    """What would happen, to how many and ``when``, in words: now, or at a time."""
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
    sentence = " ".join([sentence, *(lack.sentence for lack in card.lacks)])
    return Intent(label, sentence)


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
    found = reach_list(
        announcement.cluster,
        Criteria.from_json(announcement.audience),
        event_of(announcement),
        ChannelKind.EMAIL,
    )
    first: Recipient | None = found.first()
    return first
