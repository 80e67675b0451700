"""An alert says when: since when it is so, until when it holds, or that it is now."""

from __future__ import annotations

import pytest

from notifications.composing.emergencies import Words
from notifications.composing.linting import lint

WHEN = "It does not say when: since when, or until when."


def found(instruction: str, language: str = "en", **blanks: str) -> list[str]:
    words = Words(
        headline="Water off in {{ place }}",
        description="There is no water in {{ place }}.",
        instruction=instruction,
        sms="No water in {{ place }}.",
    )
    findings = lint(
        {"alert": {language: words}},
        [language],
        channels=("sms", "email"),
        blanks={"place": "Heron block", **blanks},
        instead=lambda mine, others: others[0],
    )
    return [each.sentence for each in findings if each.purpose == "alert"]


@pytest.mark.parametrize(
    ("instruction", "language"),
    [
        ("Boil it until we write again.", "en"),
        ("Fill a bucket NOW.", "en"),
        ("It comes back at 18:30.", "en"),
        ("It comes back by 6 pm.", "en"),
        ("It comes back on Monday.", "en-gb"),
        ("Remplissez un seau tout de suite.", "fr"),
        ("Elle revient à 18h30.", "fr"),
        ("Faites-la bouillir jusqu’à nouvel ordre.", "fr-ca"),
    ],
)
def test_a_time_in_words_or_by_the_clock_is_enough(instruction, language):
    assert WHEN not in found(instruction, language)


@pytest.mark.parametrize(
    ("instruction", "language"),
    [
        ("Use bottled water. You know how.", "en"),
        ("Knowing neighbours help. Call 0800.", "en"),
        ("Prenez de l’eau en bouteille.", "fr"),
    ],
)
def test_without_one_whoever_decides_is_told(instruction, language):
    assert found(instruction, language).count(WHEN) == 1


def test_a_blank_for_a_time_says_it_also_while_it_is_open():
    assert WHEN not in found("Boil it {{ until_when }}.")
    assert WHEN not in found("Boil it {{ how_long }}.", how_long="until Friday")
    assert WHEN in found("Boil it {{ how_long }}.", how_long="please")


def test_of_a_language_that_it_does_not_know_it_says_nothing():
    assert WHEN not in found("Używaj wody butelkowanej.", "pl")
