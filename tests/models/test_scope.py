"""What belongs to another cluster is not there; without a scope nothing is."""

from __future__ import annotations

import pytest
from django.db.models import Exists, OuterRef

from notifications import scope
from notifications.errors import ScopeMissing
from notifications.models import Cluster, ContactPoint, MessageTemplate, Recipient
from tests.personas import World, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.services]


@pytest.fixture
def people(world: World) -> World:
    make_person(world.riverside, "Anna Berg", email="anna@example.org")
    make_person(world.hilltop, "Hugo Hill", email="hugo@example.org")
    return world


def test_without_a_scope_every_query_raises(people: World) -> None:
    token = scope._current.set(None)
    try:
        with pytest.raises(ScopeMissing):
            list(Recipient.objects.all())
        with pytest.raises(ScopeMissing):
            Recipient.objects.count()
        with pytest.raises(ScopeMissing):
            Recipient.objects.update(unit="1")
    finally:
        scope._current.reset(token)


def test_the_scope_is_read_when_the_query_runs_not_when_it_is_made(
    people: World,
) -> None:
    with scope.clusters(people.riverside.pk):
        made_here = Recipient.objects.all()
    with scope.clusters(people.hilltop.pk):
        assert [person.name for person in made_here.all()] == ["Hugo Hill"]


def test_subqueries_excludes_updates_and_reverse_relations_are_scoped(
    people: World,
) -> None:
    anna, hugo = Recipient.objects.order_by("name")
    with scope.clusters(people.riverside.pk):
        reachable = Exists(ContactPoint.objects.filter(recipient=OuterRef("pk")))
        assert list(Recipient.objects.filter(reachable)) == [anna]
        assert list(Recipient.objects.exclude(unit="9")) == [anna]
        assert Recipient.objects.update(unit="2B") == 1
        assert hugo.contact_points.count() == 0
        assert list(Cluster.objects.all()) == [people.riverside]
        assert list(people.hilltop.recipients.all()) == []
    with scope.clusters():
        assert not Recipient.objects.exists()


def test_system_templates_are_everybodys_own_ones_are_not(people: World) -> None:
    before = MessageTemplate.objects.count()
    shared = MessageTemplate.objects.filter(cluster=None).count()
    for cluster in (people.riverside, people.hilltop):
        MessageTemplate.objects.create(
            cluster=cluster, name="Water", slug="water", subject="Water", body=[]
        )
    assert MessageTemplate.objects.count() == before + 2
    with scope.clusters(people.riverside.pk):
        assert MessageTemplate.objects.count() == shared + 1
    with scope.clusters():
        assert MessageTemplate.objects.count() == shared
