"""What a text message costs is known before it is sent, and what makes it dear."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.composing import InvalidTemplate
from notifications.composing.sms import (
    BASIC,
    EXTENDED,
    Alphabet,
    cheaper,
    check_sms,
    compile_sms,
    measure,
)


@pytest.mark.parametrize(
    ("text", "segments", "left"),
    [
        ("", 0, 160),
        ("x" * 160, 1, 0),
        ("x" * 161, 2, 145),
        ("x" * 306, 2, 0),
        ("x" * 307, 3, 152),
        ("€" * 80, 1, 0),
        # An escape and its sign stay together: a segment may end one short.
        ("x" * 152 + "€" + "x" * 100, 2, 51),
        ("é" * 160, 1, 0),
    ],
)
def test_the_alphabet_of_the_network_takes_160(text, segments, left):
    found = measure(text)
    assert found.alphabet is Alphabet.GSM
    assert (found.segments, found.left) == (segments, left)
    assert found.costly == ()


@pytest.mark.parametrize(
    ("text", "segments", "left"),
    [
        ("ê" * 70, 1, 0),
        ("ê" * 71, 2, 63),
        ("ê" * 134, 2, 0),
        ("😀" * 35, 1, 0),
        # A pair is not cut in two: 33 of them and one unit empty.
        ("😀" * 36, 2, 61),
    ],
)
def test_one_other_character_more_than_halves_the_room(text, segments, left):
    found = measure(text)
    assert found.alphabet is Alphabet.UNICODE
    assert (found.segments, found.left) == (segments, left)


def test_the_dear_characters_are_named_once_each_in_order():
    assert measure("Évacuez — l’hôtel, l’école").costly == ("—", "’", "ô")


def test_what_a_word_processor_put_in_is_made_cheap():
    text = "“Don’t” use the lift – take the stairs…"
    assert cheaper(text) == '"Don\'t" use the lift - take the stairs...'
    assert measure(compile_sms(text).text).alphabet is Alphabet.GSM


def test_a_compiled_text_has_no_subject_and_no_html():
    compiled = compile_sms("  Gas leak in {{ zone }}.  \nLeave now.\n")
    assert compiled.text == "Gas leak in {{ zone }}.\nLeave now."
    assert (compiled.subject, compiled.html) == ("", "")


def test_an_empty_text_says_what_to_do():
    (problem,) = check_sms(" \n", None)
    assert "Write what people should do" in str(problem)
    with pytest.raises(InvalidTemplate):
        compile_sms("")


def test_an_unknown_placeholder_is_named():
    (problem,) = check_sms("Leave {{ plaze }} now", {"place"})
    assert "plaze" in str(problem)


@given(st.text(alphabet=sorted(BASIC | EXTENDED) + ["ê", "漢", "😀"], max_size=700))
def test_no_segment_holds_more_than_it_can(text):
    found = measure(text)
    alone, in_parts = (160, 153) if found.alphabet is Alphabet.GSM else (70, 67)
    assert found.left >= 0
    if found.segments > 1:
        assert found.used > alone
        # At most one unit is lost at the end of each.
        assert found.used + found.left <= found.segments * in_parts
        assert found.used + found.left >= found.segments * (in_parts - 1)
    else:
        assert found.used <= alone


@given(st.text(max_size=300))
def test_making_cheap_never_costs_more(text):
    assert measure(cheaper(text)).segments <= max(measure(text).segments, 1)
