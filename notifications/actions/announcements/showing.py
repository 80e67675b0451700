"""An announcement in public: on the page of notices, for everybody to read."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from notifications.actions.guards import require_role
from notifications.actions.wordings import wordings_of
from notifications.composing import (
    PLACEHOLDERS,
    Compiled,
    Filler,
    InvalidTemplate,
    check_email,
)
from notifications.composing.email import body_text
from notifications.composing.page import one_line
from notifications.composing.sms import check_sms
from notifications.composing.wordings import spoken
from notifications.delivery.letters import common_values, locale_of
from notifications.errors import MoveRefused
from notifications.events import ChannelKind
from notifications.lifecycle import AnnouncementStatus, DispatchStatus
from notifications.models import Announcement, Cluster, Dispatch, Role
from notifications.models.moves import change_if_unchanged

#: What these stand for is the same for whoever reads it.
FOR_ALL = frozenset({"cluster", "sender_name", "today"})
#: As many as the page shows, the newest first.
MOST = 20


def personal_in(announcement: Announcement) -> list[str]:
    """Labels of the placeholders that are another for each person, in its words."""
    try:
        fillers = [Filler(words) for words in _plain(announcement).values()]
    except InvalidTemplate:
        return []  # Whoever sends it is told.
    names = frozenset().union(*(each.names for each in fillers))
    known = {name: str(it.label) for name, it in PLACEHOLDERS.items()}
    return [known.get(name, name) for name in sorted(names - FOR_ALL)]


def page_problems(announcement: Announcement) -> list[str]:
    """Why it cannot stand on the page of notices, where it was to."""
    until = announcement.public_until
    if until is None:
        return []
    if until <= timezone.now():
        return [
            _(
                "The time until which it was to stand on the public notice page has "
                "passed. Choose a later one in the draft, or do not show it there; "
                "what is no draft any more is returned or copied for that."
            )
        ]
    try:
        _plain(announcement)
    except InvalidTemplate as found:
        return [str(each) for each in found.problems]
    if names := personal_in(announcement):
        return [
            _(
                "These words are another for each person (%(names)s), so they cannot "
                "stand on the public notice page. Take them out, or do not show it "
                "there."
            )
            % {"names": ", ".join(names)}
        ]
    return []


def words_for_page(announcement: Announcement) -> dict[str, dict[str, str]]:
    """Language → title and text, as they are frozen when it goes; {} for none."""
    until, cluster = announcement.public_until, announcement.cluster
    if until is None or until <= timezone.now():
        return {}
    values, found = common_values(cluster), {}
    for language, words in _plain(announcement).items():
        said = Filler(words, locale_of(cluster, language)).fill(values)
        found[language] = {"title": said.subject, "text": said.text}
    return found


def on_page(cluster: Cluster) -> QuerySet[Announcement]:
    """What stands on the page now: released, its time to come, and not cancelled."""
    sent = Dispatch.objects.filter(
        announcement=OuterRef("pk"), is_test=False, parent=None
    )
    found: QuerySet[Announcement] = Announcement.objects.filter(
        Exists(sent.exclude(status=DispatchStatus.CANCELLED)),
        cluster=cluster,
        status=AnnouncementStatus.RELEASED,
        public_until__gt=timezone.now(),
    )
    rows = found.select_related("cluster").only(
        "public_words", "public_until", "released_at", "cluster__language"
    )
    return rows.order_by("-released_at")[:MOST]


def take_off_page(announcement: Announcement, *, by: Any, reason: str = "") -> None:
    """It stands there no more. Whoever was written to keeps what they have."""
    require_role(by, announcement.cluster, Role.AUTHOR)
    shown = announcement.status == AnnouncementStatus.RELEASED
    if not shown or announcement.public_until is None:
        raise MoveRefused(_("It is not on the notice page any more."))
    said = "Taken off the notice page"
    why = f"{said}: {reason.strip()}" if reason.strip() else said
    with transaction.atomic():
        change_if_unchanged(announcement, why, public_until=None)


def _plain(announcement: Announcement) -> dict[str, Compiled]:
    """Language → title and text, without the layout of a mail; raises InvalidTemplate.

    What a mail says, where there is one; else the text message, which has no title.
    """
    mailed = ChannelKind.EMAIL in announcement.channels
    wordings, found = wordings_of(announcement), {}
    for language in spoken(wordings, ChannelKind.EMAIL if mailed else ChannelKind.SMS):
        wording = wordings[language]
        title = ""
        if not mailed:
            text = wording.sms
            problems = check_sms(text, None) if text.strip() else []
        else:
            # A subject that is not written yet says nothing of the words.
            problems = check_email(wording.subject or "…", wording.blocks, None)
        if problems:
            named = language if len(wordings) > 1 else ""
            raise InvalidTemplate([replace(it, language=named) for it in problems])
        if mailed:
            title = one_line(wording.subject or announcement.title)
            with override(language):
                text = body_text(wording.blocks)
        if text.strip():
            found[language] = Compiled(subject=title, html="", text=text)
    return found
