"""No file can revive an opt-out."""

from __future__ import annotations

from typing import Any

import pytest
from django.db.models import OuterRef, Subquery

from notifications.actions import opt_outs, recipients
from notifications.actions.recipients import Address, Details
from notifications.audience.refusals import PERSON, opted_out
from notifications.events import ANNOUNCEMENT_POSTED
from notifications.lifecycle import EntryStatus
from notifications.models import (
    ContactPoint,
    OptOut,
    OptOutSource,
    Recipient,
    Suppression,
)
from notifications.public import choices
from tests.opt_outs.planned import make_dispatch, plan
from tests.personas import World

from .lists import imported, people

pytestmark = [pytest.mark.django_db, pytest.mark.services]

ANNA = {
    "ID": "7",
    "Name": "Anna Berg",
    "Email": "anna@example.org",
    "Mobile": "07700900001",
}


def refused(world: World, channel: str = "email") -> set[str]:
    """Names of people here who must not be written to on a channel."""
    prints = ContactPoint.objects.filter(
        recipient=OuterRef("pk"), channel=channel, primary=True, active=True
    ).values("fingerprint")
    there = Recipient.objects.filter(cluster=world.riverside, archived_at=None)
    said_no = opted_out(world.riverside.pk, ANNOUNCEMENT_POSTED, channel, PERSON)
    return {
        person.external_id
        for person in there.annotate(address_fingerprint=Subquery(prints)).filter(
            said_no
        )
    }


def change(person: Recipient, by: Any, **what: str) -> None:
    """Staff change Anna's name or her email."""
    name, email = what.get("name", ANNA["Name"]), what.get("email", ANNA["Email"])
    addresses = (Address("email", email), Address("sms", ANNA["Mobile"]))
    told = Details(name, external_id=person.external_id, addresses=addresses)
    recipients.edit(person, told, by=by)


@pytest.fixture
def anna(world: World, mona: Any) -> Recipient:
    """Imported, and has said no to everything."""
    imported(world.riverside, people(ANNA), by=mona)
    person: Recipient = Recipient.objects.get()
    opt_outs.opt_out(
        world.riverside, person, source="staff", by=mona, reason="She wrote"
    )
    return person


def test_a_new_address_does_not_get_round_a_refusal(
    world: World, mona: Any, anna: Recipient
) -> None:
    imported(world.riverside, people(ANNA | {"Email": "new@example.org"}), by=mona)
    assert refused(world) == {"7"}
    prints = set(OptOut.objects.get().addresses.values_list("fingerprint", flat=True))
    new = ContactPoint.objects.get(value="new@example.org")
    assert new.fingerprint in prints


def test_who_left_comes_back_with_the_refusal_in_force(
    world: World, mona: Any, anna: Recipient
) -> None:
    recipients.archive(world.riverside, [anna.pk], by=mona, reason="Moved out")
    job = imported(world.riverside, people(ANNA), by=mona)

    anna.refresh_from_db()
    assert anna.archived_at is None
    assert (job.counts["changed"], job.counts["restored"]) == (1, 1)
    assert "Restored" in anna.history.first().history_change_reason
    assert refused(world) == {"7"}


@pytest.mark.parametrize("how", ["archived", "deleted"])
@pytest.mark.parametrize("channel", ["email", "sms"])
def test_neither_another_number_nor_another_spelling_revives_it(
    world: World, mona: Any, anna: Recipient, how: str, channel: str
) -> None:
    if how == "archived":
        recipients.archive(world.riverside, [anna.pk], by=mona, reason="Moved out")
    else:
        anna.delete()
    again = ANNA | {"ID": "99", "Name": " ANNA  bErg", "Email": "Anna@Example.org"}
    imported(world.riverside, people(again), by=mona)
    assert refused(world, channel) == {"99"}


@pytest.mark.parametrize("how", ["archived", "deleted"])
def test_a_further_address_under_another_number_does_not_revive_it(
    world: World, mona: Any, anna: Recipient, how: str
) -> None:
    if how == "archived":
        recipients.archive(world.riverside, [anna.pk], by=mona, reason="Moved out")
    else:
        anna.delete()
    again = ANNA | {"ID": "99", "Email": "other@example.org"}
    job = imported(world.riverside, people(again), by=mona)

    assert job.counts["new"] == 1
    assert refused(world) == {"99"}
    carried = OptOut.objects.get(source="import")
    assert (carried.recipient.external_id, carried.reason) == ("99", "She wrote")
    assert carried.history.get().actor_label == "Mona"


def test_an_address_of_later_does_not_revive_a_refusal_made_by_link(
    world: World, mona: Any
) -> None:
    imported(world.riverside, people(ANNA), by=mona)
    anna = Recipient.objects.get()
    sent = plan(make_dispatch(world.riverside), anna, status=EntryStatus.SENT)
    choices.stop(sent, everything=True, source=OptOutSource.LINK)
    change(anna, mona, email="new@example.org")
    recipients.archive(world.riverside, [anna.pk], by=mona, reason="Moved out")
    again = {"ID": "99", "Name": "Anna Berg", "Email": "new@example.org"}
    imported(world.riverside, people(again), by=mona)
    assert refused(world) == {"99"}


@pytest.mark.parametrize("who", ["staff", "file"])
@pytest.mark.parametrize("how", ["archived", "deleted"])
def test_a_name_of_later_does_not_revive_a_refusal(
    world: World, mona: Any, anna: Recipient, who: str, how: str
) -> None:
    if who == "staff":
        change(anna, mona, name="Anna Dahl")
    else:
        imported(world.riverside, people(ANNA | {"Name": "Anna Dahl"}), by=mona)
    if how == "archived":
        recipients.archive(world.riverside, [anna.pk], by=mona, reason="Moved out")
    else:
        anna.delete()
    again = ANNA | {"ID": "99", "Name": "Anna Dahl", "Email": "other@example.org"}
    imported(world.riverside, people(again), by=mona)
    assert refused(world) == {"99"}


def test_a_neighbour_of_the_same_name_keeps_their_own_mind(
    world: World, mona: Any, anna: Recipient
) -> None:
    young = {"ID": "8", "Name": "Anna Berg", "Email": "young@example.org"}
    imported(world.riverside, people(young | {"Mobile": "07700900001"}), by=mona)
    assert refused(world) == {"7"}
    assert OptOut.objects.count() == 1


def test_suppressions_are_not_touched(world: World, mona: Any) -> None:
    imported(world.riverside, people(ANNA), by=mona)
    point = ContactPoint.objects.get(channel="email")
    Suppression.objects.create(
        cluster=world.riverside,
        channel="email",
        fingerprint=point.fingerprint,
        reason="bounce",
    )
    imported(world.riverside, people(ANNA | {"Flat": "3"}), by=mona)
    assert Suppression.objects.count() == 1
