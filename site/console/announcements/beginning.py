"""What the composer's words begin with: a template's, those stored, or none."""

from __future__ import annotations

from typing import Any

from console.messages import ways
from console.messages.forms import initial_of, starting_words
from notifications.actions import templates
from notifications.actions.announcements import Draft
from notifications.actions.wordings import in_main, wordings_of
from notifications.composing.wordings import Wording
from notifications.models import Announcement, MessageTemplate


def starting(draft: Draft) -> dict[str, Any]:
    """What the form of the main language begins with."""
    said = Wording(draft.subject, tuple(draft.body), draft.sms)
    blank = said.is_empty and not draft.translations
    words = starting_words(None) if blank else initial_of(said)
    chosen = ways.key_of(draft.channels, draft.channel_mode)
    return {"event": draft.event, "ways": chosen} | words


def stored_words(announcement: Announcement) -> dict[str, Any]:
    """The same of what was saved."""
    chosen = ways.key_of(tuple(announcement.channels), announcement.channel_mode)
    words = initial_of(wordings_of(announcement)[announcement.language])
    return {"event": announcement.event, "ways": chosen} | words


def translations(announcement: Announcement) -> dict[str, Wording]:
    """What is stored in other languages than the main one."""
    return dict(list(wordings_of(announcement).items())[1:])


def not_sent(
    stored: Announcement | None,
    template: MessageTemplate | None,
    version: int | None,
    language: str,
) -> tuple[dict[str, Any], dict[str, Wording]]:
    """Main words and translations that a page without scripts showed and cannot send.

    Those of a template that was chosen since it was saved, else those that are stored.
    """
    chosen = (template.pk, version) if template else (None, None)
    kept = (stored.template_id, stored.template_version) if stored else (None, None)
    if template is not None and chosen != kept:
        others = in_main(_words_of(template, version), language)
        return initial_of(others.pop(language)), others
    if stored is None:
        return {}, {}
    return stored_words(stored), translations(stored)


def _words_of(template: MessageTemplate, version: int | None) -> dict[str, Wording]:
    """All that a version of it says; what it says now, where that is not known."""
    if version in (None, template.version):
        return wordings_of(template)
    old = templates.version_of(template, version or 0)
    return dict(old.wordings) if old else wordings_of(template)
