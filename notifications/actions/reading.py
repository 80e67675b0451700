"""A message in all its languages, as one person would read it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from notifications.audience.languages import language_for
from notifications.composing import PLACEHOLDERS, Problem
from notifications.composing.wordings import Wordings, check_wordings, spoken
from notifications.events import ChannelKind
from notifications.languages import is_near, language_name
from notifications.models import Cluster, Recipient

from .previews import Preview, TextPreview, preview, preview_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one person gets: a mail, a text message, or both.

    ``language`` is the one that is shown; ``note`` says where it is not the one that
    was chosen, or the person's own. ``problems`` are those of every language and
    channel.
    """

    language: str
    mail: Preview | None
    text: TextPreview | None
    note: str
    problems: tuple[Problem, ...]


def read_as(
    cluster: Cluster,
    wordings: Wordings,
    channels: tuple[str, ...],
    person: Recipient | None,
    language: str = "",
) -> Reading:
    """The words as this person would get them; or in ``language``, if it is written."""
    own = (person.language if person else "") or cluster.language
    wanted = language or own
    gets = {
        channel: language_for(wanted, spoken(wordings, channel), cluster.language)
        for channel in channels
    }
    mail = text = None
    if ChannelKind.EMAIL in gets:
        code = gets[ChannelKind.EMAIL]
        said = wordings[code]
        mail = preview(cluster, said.subject, said.blocks, person, code)
    if ChannelKind.SMS in gets:
        code = gets[ChannelKind.SMS]
        text = preview_text(cluster, wordings[code].sms, person, code)
    return Reading(
        language=next(iter(gets.values())),
        mail=mail,
        text=text,
        note=_note(cluster, wordings, channels, person, language),
        problems=tuple(check_wordings(wordings, channels, PLACEHOLDERS)),
    )


def _note(
    cluster: Cluster,
    wordings: Wordings,
    channels: tuple[str, ...],
    person: Recipient | None,
    chosen: str,
) -> str:
    """What comes instead of a language that is not written, on a channel at least."""
    wanted = chosen or (person.language if person else "") or cluster.language
    if person is None and not chosen:
        return ""
    for channel in channels:
        gets = language_for(wanted, spoken(wordings, channel), cluster.language)
        if is_near(gets, wanted):
            continue
        names = {"wanted": language_name(wanted), "other": language_name(gets)}
        if chosen or person is None:
            return _("%(wanted)s is not written: %(other)s is shown.") % names
        words = _("%(who)s reads %(wanted)s, which is not written: %(other)s comes.")
        return words % (names | {"who": person.name})
    return ""
