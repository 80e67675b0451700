"""Whether an alert of others matters here, and what a draft of it says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.actions.broadcasts.drafting import Draft, draft_from_scenario
from notifications.alerting import Certainty, Kind, Purpose, Response, Severity, Urgency
from notifications.audience import Criteria
from notifications.composing.emergencies import Words
from notifications.composing.linting import settled
from notifications.composing.page import literal
from notifications.importing.languages import code_of
from notifications.inbound import CapMessage, Part
from notifications.models import AlertFeed
from notifications.models.emergencies import LONGEST, SHORTEST

#: The worst first. What nobody knows may be the worst.
WORST = (
    Severity.UNKNOWN,
    Severity.EXTREME,
    Severity.SEVERE,
    Severity.MODERATE,
    Severity.MINOR,
)
LONGEST_TEXT, LONGEST_HEADLINE, LONGEST_SMS = 2000, 160, 300
KINDS = ("Alert", "Update", "Cancel")


def why_not(feed: AlertFeed, message: CapMessage, now: datetime) -> str:
    """Why nothing is made of it, in a sentence; "" where it matters."""
    if message.status != "Actual":
        return _("It is a test or an exercise of its sender.")
    if message.kind not in KINDS:
        return _("It is an answer between systems, no alert.")
    if message.scope != "Public":
        return _("It is not meant for the public.")
    if message.kind == "Cancel":
        return ""
    if not message.parts:
        return _("It says nothing.")
    parts = [each for each in message.parts if _touches(feed, each)]
    if not parts:
        return _("It is about none of the areas of this feed.")
    parts = [each for each in parts if not _is_over(each, now)]
    if not parts:
        return _("Its time had passed.")
    if all(_rank(each.severity) > _rank(feed.severity_from) for each in parts):
        return _("It is less severe than this feed asks for.")
    return ""


def headline_of(message: CapMessage) -> str:
    """What lists call it."""
    said = (each.headline or each.event for each in message.parts)
    return _cut(next(said, "") or message.name.identifier, LONGEST_HEADLINE)


def draft_from(feed: AlertFeed, message: CapMessage, now: datetime) -> Draft:
    """The scenario of the feed with this alert's words and facts, for the feed's zones.

    Of several parts in a language the worst is said. What the scenario prepared for
    afterwards stays as it is.
    """
    chosen = list(_chosen(feed, message, now))
    worst = chosen[0][1]
    criteria = Criteria.from_json(feed.audience)
    base = draft_from_scenario(feed.scenario, criteria)
    words = {language: _words(part, language) for language, part in chosen}
    return replace(
        base,
        words={**base.words, Purpose.ALERT: words},
        kind=_known(Kind, worst.categories, Kind.OTHER),
        response=_known(Response, worst.responses, base.response),
        severity=_known(Severity, [worst.severity], Severity.UNKNOWN),
        urgency=_known(Urgency, [worst.urgency], Urgency.UNKNOWN),
        certainty=_known(Certainty, [worst.certainty], Certainty.UNKNOWN),
        minutes=_minutes(worst, now, base.minutes),
    )


def _chosen(
    feed: AlertFeed, message: CapMessage, now: datetime
) -> Iterator[tuple[str, Part]]:
    """The worst part that matters in each language; the worst of all comes first."""
    found: dict[str, Part] = {}
    parts = [each for each in message.parts if _touches(feed, each)]
    parts = [each for each in parts if not _is_over(each, now)]
    for each in sorted(parts, key=lambda part: _rank(part.severity)):
        found.setdefault(_language(each, feed.cluster.language), each)
    yield from found.items()


def _touches(feed: AlertFeed, part: Part) -> bool:
    """Whether it names one of the areas: a code as it is, or words within its own."""
    if not feed.areas:
        return True
    codes = {each.casefold() for each in part.codes}
    areas = " / ".join(part.areas).casefold()
    wanted = [each.casefold() for each in feed.areas]
    return any(each in codes or each in areas for each in wanted)


def _is_over(part: Part, now: datetime) -> bool:
    return part.expires is not None and part.expires <= now


def _rank(severity: str) -> int:
    known = list(WORST)
    return known.index(Severity(severity)) if severity in known else 0


def _language(part: Part, otherwise: str) -> str:
    whole = part.language.lower()
    base = whole.partition("-")[0]
    return code_of(base) or code_of(whole) or otherwise


def _words(part: Part, language: str) -> Words:
    """The sender's own words, with where it holds and whose they are."""
    with override(language):
        where = _("Where: %(areas)s") % {"areas": ", ".join(part.areas)}
        source = _("Source: %(sender)s") % {"sender": part.sender_name}
    headline = _plain(part.headline or part.event, LONGEST_HEADLINE)
    more = [part.description]
    more += [where] if part.areas else []
    more += [source] if part.sender_name else []
    do = part.instruction or part.description
    return Words(
        headline=headline,
        description=_plain("\n".join(filter(None, more)), LONGEST_TEXT),
        instruction=_plain(part.instruction, LONGEST_TEXT),
        sms=_plain(" ".join(f"{headline}. {do}".split()), LONGEST_SMS),
    )


def _plain(text: str, most: int) -> str:
    """Braces and brackets of others are no blanks of ours, and nothing is endless."""
    return _cut(settled(literal(text.strip())), most)


def _cut(text: str, most: int) -> str:
    """At most so many signs, ended at a word."""
    if len(text) <= most:
        return text
    head = text[: most - 3]
    return f"{head.rpartition(' ')[0] or head}..."


def _known(choices: Any, given: Mapping[str, Any] | Any, otherwise: str) -> str:
    return next((each for each in given if each in choices.values), otherwise)


def _minutes(part: Part, now: datetime, otherwise: int) -> int:
    """As long as it is in force, within what a broadcast may live."""
    if part.expires is None:
        return otherwise
    left = int((part.expires - now).total_seconds() // 60)
    return min(max(left, SHORTEST), LONGEST)
