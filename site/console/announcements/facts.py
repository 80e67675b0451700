"""An announcement as facts and words, for the pages on which somebody decides."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from console.components import Fact
from console.messages import ways
from console.templatetags.console_components import local_time, thousands
from notifications.actions.announcements.looking import event_of
from notifications.actions.announcements.walltime import shown
from notifications.actions.wordings import wordings_of
from notifications.audience import Criteria, describe
from notifications.events import MAINTENANCE_URGENT, ChannelKind
from notifications.languages import language_name
from notifications.models import Announcement

from .forms import WhenForm
from .wording import ReachCard, ReachOn, people, waits_for_quiet


def of_intent(
    announcement: Announcement, card: ReachCard, when: WhenForm
) -> list[Fact]:
    """What would happen if the button were pressed now."""
    twice = when.twice if when.is_valid() else ""
    told = [Fact(_("When"), capfirst(when.in_words), hint=twice)]
    if waits := waits_for_quiet(announcement, when.moment):
        urgent = _("Choose “%(kind)s” as its kind if it cannot wait.")
        hint = urgent % {"kind": MAINTENANCE_URGENT.label}
        told.append(Fact(_("Waits"), waits, hint=hint))
    if when.is_valid() and (until := when.cleaned_data["not_after"]):
        zone = announcement.cluster.time_zone
        told.append(Fact(_("Not after"), f"{shown(until)} ({zone})"))
    told += _on_page(announcement)
    return [*_what(announcement), *of_audience(card), *told]


def of_stored(announcement: Announcement, card: ReachCard | None) -> list[Fact]:
    """An announcement that waits, was put away, or went out."""
    audience = of_audience(card) if card else [_audience(announcement)]
    told = [*_what(announcement), *audience]
    zone = announcement.time_zone
    if announcement.send_at and announcement.send_at_wall:
        wall = f"{shown(announcement.send_at_wall)} ({zone})"
        told.append(Fact(_("When"), wall, hint=local_time(announcement.send_at)))
    if announcement.not_after:
        told.append(Fact(_("Not after"), local_time(announcement.not_after)))
    return [*told, *_on_page(announcement)]


def _on_page(announcement: Announcement) -> list[Fact]:
    """That everybody may read it, where that was chosen."""
    if announcement.public_until is None:
        return []
    until = local_time(announcement.public_until)
    return [Fact(_("On the public notice page"), format_html(_("until {}"), until))]


def of_audience(card: ReachCard) -> list[Fact]:
    """The audience in words, and who of it will get it and who will not."""
    told = [
        Fact(_("Audience"), "; ".join(card.audience)),
        Fact(_("Will get it"), _linked(card.will_url, people(card.will))),
    ]
    if card.lacks:
        told.append(Fact(_("Would fail"), _would_fail(card)))
    if card.findings:
        told.append(Fact(_("To look at"), _listed(card.findings)))
    if len(card.channels) == 1:
        nobody = _("Nobody is left out")
        return [
            *told,
            Fact(_("Will not get it"), _will_not(card.channels[0]) or nobody),
        ]
    return [*told, *(_on(channel) for channel in card.channels)]


def _on(channel: ReachOn) -> Fact:
    """One of several channels: who gets it there, and who does not and why."""
    will = _linked(channel.will_url, people(channel.will))
    return Fact(channel.label, format_html("{}{}", will, _will_not(channel)))


def _listed(sentences: Iterable[str]) -> Any:
    lines = ((sentence,) for sentence in sentences)
    return format_html(
        '<ul class="plain-list">{}</ul>', format_html_join("", "<li>{}</li>", lines)
    )


def _audience(announcement: Announcement) -> Fact:
    criteria = Criteria.from_json(announcement.audience)
    return Fact(_("Audience"), "; ".join(describe(announcement.cluster, criteria)))


def _what(announcement: Announcement) -> list[Fact]:
    channels, written = tuple(announcement.channels), wordings_of(announcement)
    told = [
        Fact(_("Subject"), announcement.subject),
        Fact(_("Kind"), event_of(announcement).label),
        Fact(_("How"), ways.in_words(channels, announcement.channel_mode)),
        Fact(_("Languages"), ", ".join(map(language_name, written))),
    ]
    if ChannelKind.EMAIL not in channels:
        told = told[1:]
    if announcement.template is not None:
        version = announcement.template_version
        number = _("version %(n)d") % {"n": version} if version else ""
        told.append(Fact(_("From the template"), announcement.template, hint=number))
    return told


def _will_not(channel: ReachOn) -> Any:
    if not channel.reasons:
        return ""
    lines = (
        (reason.url, thousands(reason.count), reason.label, reason.why)
        for reason in channel.reasons
    )
    return format_html(
        '<ul class="plain-list">{}</ul>',
        format_html_join(
            "",
            '<li><a href="{}"><b>{}</b> {}</a> <span class="hint">{}</span></li>',
            lines,
        ),
    )


def _would_fail(card: ReachCard) -> Any:
    lines = ((lack.url, lack.who, lack.advice) for lack in card.lacks)
    return format_html(
        '<ul class="plain-list">{}</ul>',
        format_html_join("", '<li><a href="{}"><b>{}</b></a>: {}</li>', lines),
    )


def _linked(url: str, words: str) -> Any:
    return format_html('<a href="{}"><b>{}</b></a>', url, words)
