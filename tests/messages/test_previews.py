"""A preview says what delivery will say, to whom, and why it would not."""

from __future__ import annotations

import pytest

from notifications.actions import previews
from notifications.dispatching.brands import compile_for
from tests.personas import World, make_person, make_zone

from .words import heading, text

GREETING = text('<p>Dear <placeholder name="first_name">x</placeholder>,</p>')


def test_it_is_filled_with_what_is_known_of_the_person(world: World) -> None:
    zone = make_zone(world.riverside, "Heron block")
    anna = make_person(
        world.riverside,
        "Anna Bell",
        first_name="Anna",
        unit="Flat 12",
        zone=zone,
        email="anna@example.org",
    )
    words = [GREETING, text("<p>{{ unit }}, {{ zone }}, {{ cluster }}</p>")]
    made = previews.preview(world.riverside, "Hello {{ name }}", words, anna)
    assert made.subject == "Hello Anna Bell"
    assert "Dear Anna," in made.text
    assert "Flat 12, Heron block, Riverside Quay" in made.html
    assert (made.to_name, made.to_address) == ("Anna Bell", "anna@example.org")
    assert made.problems == made.missing == ()


def test_it_uses_the_very_words_that_are_sent(world: World) -> None:
    """The look, the footer and the way out are those of a real dispatch."""
    compiled = compile_for(world.riverside, "Hi", [heading("Bins")])
    made = previews.preview(world.riverside, "Hi", [heading("Bins")], None)
    assert "unsubscribe_url" in compiled.text
    assert compiled.text.split("{{")[0] in made.text
    assert "/p/unsubscribe/" in made.html


def test_without_people_it_is_filled_with_an_example(world: World) -> None:
    assert previews.somebody(world.riverside) is None
    made = previews.preview(world.riverside, "For {{ unit }}", [GREETING], None)
    assert "Dear Anna," in made.text
    assert (made.to_name, made.subject) == ("Anna Lindqvist", "For Flat 12")


def test_it_begins_with_somebody_who_can_get_mail(world: World) -> None:
    make_person(world.riverside, "Aaron")
    bo = make_person(world.riverside, "Bo", email="bo@example.org")
    make_person(world.hilltop, "Abel", email="abel@example.org")
    assert previews.somebody(world.riverside) == bo


def test_a_missing_value_is_a_sentence_about_this_person(world: World) -> None:
    bo = make_person(world.riverside, "Bo Li")
    made = previews.preview(world.riverside, "Hi", [heading("In {{ unit }}")], bo)
    assert made.problems == ()
    assert "Bo Li has no value for “unit”" in made.missing[0]
    assert "In [unit?]" in made.text
    assert made.to_address == ""


def test_a_default_or_a_condition_does_without_the_value(world: World) -> None:
    bo = make_person(world.riverside, "Bo Li")
    words = '{{ unit | default: "your home" }}{% if zone %} in {{ zone }}{% endif %}'
    made = previews.preview(world.riverside, "Hi", [heading(words)], bo)
    assert made.missing == ()
    assert "your home\n" in made.text


def test_an_unknown_placeholder_shows_where_it_stands(world: World) -> None:
    made = previews.preview(world.riverside, "{{ frist_name }}!", [GREETING], None)
    (problem,) = made.problems
    assert (problem.suggestion, problem.block) == ("first_name", 0)
    assert made.subject == "[frist_name?]!"


def test_an_unknown_placeholder_as_an_address_does_not_stop_it(world: World) -> None:
    button = {"type": "button", "value": {"label": "Go", "url": "{{ booking_url }}"}}
    made = previews.preview(world.riverside, "Hi", [GREETING, button], None)
    assert [problem.block for problem in made.problems] == [2]
    assert "Dear Anna" in made.html


def test_a_block_that_cannot_be_read_yet_leaves_the_rest_to_see(world: World) -> None:
    made = previews.preview(world.riverside, "Hi", [heading("{{ un"), GREETING], None)
    assert "Block 1 cannot be shown yet." in made.text
    assert "Dear Anna," in made.text
    assert "{{" not in made.html


@pytest.mark.parametrize("subject", ["", "{{ un"])
def test_without_a_subject_the_message_shows_all_the_same(
    world: World, subject: str
) -> None:
    made = previews.preview(world.riverside, subject, [GREETING], None)
    assert "Dear Anna," in made.html
    assert made.problems


def test_of_nothing_there_is_nothing_to_see(world: World) -> None:
    made = previews.preview(world.riverside, "", [], None)
    assert (made.html, made.text, made.subject) == ("", "", "")


def test_people_are_found_by_name_and_unit_in_one_cluster_only(world: World) -> None:
    anna = make_person(world.riverside, "Anna Bell", unit="Flat 12")
    make_person(world.riverside, "Bo Li", unit="Flat 7")
    make_person(world.hilltop, "Anna Canary", unit="Flat 12")
    assert previews.people_called(world.riverside, "ANNA") == [anna]
    assert previews.people_called(world.riverside, "flat 12") == [anna]


def test_a_chooser_offers_no_more_than_it_can_show(world: World) -> None:
    for number in range(12):
        make_person(world.riverside, f"Person {number:02d}")
    assert len(previews.people_called(world.riverside, "person")) == 8
