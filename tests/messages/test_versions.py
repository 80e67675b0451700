"""Versions: each kept as it was, compared in words, taken up again."""

from __future__ import annotations

import pytest

from notifications.actions import templates
from notifications.actions.templates import Change
from notifications.errors import NotAllowed, Refused
from notifications.models import MessageTemplate
from tests.personas import World

from .words import change, heading, make_template, text


def test_every_version_is_kept_as_it_was_saved(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    change(template, world.grace, body=[heading("Keep the bins in")], subject="In")
    newest, oldest = templates.versions(template)
    assert (newest.number, newest.saved_by) == (2, world.grace)
    assert newest.main.subject == "In"
    assert oldest.main.blocks[0]["value"] == "Put out the bins"
    assert templates.version_of(template, 3) is None


def test_an_old_version_comes_back_as_the_newest(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    change(template, world.grace, subject="Other words")
    templates.restore_version(template, 1, seen_version=2, by=world.mona)
    template.refresh_from_db()
    assert (template.version, template.subject) == (3, "Bins, {{ first_name }}")
    assert [each.number for each in templates.versions(template)] == [3, 2, 1]


def test_a_version_is_not_taken_up_over_somebody_elses_save(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    change(template, world.grace, subject="Two")
    change(template, world.grace, subject="Three")
    with pytest.raises(Refused, match="Grace saved version 3"):
        templates.restore_version(template, 1, seen_version=2, by=world.ada)
    assert MessageTemplate.objects.get(pk=template.pk).subject == "Three"


def test_only_who_may_write_takes_a_version_up_again(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    change(template, world.ada, subject="Two")
    with pytest.raises(NotAllowed):
        templates.restore_version(template, 1, seen_version=2, by=world.otto)


def test_a_version_that_never_was_is_refused(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    with pytest.raises(Refused, match="no such version"):
        templates.restore_version(template, 7, seen_version=1, by=world.ada)


def _changes(template: MessageTemplate) -> list[Change]:
    newest, *_between, oldest = templates.versions(template)
    return templates.compare(oldest, newest)


def test_a_changed_subject_is_shown_word_by_word(world: World) -> None:
    template = make_template(world.riverside, world.ada, subject="Bins on Monday")
    change(template, world.ada, subject="Bins on Friday")
    (found,) = _changes(template)
    assert (found.label, found.what) == ("Subject", "Changed")
    pieces = [(piece.kind, piece.text) for piece in found.pieces]
    assert pieces == [("same", "Bins on "), ("gone", "Monday"), ("added", "Friday")]


def test_blocks_are_told_apart_by_what_happened_to_them(world: World) -> None:
    body = [heading("A", "a"), heading("B", "b"), heading("C", "c")]
    template = make_template(world.riverside, world.ada, body=body)
    later = [heading("C", "c"), heading("A", "a"), text("<p>New</p>", "n")]
    change(template, world.ada, body=later)
    found = [
        (each.label, each.what, each.pieces[-1].text) for each in _changes(template)
    ]
    assert found == [
        ("Block 1 (heading)", "Moved", "C"),
        ("Block 3 (text)", "Added", "New"),
        ("Block 2 (heading)", "Taken out", "B"),
    ]


def test_a_kind_is_compared_by_its_name_on_the_screen(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    change(template, world.ada, event="newsletter")
    (found,) = _changes(template)
    assert {piece.text for piece in found.pieces} == {"Announcement", "Newsletter"}


def test_words_rewritten_in_a_row_are_one_change(world: World) -> None:
    template = make_template(world.riverside, world.ada, subject="The old words here")
    change(template, world.ada, subject="Some new signs here")
    (found,) = _changes(template)
    pieces = [(piece.kind, piece.text.strip()) for piece in found.pieces]
    assert pieces == [
        ("gone", "The old words"),
        ("added", "Some new signs"),
        ("same", "here"),
    ]
