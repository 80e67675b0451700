"""An event says that there is an emergency: a person says whether it goes out.

Whatever tells us, no message leaves by it. It becomes a broadcast that waits for
approval, in every cluster, and nobody of staff has a hand in it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from django.db import IntegrityError, transaction
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from notifications.actors import Actor, acting
from notifications.audience import Criteria
from notifications.errors import Refused
from notifications.events import Event
from notifications.models import Broadcast, Cluster, Scenario

from .broadcasts.deciding import hand_in
from .broadcasts.drafting import (
    LONGEST_BLANK,
    Draft,
    draft_from_scenario,
    put_down,
)
from .broadcasts.telling import tell_of_draft
from .scenarios import scenarios_of

LONGEST_NAME, LONGEST_KEY = 120, 100


def notify(
    event: Event,
    *,
    cluster: Cluster,
    scenario: str,
    by: str,
    key: str,
    zones: Collection[int] = (),
    everywhere: bool = False,
    context: Mapping[str, str] | None = None,
) -> Broadcast:
    """Make a submitted broadcast out of an emergency event; approvers are told at once.

    What cannot be submitted as it is stays a draft, and they are told why: no alarm is
    lost over a word. Raises Refused where nobody could know what it is, or where.

    ``scenario`` is the short name of the one that says it, ``context`` holds values for
    its blanks, ``by`` names what tells us ("Fire panel 3"). The same ``key`` again is
    the same thing that happened, and gives the broadcast that there is.
    """
    if not event.needs_broadcast:
        sentence = _("“%(event)s” is no emergency, and is not raised as one.")
        raise Refused(sentence % {"event": event.label})
    origin, key = " ".join(by.split()), key.strip()
    _check_names(origin, key)
    drill = not event.bypasses_preferences
    told = Broadcast.objects.filter(cluster=cluster, is_drill=drill, origin_key=key)
    known: Broadcast | None = told.first()
    if known is not None:
        return known
    where = Criteria(everyone=everywhere and not zones, zones=tuple(zones))
    draft, more = _draft(_scenario(cluster, scenario), where, context or {})
    try:
        with transaction.atomic(), acting(Actor.application(origin)):
            named = {"origin": origin, "origin_key": key}
            broadcast = put_down(cluster, draft, why=more, is_drill=drill, **named)
            _submit(broadcast)
    except IntegrityError:
        # Told twice in the same moment: the other one was faster.
        twin: Broadcast | None = told.first()
        if twin is None:
            raise
        return twin
    return broadcast


def _submit(broadcast: Broadcast) -> None:
    try:
        with transaction.atomic():
            hand_in(broadcast, None)
    except Refused as refused:
        broadcast.refresh_from_db()
        tell_of_draft(broadcast, str(refused))


def _check_names(origin: str, key: str) -> None:
    if not 0 < len(origin) <= LONGEST_NAME:
        raise Refused(
            _("Say in at most %(most)d characters what raises it, as “Fire panel 3”.")
            % {"most": LONGEST_NAME}
        )
    if not 0 < len(key) <= LONGEST_KEY:
        raise Refused(
            _(
                "Give what happened a key of at most %(most)d characters, another one "
                "each time: whoever tells us twice then raises it once."
            )
            % {"most": LONGEST_KEY}
        )


def _scenario(cluster: Cluster, slug: str) -> Scenario:
    there = scenarios_of(cluster)
    found: Scenario | None = there.filter(slug=slug).first()
    if found is None:
        known = ", ".join(there.values_list("slug", flat=True))
        sentence = _("There is no scenario “%(slug)s” here. Use one of: %(known)s.")
        raise Refused(sentence % {"slug": slug, "known": known})
    return found


def _draft(
    scenario: Scenario, where: Criteria, context: Mapping[str, str]
) -> tuple[Draft, str]:
    """The draft; and what was told that has no place in it, for the record."""
    if where.is_empty:
        raise Refused(_("Say where it is: in some zones, or everywhere."))
    draft = draft_from_scenario(scenario, where)
    blanks = dict(draft.blanks)
    more = []
    for name, words in context.items():
        if name in blanks:
            blanks[name] = Truncator(words).chars(LONGEST_BLANK)
        else:
            more.append(f"{name}: {words}")
    return replace(draft, blanks=blanks), "; ".join(more)
