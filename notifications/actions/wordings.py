"""The words of templates and announcements, language by language."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils.translation import gettext as _

from notifications.audience.languages import language_for
from notifications.channels.registry import registry
from notifications.composing.wordings import Wording, Wordings
from notifications.errors import Refused
from notifications.events import ChannelMode
from notifications.importing.languages import code_of
from notifications.languages import is_near
from notifications.models.messages import Worded


def wordings_of(thing: Worded) -> dict[str, Wording]:
    """All that is written, the main language first: that one is always there."""
    main = Wording(thing.subject, tuple(thing.body.raw_data), thing.sms)
    others = {
        language: Wording.from_json(given)
        for language, given in sorted(thing.translations.items())
    }
    return {thing.language: main} | others


def in_main(wordings: Wordings, language: str) -> dict[str, Wording]:
    """The same words with those first that who reads a language gets.

    They are then the main ones, under the code of that language. Where none can be
    read by them, the main words are still to be written.
    """
    best = language_for(language, list(wordings), next(iter(wordings)))
    if not is_near(best, language):
        return {language: Wording(), **wordings}
    main = {language: wordings[best]}
    return main | {code: each for code, each in wordings.items() if code != best}


def stored(translations: Mapping[str, Wording]) -> dict[str, Any]:
    """Translations as a row keeps them: those with nothing in them are none."""
    return {
        language: wording.to_json()
        for language, wording in sorted(translations.items())
        if not wording.is_empty
    }


def check_languages(codes: Collection[str]) -> None:
    """Refuse what is the code of no language."""
    if strange := [code for code in codes if code_of(code) != code]:
        sentence = _("There is no language “%(name)s”. Choose another.")
        raise Refused(sentence % {"name": strange[0]})


def check_channels(channels: Collection[str], mode: str) -> None:
    """Refuse channels that are not set up here, and ways to use them that are none."""
    if not channels:
        raise Refused(_("Choose at least one channel."))
    known = registry().kinds
    if strange := [each for each in channels if each not in known]:
        sentence = _("There is no channel “%(name)s” here. Choose another.")
        raise Refused(sentence % {"name": strange[0]})
    if mode not in ChannelMode.values:
        raise Refused(_("Choose how the channels are used."))
