"""What is wrong, or weak, in the words of an emergency, before anybody has it.

An error stops a broadcast; a warning is for whoever decides. An alert should say what,
where, when it changes, and what to do (WMO and GOV.UK write it so).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext as _

from notifications.alerting import FOLLOW_UPS, Purpose
from notifications.languages import language_name

from .emergencies import BY_ITSELF, Blanks, Words, in_language
from .sms import measure

#: A headline longer than this is cut on phones.
LONGEST_HEADLINE = 90
#: One segment is left for the link.
MOST_SEGMENTS = 3
#: So many words in a row shout.
SHOUTING = 5
WORD = re.compile(r"[^\W\d_]{2,}")
#: What tells since when, until when, or that it is now, in languages that we know.
MOMENTS = {
    "en": r"now|at once|immediately|at the moment|today|tonight|tomorrow|until|since"
    r"|within|as soon as|minutes?|hours?|morning|noon|afternoon|evening|midnight"
    r"|(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    "fr": r"maintenant|tout de suite|immédiatement|en ce moment|aujourd.hui|ce soir"
    r"|cette nuit|demain|jusqu.(?:à|au|aux|en)|depuis|dès|minutes?|heures?|matin|midi"
    r"|après-midi|minuit|(?:lun|mar|mercre|jeu|vendre|same)di|dimanche",
}
#: A time by the clock, in any language: 18:30, 18.30, 18h30, 6 pm.
CLOCK = r"\d{1,2}[:.h]\d{2}|\d{1,2} ?(?:h|am|pm)"
OPEN = re.compile(r"\[[^\]\n]{2,40}\]|\bX{3,}\b|_{3,}|\?\?+|\{\{|\{%")


#: What a square bracket of others becomes.
ROUND = str.maketrans("[]", "()")


def settled(text: str) -> str:
    """Words of others, in which nothing looks like a blank that was left open.

    Nobody here can fill in what stands in "[Amber]", so that an error about it could
    not be mended. The rule itself stays whole: words of our own may hold such marks
    whether or not a blank stands beside them.
    """
    return OPEN.sub(lambda found: " ".join(found[0]), text.translate(ROUND))


class Weight(StrEnum):
    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the words; ``where`` names message and language."""

    weight: Weight
    sentence: str
    purpose: str = ""
    language: str = ""


Written = Mapping[str, Mapping[str, Words]]
Instead = Callable[[str, Sequence[str]], str]


def lint(
    written: Written,
    languages: Sequence[str],
    *,
    channels: Sequence[str],
    blanks: Blanks,
    instead: Instead,
) -> list[Finding]:
    """Everything about these words, purpose by purpose, the errors first.

    ``languages`` are those that people read; ``blanks`` what was filled in;
    ``instead`` says what is sent where somebody's own language is not among them.
    """
    found = [*_missing(written, languages, instead), *_as_typed(written, blanks)]
    for purpose, by_language in written.items():
        for language, words in by_language.items():
            filled = in_language(blanks, language)
            for weight, sentence in _about(words, purpose, language, channels, filled):
                found.append(Finding(weight, sentence, purpose, language))
    return sorted(found, key=lambda each: each.weight is not Weight.ERROR)


def _shouts(text: str) -> bool:
    """Whether words in a row are all capitals, in a script that has them."""
    row = 0
    for word in WORD.findall(text):
        row = row + 1 if word.isupper() else 0
        if row == SHOUTING:
            return True
    return False


def _says_when(words: Words, shown: Words, language: str) -> bool:
    """Whether a time stands in it, or a blank for one; True where nobody can tell."""
    known = MOMENTS.get(language.partition("-")[0])
    if known is None:
        return True
    text = " ".join(text for each in (words, shown) for _part, text in each.parts())
    pattern = rf"\b(?:{known}|{CLOCK})\b"
    return re.search(pattern, text.replace("_", " "), re.IGNORECASE) is not None


def _missing(
    written: Written, languages: Sequence[str], instead: Instead
) -> Iterator[Finding]:
    if not written.get(Purpose.ALERT):
        sentence = _("There are no words yet. Write what has happened and what to do.")
        yield Finding(Weight.ERROR, sentence, Purpose.ALERT)
        return
    for purpose in FOLLOW_UPS:
        if purpose is not Purpose.UPDATE and not written.get(purpose):
            sentence = _(
                "There is no “%(what)s”. Prepare it now: afterwards it takes too long."
            )
            label = Purpose(purpose).label
            yield Finding(Weight.ERROR, sentence % {"what": label}, purpose)
    for language in languages:
        lacking = [
            name for name, words in written.items() if words and language not in words
        ]
        everywhere = len(lacking) == len(written)
        for name in lacking[:1] if everywhere else lacking:
            yield Finding(
                Weight.WARNING,
                _("Not written in this language: who reads it gets %(other)s.")
                % {"other": language_name(instead(language, list(written[name])))},
                "" if everywhere else name,
                language,
            )


def _as_typed(written: Written, blanks: Blanks) -> Iterator[Finding]:
    """What was typed once stands so in every language."""
    alert = written.get(Purpose.ALERT, {})
    asked = {name for words in alert.values() for name in words.blanks}
    for name in sorted(asked - set(BY_ITSELF)):
        value = blanks.get(name)
        # A number or a name reads the same everywhere; words do not.
        if len(alert) > 1 and isinstance(value, str) and len(value.split()) > 1:
            sentence = _("“%(words)s” stands so in every language: %(languages)s.")
            codes = ", ".join(map(language_name, alert))
            said = sentence % {"words": value.strip(), "languages": codes}
            yield Finding(Weight.WARNING, said, Purpose.ALERT)


def _about(
    words: Words,
    purpose: str,
    language: str,
    channels: Sequence[str],
    blanks: Mapping[str, str],
) -> Iterator[tuple[Weight, str]]:
    yield from _errors(words, channels, blanks)
    given = {name: blanks.get(name, "").strip() or "..." for name in words.blanks}
    shown = words.filled(given)
    if purpose == Purpose.ALERT:
        if not words.instruction.strip():
            yield Weight.WARNING, _("It does not say what to do.")
        if not words.description.strip():
            yield Weight.WARNING, _("It does not say what has happened.")
        if "place" not in words.blanks:
            yield Weight.WARNING, _("It does not say where: put {{ place }} in.")
        if not _says_when(words, shown, language):
            yield Weight.WARNING, _("It does not say when: since when, or until when.")
    if len(shown.headline) > LONGEST_HEADLINE:
        yield Weight.WARNING, _("The headline is long: phones cut it.")
    for _part, text in shown.parts():
        if _shouts(text):
            yield Weight.WARNING, _("Words all in capitals are hard to read.")
            break
    if "sms" in channels and shown.sms:
        for sentence in weigh_text(shown.sms):
            yield Weight.WARNING, sentence


def weigh_text(text: str) -> Iterator[str]:
    """What makes a text message cost more than it need."""
    size = measure(text)
    if size.segments > MOST_SEGMENTS:
        yield _("The text message takes %(n)d segments: say less.") % {
            "n": size.segments
        }
    elif size.costly:
        sentence = _("“%(signs)s” makes the text message more than twice as long.")
        yield sentence % {"signs": " ".join(size.costly)}


def _errors(
    words: Words, channels: Sequence[str], blanks: Mapping[str, str]
) -> Iterator[tuple[Weight, str]]:
    if "email" in channels and not words.headline.strip():
        yield Weight.ERROR, _("The headline is empty.")
    if "email" in channels and not (words.description + words.instruction).strip():
        yield Weight.ERROR, _("The mail says nothing beyond its headline.")
    if "sms" in channels and not words.sms.strip():
        yield Weight.ERROR, _("The text message is empty.")
    empty = [
        name
        for name in sorted(words.blanks - set(BY_ITSELF))
        if not blanks.get(name, "").strip()
    ]
    if empty:
        sentence = _("Not filled in yet: %(names)s.")
        yield Weight.ERROR, sentence % {"names": ", ".join(empty)}
    given = {name: blanks.get(name, "").strip() or "..." for name in words.blanks}
    left = {
        found
        for _part, text in words.filled(given).parts()
        for found in OPEN.findall(text)
    }
    if left:
        sentence = _("Something is left open: %(what)s.")
        yield Weight.ERROR, sentence % {"what": ", ".join(sorted(left))}
