"""A test to oneself: the real message, by the real way, to one member of staff."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from notifications.actions.guards import require_role
from notifications.actions.staff import own_recipient
from notifications.audience import Coverage, Criteria, cover
from notifications.dispatching import Plan, pin_all, prepare
from notifications.dispatching.brands import Letter
from notifications.errors import Refused
from notifications.events import TEST_MESSAGE, ChannelKind
from notifications.models import Announcement, Dispatch, Role

from .looking import letters, ways_of


def send_test(announcement: Announcement, *, by: Any, language: str = "") -> Dispatch:
    """Send the announcement as it stands to whoever asks, and to nobody else.

    In one ``language``, on every channel that says it in that one; else in the main.
    """
    cluster = announcement.cluster
    require_role(by, cluster, Role.AUTHOR)
    chosen = _in(letters(announcement), language or announcement.language)
    with transaction.atomic():
        me = own_recipient(by, cluster)
        criteria = Criteria(only_recipients=(me.pk,))
        ways = replace(ways_of(announcement), first=False)
        _must_reach(cover(cluster, criteria, TEST_MESSAGE, ways))
        contents = pin_all(cluster, map(_marked, chosen))
        return prepare(
            Plan(
                cluster=cluster,
                event=TEST_MESSAGE,
                title=_("Test: %(subject)s") % {"subject": announcement},
                criteria=criteria,
                contents=contents,
                created_by=by,
                announcement=announcement,
                is_test=True,
                reason="Test to myself",
            )
        )


def _in(found: tuple[Letter, ...], language: str) -> list[Letter]:
    """What is said in one language; in the main one on a channel that has no such."""
    spoken = {channel: code for channel, code, _words in reversed(found)}
    spoken |= {channel: code for channel, code, _words in found if code == language}
    return [each for each in found if spoken[each[0]] == each[1]]


def _marked(letter: Letter) -> Letter:
    """The same with the word *test* before it: a text message has no subject."""
    channel, language, words = letter
    part = "text" if channel == ChannelKind.SMS else "subject"
    said = _("Test: %(subject)s") % {"subject": getattr(words, part)}
    return channel, language, replace(words, **{part: said})


def _must_reach(reached: Coverage) -> None:
    if reached.will:
        return
    reasons = dict.fromkeys(
        str(why.label) for each in reached.channels.values() for why in each.reasons
    )
    raise Refused(
        _("A test cannot reach you here: %(why)s. Look at your own entry under People.")
        % {"why": ", ".join(reasons)}
    )
