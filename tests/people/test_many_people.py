"""Staff tag, move, archive and restore many people at once, within one cluster."""

from __future__ import annotations

import pytest

from notifications import scope
from notifications.actions import covered, opt_outs, recipients
from notifications.errors import Refused
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import OptOut, OptOutSource, Recipient, Tag
from tests.opt_outs.planned import make_dispatch, plan, status_of
from tests.personas import World, make_people, make_person, make_zone

pytestmark = [pytest.mark.django_db, pytest.mark.services]


def reasons() -> list[str]:
    """Why people were changed, oldest first."""
    rows = Recipient.history.filter(history_type="~").order_by("history_id")
    return list(rows.values_list("history_change_reason", flat=True))


def test_tagging_makes_the_tag_and_counts_who_lacked_it(world: World) -> None:
    people = make_people(world.riverside, 3)
    foreign = make_person(world.hilltop, "Hugo Hill")
    keys = [person.pk for person in (*people, foreign)]
    with scope.clusters(world.riverside.pk):
        done = recipients.tag(world.riverside, keys[:1], ["Owner"], by=world.mona)
        assert done == 1
        done = recipients.tag(world.riverside, keys, ["owner", "Quay"], by=world.mona)
        assert done == 3
        assert not recipients.tag(world.riverside, keys, ["OWNER"], by=world.mona)
    assert {tag.recipients.count() for tag in Tag.objects.all()} == {3}
    assert reasons() == ["Tagged Owner"] + ["Tagged Owner, Quay"] * 3
    assert not foreign.tags.exists()


def test_untagging_takes_only_the_clusters_own_tags(world: World) -> None:
    people = make_people(world.riverside, 3, tags=("Owner",))
    hugo = make_person(world.hilltop, "Hugo Hill", tags=("Owner",))
    mine, theirs = (
        Tag.objects.get(cluster=c) for c in (world.riverside, world.hilltop)
    )
    keys = [person.pk for person in (*people, hugo)]
    with scope.clusters(world.riverside.pk):
        assert (
            recipients.untag(world.riverside, keys, [mine.pk, theirs.pk], by=world.mona)
            == 3
        )
        with pytest.raises(Refused, match="Choose a tag"):
            recipients.untag(world.riverside, keys, [theirs.pk], by=world.mona)
    assert hugo.tags.count() == 1
    assert reasons() == ["No longer tagged Owner"] * 3


def test_moving_to_a_zone_counts_who_was_elsewhere(world: World) -> None:
    people = make_people(world.riverside, 3)
    heron = make_zone(world.riverside, "Heron")
    theirs = make_zone(world.hilltop, "Tower")
    keys = [person.pk for person in people]
    assert recipients.move(world.riverside, keys[:1], heron.pk, by=world.mona) == 1
    assert recipients.move(world.riverside, keys, heron.pk, by=world.mona) == 2
    assert Recipient.objects.filter(zone=heron).count() == 3
    with pytest.raises(Refused, match="no such zone"):
        recipients.move(world.riverside, keys, theirs.pk, by=world.mona)
    assert recipients.move(world.riverside, keys, None, by=world.mona) == 3
    assert reasons()[0] == "Moved to Heron"
    assert reasons()[-1] == "Moved out of every zone"


def test_archiving_stops_what_waits_and_keeps_refusals_for_the_address(
    world: World,
) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="home@example.org")
    bo = make_person(world.riverside, "Bo Berg", email="home@example.org")
    cara = make_person(world.riverside, "Cara Dahl", email="cara@example.org")
    dispatch = make_dispatch(world.riverside)
    for_anna, for_bo, for_cara = (plan(dispatch, each) for each in (anna, bo, cara))
    refusal = opt_outs.opt_out(
        world.riverside,
        anna,
        category="announcements",
        source=OptOutSource.STAFF,
        reason="Asked",
        by=world.mona,
    )
    assert status_of(for_anna) == (EntryStatus.SKIPPED, SkipReason.OPTED_OUT)
    done = recipients.archive(
        world.riverside, [anna.pk, cara.pk], by=world.mona, reason="Moved away"
    )
    assert done == 2
    refusal.refresh_from_db()
    assert refusal.holds_for_others
    assert status_of(for_cara) == (EntryStatus.SKIPPED, SkipReason.LEFT)
    assert status_of(for_bo) == (EntryStatus.SKIPPED, SkipReason.OPTED_OUT)
    anna.refresh_from_db()
    assert anna.archived_at is not None
    assert reasons() == ["Archived: Moved away"] * 2
    # Nothing is rewritten: whoever comes back has the refusal that they had.
    assert OptOut.history.count() == 1


def test_who_was_archived_by_mistake_silences_nobody_after_coming_back(
    world: World,
) -> None:
    ann = make_person(world.riverside, "Ann Berg", email="home@example.org")
    bob = make_person(world.riverside, "Bob Berg", email="home@example.org")
    opt_outs.opt_out(
        world.riverside, ann, source=OptOutSource.STAFF, reason="Asked", by=world.mona
    )
    given = {"by": world.mona, "reason": "By mistake"}
    recipients.archive(world.riverside, [ann.pk], **given)
    recipients.restore(world.riverside, [ann.pk], **given)
    for_ann, for_bob = (plan(make_dispatch(world.riverside), p) for p in (ann, bob))
    covered.skip_refused(world.riverside, [ann.pk, bob.pk], "Looked again")
    assert status_of(for_ann) == (EntryStatus.SKIPPED, SkipReason.OPTED_OUT)
    assert status_of(for_bob) == (EntryStatus.PLANNED, "")


def test_restoring_brings_people_back_and_revives_nothing(world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="home@example.org")
    entry = plan(make_dispatch(world.riverside), anna)
    for _time in range(2):
        recipients.archive(world.riverside, [anna.pk], by=world.mona, reason="Left")
    assert recipients.restore(
        world.riverside, [anna.pk], by=world.mona, reason="Came back"
    )
    anna.refresh_from_db()
    assert anna.archived_at is None
    assert status_of(entry) == (EntryStatus.SKIPPED, SkipReason.LEFT)
    assert reasons() == ["Archived: Left", "Restored: Came back"]


def test_archiving_needs_a_reason(world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg")
    with pytest.raises(Refused, match="Say why"):
        recipients.archive(world.riverside, [anna.pk], by=world.mona, reason=" ")


def test_more_people_than_one_statement_takes(world: World) -> None:
    Recipient.objects.bulk_create(
        [
            Recipient(cluster=world.riverside, name=f"P {n}", name_key=f"p {n}")
            for n in range(1_100)
        ]
    )
    keys = list(Recipient.objects.values_list("pk", flat=True))
    assert recipients.tag(world.riverside, keys, ["Everybody"], by=world.mona) == 1_100
    assert recipients.archive(
        world.riverside, keys, by=world.mona, reason="Closed"
    ) == len(keys)
    assert len(reasons()) == 2_200
