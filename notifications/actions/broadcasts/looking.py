"""What a broadcast would say, whom it would reach, and what stops it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from hashlib import sha256

from django.utils.translation import gettext as _

from notifications import composing
from notifications.alerting import FOLLOW_UPS, LAST_WORDS, Purpose
from notifications.audience import Coverage, Criteria, Ways, cover, readers
from notifications.audience.languages import language_for
from notifications.composing import Compiled
from notifications.composing.emergencies import (
    UnfilledBlank,
    Words,
    compile_mail,
    compile_text,
    in_language,
)
from notifications.composing.linting import Finding, Weight, lint
from notifications.dispatching.brands import brand_of
from notifications.events import EMERGENCY, EMERGENCY_DRILL, ChannelKind, Event
from notifications.models import Broadcast

from .drafting import read_words

#: What an approver says yes to, beside the audience.
BOUND = (
    "is_drill",
    "kind",
    "response",
    "severity",
    "urgency",
    "certainty",
    "minutes",
    "channels",
    "channel_mode",
    "wants_answers",
    "words",
    "blanks",
    "ladder",
)


def event_of(broadcast: Broadcast) -> Event:
    """An exercise bypasses nothing."""
    return EMERGENCY_DRILL if broadcast.is_drill else EMERGENCY


def binding(broadcast: Broadcast) -> str:
    """The hash of content, channels and audience criteria, as an approver saw them."""
    criteria = Criteria.from_json(broadcast.audience)
    parts = {name: getattr(broadcast, name) for name in BOUND}
    parts |= {"audience": criteria.to_json(), "cluster": broadcast.cluster_id}
    return sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def words_of(broadcast: Broadcast, purpose: str) -> dict[str, Words]:
    """Language → words with the blanks filled; raises UnfilledBlank.

    Whoever has not answered reads the alert again, and so do their contacts.
    """
    if purpose in (Purpose.LADDER, Purpose.CONTACT):
        purpose = Purpose.ALERT
    written = read_words(broadcast.words).get(purpose, {})
    return {
        code: each.filled(in_language(broadcast.blanks, code))
        for code, each in written.items()
    }


def letters_of(
    broadcast: Broadcast, purpose: str, channels: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, Compiled]]:
    """Channel, language and message, in the order of the channels."""
    words = words_of(broadcast, purpose)
    # Whoever is told that it is over need not say that they are safe.
    ask = broadcast.wants_answers and purpose in (
        Purpose.ALERT,
        Purpose.UPDATE,
        Purpose.LADDER,
    )
    for channel in channels or broadcast.channels:
        for language, each in words.items():
            letter = _letter(
                broadcast,
                channel,
                language,
                each,
                answer=ask,
                calm=purpose in LAST_WORDS,
                for_contact=purpose == Purpose.CONTACT,
            )
            yield channel, language, letter


def prepared(
    broadcast: Broadcast,
) -> Iterator[tuple[Purpose, list[tuple[str, str, Compiled]]]]:
    """The letters of the alert and of what is to follow it.

    Without those that cannot be written: the findings say what is missing there.
    """
    for purpose in (Purpose.ALERT, *_to_contacts(broadcast), *FOLLOW_UPS):
        try:
            found = list(letters_of(broadcast, purpose))
        except (UnfilledBlank, composing.InvalidTemplate):
            continue
        if found:
            yield purpose, found


def _to_contacts(broadcast: Broadcast) -> Iterator[Purpose]:
    """What contacts read, where the ladder comes to them."""
    named = any(step.get("contacts") for step in broadcast.ladder)
    if broadcast.wants_answers and named:
        yield Purpose.CONTACT


def _letter(
    broadcast: Broadcast,
    channel: str,
    language: str,
    words: Words,
    *,
    answer: bool,
    calm: bool,
    for_contact: bool,
) -> Compiled:
    how = {
        "drill": broadcast.is_drill,
        "answer": answer,
        "for_contact": for_contact,
    }
    if channel == ChannelKind.SMS:
        return compile_text(words, language, **how)
    return compile_mail(words, brand_of(broadcast.cluster, language), calm=calm, **how)


def reach_of(broadcast: Broadcast) -> Coverage:
    """How many would have it now, on which channel, and why the others would not."""
    criteria = Criteria.from_json(broadcast.audience)
    # Nobody is left out as a duplicate, and each channel counts everybody.
    ways = Ways(dict.fromkeys(broadcast.channels, ()))
    return cover(broadcast.cluster, criteria, event_of(broadcast), ways)


def languages_of(broadcast: Broadcast) -> list[str]:
    """The languages that this audience reads, the cluster's first."""
    criteria = Criteria.from_json(broadcast.audience)
    found = set(readers(broadcast.cluster, criteria))
    first = broadcast.cluster.language
    return [first, *sorted(found - {first})]


def findings(broadcast: Broadcast) -> list[Finding]:
    """What the linter says about the words, the errors first."""
    return lint(
        read_words(broadcast.words),
        languages_of(broadcast),
        channels=broadcast.channels,
        blanks=broadcast.blanks,
        instead=partial(language_for, fallback=broadcast.cluster.language),
    )


def problems(broadcast: Broadcast) -> list[str]:
    """All that has to be put right before it can be submitted, as sentences."""
    found = [
        each.sentence for each in findings(broadcast) if each.weight is Weight.ERROR
    ]
    return [*found, *_unreadable(broadcast), *_audience_problems(broadcast)]


def _unreadable(broadcast: Broadcast) -> Iterator[str]:
    """What layout or Liquid would refuse, which no linter knows."""
    for purpose in read_words(broadcast.words):
        try:
            list(letters_of(broadcast, purpose))
        except composing.InvalidTemplate as wrong:
            yield from map(str, wrong.problems)
        except UnfilledBlank:
            pass  # The linter has said so.


def _audience_problems(broadcast: Broadcast) -> Iterator[str]:
    criteria = Criteria.from_json(broadcast.audience)
    if criteria.is_empty:
        yield _("Nobody is chosen yet. Say where it is.")
        return
    found = reach_of(broadcast)
    if not found.people:
        yield _("Nobody lives there. Choose another place.")
    elif not found.will:
        yield _(
            "None of the %(count)d people there can be reached on these channels. "
            "Choose other channels, or go from door to door."
        ) % {"count": found.people}
