"""The words of a message in every language: a form for each, shown as tabs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.forms import Media
from django.http import QueryDict
from django.utils.translation import gettext as _

from notifications.audience import Criteria, readers
from notifications.composing import PLACEHOLDERS, Problem
from notifications.composing.sms import Measure, measure
from notifications.composing.wordings import SMS, Wording, check_wordings, shown
from notifications.importing.languages import code_of
from notifications.languages import language_name
from notifications.models import Cluster

from .forms import CANNOT_BE_READ, WordsForm, initial_of

#: More than anybody writes in; what else is posted is no page of ours.
MOST_LANGUAGES = 30


@dataclass(frozen=True, slots=True)
class Tab:
    """One language to write in. ``people`` read it in the whole cluster."""

    code: str
    form: WordsForm
    is_main: bool
    is_open: bool
    people: int
    size: Measure

    @property
    def name(self) -> str:
        return language_name(self.code)

    @property
    def posted(self) -> bool:
        """Whether its code goes with the form: the main language needs no saying."""
        return not self.is_main


class Words:
    """The forms of a message: the main language's, and one for every other.

    ``tab`` is the language that is being written, the main one unless said.
    """

    def __init__(
        self,
        cluster: Cluster,
        language: str,
        main: WordsForm,
        others: Mapping[str, WordsForm],
        tab: str = "",
    ) -> None:
        self.cluster = cluster
        self.language = language
        self.main = main
        self.forms = {language: main, **others}
        self.tab = tab if tab in self.forms else language

    @classmethod
    def showing(
        cls,
        cluster: Cluster,
        language: str,
        main: WordsForm,
        translations: Mapping[str, Wording],
        tab: str = "",
    ) -> Words:
        """Forms for what is written, and for whatever else people here read."""
        codes = [*_read_here(cluster), *translations]
        others = {
            code: WordsForm(
                prefix=code, initial=initial_of(translations.get(code, Wording()))
            )
            for code in dict.fromkeys(codes)
            if code != language
        }
        return cls(cluster, language, main, others, tab)

    @classmethod
    def posted(
        cls,
        cluster: Cluster,
        language: str,
        main: WordsForm,
        data: QueryDict,
        translations: Mapping[str, Wording],
    ) -> Words:
        """What somebody sent, in the languages that their page had."""
        others = {
            code: WordsForm(
                data,
                prefix=code,
                initial=initial_of(translations.get(code, Wording())),
            )
            for code in _codes(data.getlist("written_in"))
            if code != language
        }
        return cls(cluster, language, main, others, data.get("tab", ""))

    @property
    def wordings(self) -> dict[str, Wording]:
        """All that is written, the main language first."""
        return {self.language: self.main.wording} | self.translations

    @property
    def translations(self) -> dict[str, Wording]:
        """What is written in other languages."""
        typed = {
            code: form.wording
            for code, form in self.forms.items()
            if code != self.language
        }
        return {code: each for code, each in typed.items() if not each.is_empty}

    def found(self, channels: Collection[str]) -> list[Problem]:
        """What is wrong with the words on these channels."""
        if any(form.unreadable for form in self.forms.values()):
            return [Problem(str(CANNOT_BE_READ), where=_("Message"))]
        return check_wordings(self.wordings, tuple(channels), PLACEHOLDERS)

    def is_valid(self) -> bool:
        """Whether every form can be read; a tab with something wrong is then open."""
        wrong = [code for code, form in self.forms.items() if not form.is_valid()]
        if wrong and self.tab not in wrong:
            self.tab = wrong[0]
        return not wrong

    @property
    def tabs(self) -> list[Tab]:
        people = readers(self.cluster, Criteria(everyone=True))
        return [
            Tab(
                code=code,
                form=form,
                is_main=code == self.language,
                is_open=code == self.tab,
                people=people.get(code, 0),
                size=measure(shown(form.typed_sms)),
            )
            for code, form in self.forms.items()
        ]

    @property
    def media(self) -> Media:
        return self.main.media


def main_in(data: QueryDict, language: str) -> str:
    """The main language that a page was written in; ``language`` where it said none."""
    main = data.get("main", "")
    return main if code_of(main) == main else language


def states_of(
    wordings: Mapping[str, Wording], codes: Iterable[str], channels: Collection[str]
) -> dict[str, str]:
    """How far each language is written, in words."""
    return {
        code: _state(wordings.get(code, Wording()), tuple(channels)) for code in codes
    }


def _state(wording: Wording, channels: tuple[str, ...]) -> str:
    lacking = [channel for channel in channels if not wording.says(channel)]
    if not lacking:
        return _("written")
    if len(lacking) == len(channels):
        return _("not written")
    return _("no text message yet") if SMS in lacking else _("no mail yet")


def _read_here(cluster: Cluster) -> list[str]:
    """The languages that people here read, the commonest first."""
    counted = readers(cluster, Criteria(everyone=True))
    return sorted(counted, key=lambda code: (-counted[code], code))


def _codes(given: Iterable[str]) -> list[str]:
    known = [code for code in given if code_of(code) == code]
    return list(dict.fromkeys(known))[:MOST_LANGUAGES]
