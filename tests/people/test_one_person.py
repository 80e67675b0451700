"""Staff add and change a person; every cell is cleaned as an import would."""

from __future__ import annotations

from datetime import timedelta

import pytest

from notifications import scope
from notifications.actions import opt_outs, recipients
from notifications.actions.recipients import Address, Details, Unclean
from notifications.errors import NotAllowed, Refused
from notifications.models import ContactPoint, OptOutSource, Recipient, Tag
from tests.personas import World, make_person, make_zone

pytestmark = [pytest.mark.django_db, pytest.mark.services]

EMAIL, SMS = "email", "sms"


def details(**fields: object) -> Details:
    """Anna, as staff would type her."""
    given: dict[str, object] = {
        "name": " Anna   Berg ",
        "first_name": "Anna",
        "unit": "2B",
        "language": "French",
        "external_id": "T-17",
        "tags": ("Owner", "owner", "Quay side"),
        "addresses": (
            Address(EMAIL, "Anna.Berg@Example.org ", "home"),
            Address(SMS, "07700 900123"),
            Address(EMAIL, ""),
        ),
    }
    return Details(**(given | fields))  # type: ignore[arg-type]


def points_of(person: Recipient) -> set[tuple[str, str, bool]]:
    """Channel, address and whether it is the main one."""
    return set(person.contact_points.values_list("channel", "value", "primary"))


def test_a_person_is_added_with_clean_words_addresses_and_tags(world: World) -> None:
    quay = make_zone(world.riverside, "Quay")
    anna = recipients.add(world.riverside, details(zone_id=quay.pk), by=world.mona)
    assert (anna.name, anna.name_key, anna.language) == ("Anna Berg", "anna berg", "fr")
    assert anna.zone == quay
    assert points_of(anna) == {
        (EMAIL, "anna.berg@example.org", True),
        (SMS, "+447700900123", True),
    }
    assert sorted(tag.name for tag in anna.tags.all()) == ["Owner", "Quay side"]
    assert {tag.cluster for tag in Tag.objects.all()} == {world.riverside}
    [row] = Recipient.history.all()
    assert (row.actor_label, row.history_change_reason) == ("Mona", "Added")


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_kept(
    world: World,
) -> None:
    wrong = details(
        name="  ",
        language="Elvish",
        unit="x" * 61,
        addresses=(Address(EMAIL, "anna(at)example"), Address(SMS, "ask reception")),
    )
    with pytest.raises(Unclean) as caught:
        recipients.add(world.riverside, wrong, by=world.mona)
    problems = caught.value.problems
    assert set(problems) == {"name", "language", "unit", "addresses-0", "addresses-1"}
    assert problems["addresses-0"].startswith("“anna(at)example” is not an email")
    assert "“ask reception” is not a phone number" in problems["addresses-1"]
    assert not Recipient.objects.exists()


def test_a_language_without_its_country_is_the_clusters_own(world: World) -> None:
    world.riverside.language = "en-gb"
    world.riverside.save()
    anna = recipients.add(world.riverside, details(language="English"), by=world.mona)
    assert anna.language == "en-gb"


def test_zones_of_other_clusters_are_unknown(world: World) -> None:
    theirs = make_zone(world.hilltop, "Tower")
    with pytest.raises(Unclean, match="no such zone"):
        recipients.add(world.riverside, details(zone_id=theirs.pk), by=world.mona)


def test_an_external_id_belongs_to_one_person_of_the_cluster(world: World) -> None:
    recipients.add(world.riverside, details(), by=world.mona)
    with pytest.raises(Unclean, match="Anna Berg already has this external id"):
        recipients.add(world.riverside, details(name="Bo"), by=world.mona)
    recipients.add(world.hilltop, details(), by=world.mallory)


@pytest.mark.parametrize("name", ["ada", "grace", "otto", "mallory", "pia"])
def test_only_a_manager_changes_people(world: World, name: str) -> None:
    anna = make_person(world.riverside, "Anna Berg")
    user = getattr(world, name)
    with pytest.raises(NotAllowed):
        recipients.add(world.riverside, details(), by=user)
    with pytest.raises(NotAllowed):
        recipients.edit(anna, details(), by=user)
    with pytest.raises(NotAllowed):
        recipients.archive(world.riverside, [anna.pk], by=user, reason="Left")
    with pytest.raises(NotAllowed):
        recipients.restore(world.riverside, [anna.pk], by=user, reason="Back")
    with pytest.raises(NotAllowed):
        recipients.tag(world.riverside, [anna.pk], ["Owner"], by=user)
    with pytest.raises(NotAllowed):
        recipients.untag(world.riverside, [anna.pk], [1], by=user)
    with pytest.raises(NotAllowed):
        recipients.move(world.riverside, [anna.pk], None, by=user)


def test_history_says_what_changed_without_saying_the_words(world: World) -> None:
    anna = recipients.add(world.riverside, details(), by=world.mona)
    recipients.edit(
        anna,
        details(
            unit="3C",
            tags=("Owner",),
            addresses=(Address(EMAIL, "anna@example.org"), Address(SMS, "07700900123")),
        ),
        by=world.mona,
        reason="Moved flat",
    )
    last = Recipient.history.latest("history_id")
    assert last.history_change_reason == "Changed unit, email, tags: Moved flat"
    reasons = ContactPoint.history.order_by("history_id").values_list(
        "history_type", "history_change_reason"
    )
    assert list(reasons)[2:] == [("-", "Address removed"), ("+", "Address added")]


def test_saving_what_is_there_already_writes_no_history(world: World) -> None:
    anna = recipients.add(world.riverside, details(), by=world.mona)
    recipients.edit(anna, details(), by=world.mona)
    assert Recipient.history.count() == 1
    assert ContactPoint.history.count() == 2


def test_another_address_becomes_the_main_one(world: World) -> None:
    anna = recipients.add(world.riverside, details(addresses=()), by=world.mona)
    first = Address(EMAIL, "a@example.org")
    second = Address(EMAIL, "b@example.org", "work")
    for wanted, main in (
        ((first, second), "a@example.org"),
        ((first, Address(EMAIL, "b@example.org", "work", True)), "b@example.org"),
        ((second,), "b@example.org"),
        ((first,), "a@example.org"),
    ):
        recipients.edit(anna, details(addresses=wanted), by=world.mona)
        points = points_of(anna)
        assert len(points) == len(wanted)
        assert [value for _, value, primary in points if primary] == [main]


def test_addresses_of_devices_are_left_alone(world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    ContactPoint.objects.create(
        cluster=world.riverside, recipient=anna, channel="push", value="device-1"
    )
    recipients.edit(anna, details(addresses=()), by=world.mona)
    assert points_of(anna) == {("push", "device-1", True)}


def test_a_new_address_of_somebody_who_opted_out_is_held_on_to(world: World) -> None:
    anna = recipients.add(world.riverside, details(), by=world.mona)
    own = opt_outs.opt_out(
        world.riverside,
        anna,
        source=OptOutSource.STAFF,
        reason="Asked",
        by=world.mona,
    )
    shared = opt_outs.opt_out(
        world.riverside, anna, source=OptOutSource.LINK, shared=True
    )
    more = (*details().addresses, Address(EMAIL, "anna@work.example.org"))
    recipients.edit(anna, details(addresses=more), by=world.mona)
    assert own.addresses.count() == shared.addresses.count() == 3
    new = shared.addresses.latest("pk")
    assert (new.channel, new.shared) == (EMAIL, False)


def test_a_new_name_of_somebody_who_opted_out_is_held_on_to(world: World) -> None:
    anna = recipients.add(world.riverside, details(), by=world.mona)
    row = opt_outs.opt_out(world.riverside, anna, source=OptOutSource.LINK)
    before = anna.fingerprint
    anna = recipients.edit(anna, details(name="Anna Dahl"), by=world.mona)
    held = set(row.addresses.values_list("channel", "person_fingerprint"))
    assert held == {
        (channel, name)
        for channel in (EMAIL, SMS)
        for name in (before, anna.fingerprint)
    }


def test_who_opened_the_page_earlier_does_not_undo_what_a_colleague_did(
    world: World,
) -> None:
    anna = recipients.add(world.riverside, details(), by=world.mona)
    seen = anna.updated_at - timedelta(seconds=1)
    with pytest.raises(Refused, match="since you opened the page"):
        recipients.edit(anna, details(unit="9"), by=world.mona, seen=seen)
    recipients.edit(anna, details(unit="9"), by=world.mona, seen=anna.updated_at)
    anna.refresh_from_db()
    assert anna.unit == "9"


def test_twins_have_the_same_name_and_an_equal_address(world: World) -> None:
    anna = make_person(world.riverside, "ANNA Berg", email="anna.berg@example.org")
    make_person(world.riverside, "Bo Berg", email="anna.berg@example.org")
    make_person(world.riverside, "Anna Berg", email="another@example.org")
    make_person(world.hilltop, "Anna Berg", email="anna.berg@example.org")
    with scope.clusters(world.riverside.pk):
        assert recipients.twins(world.riverside, details()) == [anna]
        assert not recipients.twins(world.riverside, details(), besides=anna.pk)
