"""The system's templates follow their file."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings

from notifications import apps as ours
from notifications.actions import previews, templates
from notifications.actions.templates import system
from notifications.models import MessageTemplate
from tests.personas import World, make_person

FILE = Path(system.SYSTEM_FILE)


@pytest.fixture
def file(tmp_path: Path, settings: Any) -> Path:
    """A file of system templates that the test may change."""
    given = (settings.BASE_DIR / FILE).read_text(encoding="utf-8")
    settings.BASE_DIR = tmp_path
    path = tmp_path / FILE
    path.parent.mkdir()
    path.write_text(given, encoding="utf-8")
    return path


def _change(file: Path, **words: str) -> None:
    given = json.loads(file.read_text(encoding="utf-8"))
    given[0] |= words
    file.write_text(json.dumps(given), encoding="utf-8")


def test_they_are_there_after_a_migrate(world: World) -> None:
    given = json.loads((settings.BASE_DIR / FILE).read_text(encoding="utf-8"))
    there = MessageTemplate.objects.filter(cluster=None, archived_at=None)
    assert {each.slug for each in there} == {each["slug"] for each in given}
    assert {each.version for each in there} == {1}


def test_bringing_them_in_step_again_changes_nothing(world: World) -> None:
    assert templates.sync_system_templates() == 0


def test_new_words_in_the_file_are_a_new_version(world: World, file: Path) -> None:
    _change(file, subject="Water, later")
    assert templates.sync_system_templates() == 1
    template = MessageTemplate.objects.get(cluster=None, slug="water-off")
    assert (template.version, template.subject) == (2, "Water, later")


def test_what_the_file_no_longer_has_is_archived_and_comes_back(
    world: World, file: Path
) -> None:
    whole = file.read_text(encoding="utf-8")
    file.write_text("[]", encoding="utf-8")
    assert templates.sync_system_templates() == len(json.loads(whole))
    assert not MessageTemplate.objects.filter(cluster=None, archived_at=None).exists()
    file.write_text(whole, encoding="utf-8")
    templates.sync_system_templates()
    template = MessageTemplate.objects.get(cluster=None, slug="water-off")
    assert (template.version, template.archived_at) == (1, None)


@pytest.mark.django_db
def test_a_migrate_that_stops_half_way_leaves_them_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(ours, "_stands", lambda *asked: False)
    monkeypatch.setattr(templates, "sync_system_templates", lambda: pytest.fail("ran"))
    ours.sync_templates(using="default")


@pytest.mark.django_db
def test_a_table_that_lacks_a_column_does_not_stand() -> None:
    later = SimpleNamespace(
        db_table=MessageTemplate._meta.db_table,
        local_concrete_fields=[SimpleNamespace(column="not_there_yet")],
    )
    nowhere = SimpleNamespace(db_table="not_there", local_concrete_fields=[])
    assert ours._stands("default", MessageTemplate)
    assert not ours._stands("default", SimpleNamespace(_meta=later))
    assert not ours._stands("default", SimpleNamespace(_meta=nowhere))


def test_everybody_gets_each_of_them_whole(world: World) -> None:
    """Even somebody of whom no more is known than the name."""
    person = make_person(world.riverside, "Bo Li", email="bo@example.org")
    for template in MessageTemplate.objects.filter(cluster=None):
        made = previews.preview(
            world.riverside, template.subject, list(template.body.raw_data), person
        )
        assert (made.problems, made.missing) == ((), ())
        assert "Bo Li" in made.text
