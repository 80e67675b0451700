"""What is typed into a blank is said in every language as it was typed."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.composing.emergencies import Words
from notifications.composing.linting import lint

EN = Words("Gas", "There is gas now.", "Go to {{ point }}.", "Gas. {{ point }}")
FR = Words("Gaz", "Il y a du gaz, dès maintenant.", "Allez {{ point }}.", "Gaz.")


def found(point: Any, **words: Words) -> list[str]:
    findings = lint(
        {"alert": words},
        list(words),
        channels=("sms", "email"),
        blanks={"point": point},
        instead=lambda mine, others: others[0],
    )
    return [each.sentence for each in findings if "every language" in each.sentence]


def test_words_that_were_typed_once_are_looked_at():
    assert found("the north gate", en=EN, fr=FR) == [
        "“the north gate” stands so in every language: English, French."
    ]


@pytest.mark.parametrize("point", ["Mallard", {"en": "the gate", "fr": "au portail"}])
def test_a_name_or_words_in_each_language_are_not(point):
    assert found(point, en=EN, fr=FR) == []


def test_where_there_is_one_language_nothing_is_said():
    assert found("the north gate", en=EN) == []
