"""What a message says on each channel in each language, one after the other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from console.messages.frames import framed
from notifications.actions.previews import preview, preview_text
from notifications.actions.wordings import wordings_of
from notifications.composing.sms import Measure, measure
from notifications.composing.wordings import shown, spoken
from notifications.events import ChannelKind
from notifications.languages import language_name
from notifications.models import Announcement, Content


@dataclass(frozen=True, slots=True)
class Said:
    """The words on one channel in one language, safe to show; ``size`` of a text."""

    channel: str
    language: str
    subject: str
    text: str
    framed: str = ""
    size: Measure | None = None
    template_name: str = ""
    template_version: int | None = None

    @property
    def label(self) -> str:
        """ "Email, French"."""
        return f"{ChannelKind(self.channel).label}, {language_name(self.language)}"


def of(announcement: Announcement) -> list[Said]:
    """All that it would say, as an example person would read it."""
    wordings = wordings_of(announcement)
    return [
        _example(announcement, channel, language)
        for channel in announcement.channels
        for language in spoken(wordings, channel)
    ]


def frozen(contents: Iterable[Content]) -> list[Said]:
    """What was said, with the braces that each person's values stand in for."""
    return [
        Said(
            each.channel,
            each.language,
            each.subject,
            each.text,
            framed(each.html) if each.html else "",
            measure(shown(each.text)) if each.channel == ChannelKind.SMS else None,
            each.template_name,
            each.template_version,
        )
        for each in contents
    ]


def _example(announcement: Announcement, channel: str, language: str) -> Said:
    cluster = announcement.cluster
    said = wordings_of(announcement)[language]
    if channel == ChannelKind.SMS:
        text = preview_text(cluster, said.sms, None, language)
        return Said(channel, language, "", text.text, size=text.size)
    mail = preview(cluster, said.subject, said.blocks, None, language)
    return Said(channel, language, mail.subject, mail.text, framed(mail.html))
