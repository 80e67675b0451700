"""What an author may do with a template, and what is refused."""

from __future__ import annotations

import pytest

from notifications import scope
from notifications.actions import templates
from notifications.composing import InvalidTemplate
from notifications.errors import NotAllowed, Refused
from notifications.models import MessageTemplate
from tests.personas import World

from .words import change, heading, make_template, text


def test_a_new_template_is_version_1_and_keeps_who_wrote_it(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    template.refresh_from_db()
    assert (template.version, template.slug) == (1, "bins")
    assert template.latest_revision.user == world.ada
    assert template.body.raw_data[0]["value"] == "Put out the bins"


def test_two_templates_of_one_name_have_different_slugs(world: World) -> None:
    first = make_template(world.riverside, world.ada)
    second = make_template(world.riverside, world.ada)
    assert (first.slug, second.slug) == ("bins", "bins-2")


def test_changed_words_are_the_next_version(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    change(template, world.grace, subject="Bins tomorrow")
    template.refresh_from_db()
    assert (template.version, template.subject) == (2, "Bins tomorrow")
    assert template.latest_revision.user == world.grace


def test_the_same_words_make_no_version(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    assert change(template, world.ada).version == 1
    assert template.revisions.count() == 1


def test_a_stale_save_is_refused_and_names_who_was_faster(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    mine = MessageTemplate.objects.get(pk=template.pk)
    change(template, world.grace, subject="Grace was faster")
    with pytest.raises(Refused, match="Grace saved version 2"):
        change(mine, world.ada, subject="Ada was slower", seen_version=1)
    mine.refresh_from_db()
    assert (mine.version, mine.subject) == (2, "Grace was faster")


def test_a_template_archived_meanwhile_is_not_saved(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    templates.archive(template, by=world.grace)
    with pytest.raises(Refused, match="archived while you were writing"):
        change(template, world.ada, subject="Too late")


def test_an_unknown_placeholder_is_refused_with_its_name_and_place(
    world: World,
) -> None:
    body = [heading("Bins"), text("<p>For {{ untt }} and {{ unit }}</p>")]
    with pytest.raises(InvalidTemplate) as refused:
        make_template(world.riverside, world.ada, body=body)
    (problem,) = refused.value.problems
    assert str(problem.where) == "Block 2 (text)"
    assert (problem.name, problem.suggestion) == ("untt", "unit")
    assert not MessageTemplate.objects.filter(cluster=world.riverside).exists()


def test_a_placeholder_split_by_formatting_is_refused(world: World) -> None:
    body = [text("<p>Dear {{ first_<b>name</b> }}</p>")]
    with pytest.raises(InvalidTemplate, match="Formatting starts or ends inside"):
        make_template(world.riverside, world.ada, body=body)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"subject": " "}, "The subject is empty"),
        ({"body": []}, "The message is empty"),
        ({"subject": "Bins {{ unit"}, "not closed"),
        ({"name": "  "}, "has no name"),
        ({"event": "test_message"}, "Choose what kind"),
        ({"event": "gas_leak"}, "Choose what kind"),
    ],
)
def test_what_is_not_whole_is_refused_with_a_sentence(
    world: World, given: dict[str, object], sentence: str
) -> None:
    with pytest.raises((Refused, InvalidTemplate), match=sentence):
        make_template(world.riverside, world.ada, **given)


@pytest.mark.parametrize("name", ["otto", "mallory", "pia"])
def test_who_may_not_write_here_changes_nothing(world: World, name: str) -> None:
    user = getattr(world, name)
    template = make_template(world.riverside, world.ada)
    with pytest.raises(NotAllowed):
        make_template(world.riverside, user)
    with pytest.raises(NotAllowed):
        change(template, user, subject="No")
    with pytest.raises(NotAllowed):
        templates.archive(template, by=user)
    with pytest.raises(NotAllowed):
        templates.copy(template, world.riverside, by=user)
    template.refresh_from_db()
    assert (template.version, template.archived_at) == (1, None)


def test_archiving_and_putting_back_are_on_record(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    templates.archive(template, by=world.grace)
    assert MessageTemplate.objects.get(pk=template.pk).archived_at is not None
    templates.restore(template, by=world.mona)
    assert MessageTemplate.objects.get(pk=template.pk).archived_at is None
    moves = [(each.move, each.saved_by) for each in templates.versions(template)]
    assert moves == [
        ("restored", world.mona),
        ("archived", world.grace),
        ("", world.ada),
    ]
    assert MessageTemplate.objects.get(pk=template.pk).version == 1


def test_archiving_twice_is_archiving_once(world: World) -> None:
    template = make_template(world.riverside, world.ada)
    templates.archive(template, by=world.ada)
    templates.archive(template, by=world.grace)
    assert len(templates.versions(template)) == 2


def test_a_system_template_is_copied_not_changed(world: World) -> None:
    system = MessageTemplate.objects.get(cluster=None, slug="water-off")
    with pytest.raises(Refused, match="belongs to the system"):
        change(system, world.ada, subject="Mine now")
    with pytest.raises(Refused, match="belongs to the system"):
        templates.archive(system, by=world.ada)
    ours = templates.copy(system, world.riverside, by=world.ada)
    assert (ours.cluster, ours.version) == (world.riverside, 1)
    assert list(ours.body.raw_data) == list(system.body.raw_data)


def test_a_second_copy_says_so_in_its_name(world: World) -> None:
    system = MessageTemplate.objects.get(cluster=None, slug="water-off")
    names = [
        templates.copy(system, world.riverside, by=world.ada).name for _n in range(3)
    ]
    assert names[0] == system.name
    assert names[1:] == [f"{system.name} (copy 2)", f"{system.name} (copy 3)"]


def test_another_clusters_template_cannot_be_copied(world: World) -> None:
    theirs = make_template(world.hilltop, world.mallory)
    with pytest.raises(Refused):
        templates.copy(theirs, world.riverside, by=world.ada)


def test_a_cluster_sees_its_own_templates_and_the_systems(world: World) -> None:
    make_template(world.riverside, world.ada, name="Ours")
    make_template(world.hilltop, world.mallory, name="Theirs")
    with scope.clusters(world.riverside.pk):
        seen = set(MessageTemplate.objects.values_list("name", flat=True))
    assert "Ours" in seen
    assert "Water off for a while" in seen
    assert "Theirs" not in seen
