"""A refusal is kept, takes effect on what is planned, and can be lifted."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import events, scope
from notifications.actions import opt_outs
from notifications.actions.opt_outs import Wish
from notifications.actors import Actor, ActorKind, acting
from notifications.errors import NotAllowed, Refused
from notifications.events import Category, ChannelKind, Priority
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import NotificationLog, OptOut, OptOutAddress, OptOutSource
from tests.opt_outs.planned import make_dispatch, plan, status_of
from tests.personas import World, make_people, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.services]

OPTED_OUT = (EntryStatus.SKIPPED, SkipReason.OPTED_OUT)
STAFF, LINK = OptOutSource.STAFF, OptOutSource.LINK


def test_a_refusal_holds_on_to_the_person_and_all_their_addresses(
    world: World,
) -> None:
    anna = make_person(
        world.riverside, "Anna Berg", email="anna@example.org", phone="+447700900123"
    )
    row = opt_outs.opt_out(
        world.riverside,
        anna,
        source=STAFF,
        reason="Asked at the desk",
        evidence="Letter of 3 May",
        by=world.mona,
    )
    assert not row.holds_for_others
    assert {each.person_fingerprint for each in row.addresses.all()} == {
        anna.fingerprint
    }
    assert row.created_by == world.mona
    held = set(row.addresses.values_list("channel", "fingerprint"))
    points = set(anna.contact_points.values_list("channel", "fingerprint"))
    assert held == points
    assert len(held) == 2


def test_a_refusal_of_one_channel_holds_on_to_the_addresses_of_that_channel(
    world: World,
) -> None:
    anna = make_person(
        world.riverside, "Anna Berg", email="anna@example.org", phone="+447700900123"
    )
    row = opt_outs.opt_out(
        world.riverside,
        anna,
        channel=ChannelKind.EMAIL,
        source=STAFF,
        reason="Asked",
        by=world.mona,
    )
    assert [each.channel for each in row.addresses.all()] == ["email"]


def test_the_same_refusal_twice_is_one(world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    first, second = (
        opt_outs.opt_out(
            world.riverside, anna, channel="email", source=LINK, shared=True
        )
        for _time in range(2)
    )
    assert first == second
    assert OptOut.history.count() == 1


def test_what_is_refused_for_one_address_is_not_yet_for_others_at_the_next(
    world: World,
) -> None:
    anna = make_person(
        world.riverside, "Anna Berg", email="anna@example.org", phone="+447700900123"
    )
    entry = plan(make_dispatch(world.riverside), anna, status=EntryStatus.SENT)
    given = {"source": STAFF, "reason": "Asked", "by": world.mona}
    own = opt_outs.opt_out(world.riverside, anna, **given)
    one = opt_outs.opt_out(world.riverside, anna, source=LINK, entry=entry, shared=True)
    every = opt_outs.opt_out(world.riverside, anna, shared=True, **given)
    assert [row.addresses.filter(shared=True).count() for row in (own, one, every)] == [
        0,
        1,
        2,
    ]
    again = opt_outs.opt_out(world.riverside, anna, shared=True, **given)
    assert again == every


def test_a_lifted_or_shorter_refusal_is_not_the_same(world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    until = timezone.now() + timedelta(days=7)
    given = {"source": STAFF, "reason": "Away", "by": world.mona}
    short = opt_outs.opt_out(world.riverside, anna, expires_at=until, **given)
    for_ever = opt_outs.opt_out(world.riverside, anna, **given)
    assert short != for_ever
    assert opt_outs.opt_out(world.riverside, anna, expires_at=until, **given) in (
        short,
        for_ever,
    )
    opt_outs.lift(for_ever, reason="Changed their mind", by=world.mona)
    assert opt_outs.opt_out(world.riverside, anna, **given) != for_ever


@pytest.mark.parametrize(
    "status", [EntryStatus.PLANNED, EntryStatus.RETRYING, EntryStatus.DEFERRED]
)
def test_what_waits_is_skipped_with_history(world: World, status: str) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    entry = plan(make_dispatch(world.riverside), anna, status=status)
    opt_outs.opt_out(world.riverside, anna, source=STAFF, reason="Asked", by=world.mona)
    assert status_of(entry) == OPTED_OUT
    assert entry.settled_at is not None
    row = NotificationLog.history.filter(id=entry.pk).latest("history_id")
    assert (row.status, row.reason) == OPTED_OUT
    assert (row.actor_kind, row.actor_label) == (ActorKind.STAFF, "Mona")
    assert row.history_change_reason == "Opted out: Asked"


@pytest.mark.parametrize(
    "status", [EntryStatus.SENDING, EntryStatus.SENT, EntryStatus.UNKNOWN]
)
def test_what_is_on_its_way_stays_as_it_is(world: World, status: str) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    entry = plan(make_dispatch(world.riverside), anna, status=status)
    opt_outs.opt_out(world.riverside, anna, source=LINK)
    assert status_of(entry) == (status, "")


def test_only_the_refused_channel_and_category_are_taken_away(world: World) -> None:
    anna = make_person(
        world.riverside, "Anna Berg", email="anna@example.org", phone="+447700900123"
    )
    news = make_dispatch(world.riverside, events.NEWSLETTER)
    other = make_dispatch(world.riverside, events.PAYMENT_DUE)
    mail, text = plan(news, anna), plan(news, anna, channel="sms")
    bill = plan(other, anna)
    opt_outs.opt_out(
        world.riverside,
        anna,
        channel="email",
        category=Category.NEWSLETTER,
        source=LINK,
    )
    assert status_of(mail) == OPTED_OUT
    assert status_of(text) == status_of(bill) == (EntryStatus.PLANNED, "")


def test_critical_messages_still_go(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    critical = replace(events.MAINTENANCE_URGENT, priority=Priority.CRITICAL)
    monkeypatch.setitem(events.REGISTRY, critical.name, critical)
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    entry = plan(make_dispatch(world.riverside, critical), anna)
    opt_outs.opt_out(world.riverside, anna, source=LINK)
    assert status_of(entry) == (EntryStatus.PLANNED, "")


def test_a_shared_address_is_kept_for_others_unless_the_whole_of_it_is_refused(
    world: World,
) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="home@example.org")
    bo = make_person(world.riverside, "Bo Berg", email="home@example.org")
    dispatch = make_dispatch(world.riverside)
    for_anna, for_bo = plan(dispatch, anna), plan(dispatch, bo)
    opt_outs.opt_out(world.riverside, anna, source=STAFF, reason="Asked", by=world.mona)
    assert status_of(for_anna) == OPTED_OUT
    assert status_of(for_bo) == (EntryStatus.PLANNED, "")
    opt_outs.opt_out(world.riverside, anna, source=LINK, shared=True)
    assert status_of(for_bo) == OPTED_OUT


def test_the_address_a_message_went_to_is_refused_though_the_person_has_a_new_one(
    world: World,
) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="old@example.org")
    entry = plan(make_dispatch(world.riverside), anna, status=EntryStatus.SENT)
    anna.contact_points.update(value="new@example.org", fingerprint="x" * 32)
    row = opt_outs.opt_out(
        world.riverside, anna, channel="email", source=LINK, entry=entry
    )
    prints = set(row.addresses.values_list("fingerprint", flat=True))
    assert prints == {entry.addressee.fingerprint, "x" * 32}
    assert row.source_entry == entry


def test_a_person_imported_again_stays_opted_out(world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    opt_outs.opt_out(world.riverside, anna, source=LINK)
    again = make_person(world.riverside, "ANNA  Berg", email="anna@example.org")
    somebody = make_person(world.riverside, "Bo Dahl", email="anna@example.org")
    dispatch = make_dispatch(world.riverside)
    for_anna, for_bo = plan(dispatch, again), plan(dispatch, somebody)
    opt_outs.opt_out(world.riverside, anna, category="payments", source=LINK)
    assert status_of(for_anna) == OPTED_OUT
    assert status_of(for_bo) == (EntryStatus.PLANNED, "")


def test_many_refuse_at_once_and_those_of_other_clusters_are_not_found(
    world: World,
) -> None:
    people = make_people(world.riverside, 4)
    foreign = make_person(world.hilltop, "Hugo Hill", email="hugo@example.org")
    dispatch = make_dispatch(world.riverside)
    entries = [plan(dispatch, person) for person in people]
    opt_outs.opt_out(
        world.riverside, people[0], source=STAFF, reason="Asked", by=world.mona
    )
    wish = Wish(STAFF, reason="The list of the office")
    keys = [person.pk for person in (*people, foreign)]
    with scope.clusters(world.riverside.pk):
        assert opt_outs.record_all(world.riverside, keys, wish, by=world.mona) == 3
    assert {status_of(entry) for entry in entries} == {OPTED_OUT}
    assert OptOut.objects.count() == 4
    assert OptOutAddress.objects.count() == 4
    assert not OptOut.objects.filter(recipient=foreign).exists()
    with pytest.raises(Refused, match="not in this cluster"):
        opt_outs.opt_out(world.riverside, foreign, source=LINK)


def test_only_a_manager_records_or_lifts_for_others(world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    row = opt_outs.opt_out(
        world.riverside, anna, source=STAFF, reason="Asked", by=world.mona
    )
    for user in (world.ada, world.grace, world.otto, world.mallory, world.pia, None):
        with pytest.raises(NotAllowed):
            opt_outs.opt_out(
                world.riverside, anna, source=STAFF, reason="Asked", by=user
            )
        with pytest.raises(NotAllowed):
            opt_outs.lift(row, reason="Asked", by=user)
    with pytest.raises(Refused, match="Say why"):
        opt_outs.opt_out(
            world.riverside, anna, source=STAFF, reason="  ", by=world.mona
        )
    with pytest.raises(Refused, match="Say why"):
        opt_outs.lift(row, reason="", by=world.mona)


def test_lifting_says_who_and_why_and_revives_nothing(world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    entry = plan(make_dispatch(world.riverside), anna)
    row = opt_outs.opt_out(world.riverside, anna, source=LINK)
    row = opt_outs.lift(row, reason="Called on 4 May", by=world.mona)
    assert not row.is_in_force
    assert status_of(entry) == OPTED_OUT
    last = OptOut.history.latest("history_id")
    assert last.actor_label == "Mona"
    assert last.history_change_reason == "Lifted: Called on 4 May"
    opt_outs.lift(row, reason="Again", by=world.mona)
    assert OptOut.history.count() == 2


def test_people_take_back_what_they_refused_themselves(world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    with acting(Actor(ActorKind.PERSON, anna.pk, "The person")):
        row = opt_outs.opt_out(world.riverside, anna, source=LINK)
        assert not opt_outs.lift(row, reason="By mistake").is_in_force
    assert {h.actor_kind for h in OptOut.history.all()} == {ActorKind.PERSON}


def test_an_end_that_has_passed_is_refused(world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    with pytest.raises(Refused, match="past"):
        opt_outs.opt_out(world.riverside, anna, source=LINK, expires_at=timezone.now())
