"""What staff write between braces is checked and explained, and can do no harm."""

from __future__ import annotations

import pytest

from notifications.composing import PLACEHOLDERS, check
from notifications.composing.fragments import tidied
from notifications.composing.grammar import parse
from notifications.composing.liquid import placeholders


def sentences(source: str) -> list[str]:
    return [problem.sentence for problem in check(source, PLACEHOLDERS)]


@pytest.mark.parametrize(
    "source",
    [
        "Dear {{ first_name }}",
        '{{ unit | default: "your home" }}',
        "{{ unit | default: “your home” }}",
        "{{\u00a0unit\u00a0}}",
        "{% if unit %}In {{ unit }}{% else %}At home{% endif %}",
        '{% case zone %}{% when "Heron block" %}H{% endcase %}',
        "{{ today | date: '%A %d %B' }}",
        "No placeholder, but { braces } and }} too",
        "",
    ],
)
def test_what_is_written_well_has_no_problem(source: str) -> None:
    assert sentences(source) == []


def test_an_unknown_placeholder_is_named_with_its_place_and_what_was_meant() -> None:
    (problem,) = check("Hello\n  {{ firstname }}", PLACEHOLDERS, where="Subject")
    assert problem.sentence == (
        "There is no placeholder “firstname”. Did you mean “first_name”?"
    )
    assert (problem.name, problem.suggestion) == ("firstname", "first_name")
    assert (problem.line, problem.column) == (2, 6)
    assert str(problem).startswith("Subject: There is no placeholder")


@pytest.mark.parametrize(
    "written", ["FirstName", "first name", "first-name", "frist_name"]
)
def test_what_was_meant_is_guessed_across_spelling(written: str) -> None:
    (problem,) = check(f"{{{{ {written} }}}}", PLACEHOLDERS)
    assert problem.suggestion == "first_name"


def test_a_placeholder_like_nothing_known_points_to_the_list() -> None:
    assert sentences("{{ zzzzzz }}") == [
        "There is no placeholder “zzzzzz”. Pick one from the list of placeholders."
    ]


def test_every_problem_is_told_at_once_in_the_order_of_reading() -> None:
    found = check("{{ nam }} {{ }}\n{{ unit", PLACEHOLDERS)
    assert [(p.line, p.column) for p in found] == [(1, 11), (2, 1)]
    found = check("{{ zon }} and {{ nme }}", PLACEHOLDERS)
    assert [p.suggestion for p in found] == ["zone", "name"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ unit", "“{{ unit” is not closed. End it with }}."),
        ("{{ unit }", "“{{ unit }” is not closed. End it with }}."),
        ("{% if unit", "“{% if unit” is not closed. End it with %}."),
        ("{{ }}", "“{{ }}” is empty."),
        ("{{ unit | default 'x' }}", "“{{ unit | default 'x' }}” cannot be understood"),
        ("{% if unit %}x", "“{% if unit %}” is never closed. Add {% endif %}"),
        ("{% endif %}", "“{% endif %}” has no beginning"),
        ("{% else %}", "“{% else %}” has no beginning"),
        ("{% if a = b %}{% endif %}", "“{% if a = b %}” cannot be understood"),
        ("{{ unit | dat }}", "There is no filter “dat”. Did you mean “date”?"),
        ("{{ unit | upcase: 3 }}", "“upcase” is used with too few or too many"),
        ("{{ today | date: '%Q' }}", "“%Q” is not known in a date"),
        (
            "{{ person.name }}",
            "“person.name” cannot be used: a placeholder is one word",
        ),
        ("{{ unit.size }}", "a placeholder is one word"),
    ],
)
def test_each_mistake_has_its_own_plain_sentence(source: str, said: str) -> None:
    (sentence,) = sentences(source)
    assert said in sentence


@pytest.mark.parametrize(
    "source",
    [
        "{% include 'secrets' %}",
        "{% render 'secrets' %}",
        "{% for i in (1..999999999) %}x{% endfor %}",
        "{% tablerow i in (1..9) %}{% endtablerow %}",
        "{% raw %}{{ name }}{% endraw %}",
        "{% assign name = 'Mallory' %}",
        "{% capture x %}y{% endcapture %}",
        "{% liquid echo name %}",
        "{% comment %}{{ x }}{% endcomment %}",
        "{{ name | safe }}",
        "{{ name | escapejs }}",
        "{{ name | _href: 'name' }}",
        "{{ now }}",
        "{{ settings }}",
        "{{ name.__class__ }}",
        "{{ name['__class__'] }}",
        "{{ forloop }}",
        "{{ partial }}",
    ],
)
def test_what_a_message_has_no_use_for_is_refused(source: str) -> None:
    assert sentences(source)


def test_a_source_lists_the_names_that_it_wants() -> None:
    source = "{{ name }}{% if unit %}{{ zone | upcase }}{% endif %}"
    assert placeholders(source) == {"name", "unit", "zone"}


def test_tidying_keeps_every_character_in_its_place() -> None:
    source = "a “b” {{\u00a0x | default: “y” }} ‘c’"
    assert len(tidied(source)) == len(source)
    assert tidied(source) == 'a “b” {{ x | default: "y" }} ‘c’'


def test_an_apostrophe_inside_straight_quotes_is_left_alone() -> None:
    source = '{{ unit | default: "your neighbour’s" }}'
    assert parse(tidied(source)).render() == "your neighbour’s"
