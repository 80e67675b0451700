"""Who does not answer has somebody who is told: their caretaker, or whom they named."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from notifications import invariants
from notifications.actions import broadcasts, opt_outs, personal, recipients
from notifications.alerting import Purpose
from notifications.audience import Criteria, InvalidCriteria, people
from notifications.errors import NotAllowed, Refused
from notifications.models import (
    Broadcast,
    NotificationLog,
    PersonalContact,
    Recipient,
    Suppression,
)
from tests import flow
from tests.broadcasts.conftest import PHONE, fan_out
from tests.delivery.scripted import accepted, answering
from tests.personas import make_person

pytestmark = pytest.mark.services

STEP = {"minutes": 5, "channels": ["sms"], "contacts": "caretaker"}
YES = {"confirmed_people": 3, "typed_people": 3}
WHY = "Somebody who names you as their contact has not answered."


@pytest.fixture
def gas(gas):
    return replace(gas, ladder=(STEP,))


@pytest.fixture
def carla(riverside):
    """She lives elsewhere on the estate, and is told by text."""
    return make_person(riverside, "Carla", phone=PHONE.format(9))


def person(name) -> Recipient:
    return Recipient.objects.get(name=name)


def named(name, contact, by, kind="caretaker"):
    return personal.name_contact(person(name), contact, kind, by=by)


def climb(minutes=5) -> int:
    return broadcasts.climb(timezone.now() + timedelta(minutes=minutes, seconds=1))


def answer(broadcast, name, state="safe"):
    entry = NotificationLog.objects.filter(
        dispatch__broadcast=broadcast,
        dispatch__purpose=Purpose.ALERT,
        recipient__name=name,
    ).first()
    broadcasts.answer(entry, state)


def told(broadcast) -> list[tuple[str, str, str]]:
    """Who has an entry of the step to contacts, on which channel, and how it stands."""
    step = broadcast.dispatches.filter(purpose=Purpose.CONTACT).first()
    if step is None:
        return []
    fan_out(step)
    rows = flow.entries(step).order_by("recipient__name")
    return list(rows.values_list("recipient__name", "channel", "status"))


def test_a_caretaker_is_told_of_whoever_is_silent_and_once(arrived, carla, mona):
    for name in ("Ann", "Bea", "Cy"):
        named(name, carla, mona)
    assert climb(4) == 0
    assert climb(5) == 1
    assert climb(600) == 0
    assert told(arrived) == [("Carla", "sms", "planned")]
    step = arrived.dispatches.get(purpose=Purpose.CONTACT)
    assert step.parent.purpose == Purpose.ALERT
    assert invariants.check() == []


def test_whose_people_have_all_answered_is_left_in_peace(arrived, carla, mona):
    named("Ann", carla, mona)
    answer(arrived, "Ann")
    assert climb() == 0
    assert told(arrived) == []


def test_of_several_only_the_contacts_of_the_silent_are_told(arrived, carla, mona):
    dora = make_person(carla.cluster, "Dora", phone=PHONE.format(8))
    named("Ann", carla, mona)
    named("Cy", dora, mona)
    answer(arrived, "Ann", "help")
    climb()
    assert told(arrived) == [("Dora", "sms", "planned")]


def test_a_step_tells_its_own_kind_of_contact(arrived, carla, mona):
    dora = make_person(carla.cluster, "Dora", phone=PHONE.format(8))
    named("Ann", carla, mona)
    named("Ann", dora, mona, kind="emergency")
    climb()
    assert told(arrived) == [("Carla", "sms", "planned")]


def test_steps_at_the_same_time_are_to_different_people(
    careful, gas, carla, ada, grace, mona, monkeypatch
):
    dora = make_person(careful, "Dora", phone=PHONE.format(8))
    named("Ann", carla, mona)
    named("Ann", dora, mona, kind="emergency")
    ladder = (
        {"minutes": 3, "channels": ["sms"]},
        {"minutes": 5, "channels": ["sms"]},
        STEP,
        STEP | {"contacts": "emergency"},
    )
    broadcast = broadcasts.create_draft(careful, replace(gas, ladder=ladder), by=ada)
    broadcasts.submit(broadcast, by=ada)
    fan_out(broadcasts.approve(broadcast, by=grace, **YES))
    answering(monkeypatch, accepted)
    flow.deliver()
    assert climb() == 1
    assert broadcast.dispatches.filter(purpose=Purpose.LADDER).count() == 1
    steps = broadcast.dispatches.filter(purpose=Purpose.CONTACT)
    for step in steps:
        fan_out(step)
    rows = NotificationLog.objects.filter(dispatch__in=steps)
    assert set(rows.values_list("recipient__name", flat=True)) == {"Carla", "Dora"}


def test_it_says_why_and_of_nobody_and_asks_for_no_answer(
    live, said, carla, mona, monkeypatch
):
    named("Ann", carla, mona)
    flow.deliver()
    said.clear()
    climb()
    told(live)
    flow.deliver()
    [(to, _subject, text)] = said
    assert to == carla.contact_points.get().value
    assert text == (
        f"{WHY} Gas leak in Heron block. Leave now. Meet at the north gate."
    )
    assert "Ann" not in text


def test_by_mail_and_in_the_language_of_the_contact(careful, gas, ada, grace, mona):
    clo = make_person(careful, "Clo", email="clo@example.org", language="fr")
    named("Ann", clo, mona)
    step = {"minutes": 5, "channels": ["email"], "contacts": "caretaker"}
    broadcast = broadcasts.create_draft(careful, replace(gas, ladder=(step,)), by=ada)
    letters = {
        (channel, language): letter
        for channel, language, letter in broadcasts.letters_of(
            broadcast, Purpose.CONTACT
        )
    }
    french = letters["email", "fr"]
    assert "Une personne qui vous a pour contact n’a pas répondu." in french.text
    assert french.subject == "Fuite de gaz : Heron block"
    assert "answer_url" not in french.html
    assert WHY in letters["email", "en"].html


def test_a_drill_says_so_to_contacts_too(careful, gas, ada):
    drill = broadcasts.create_draft(careful, gas, by=ada, is_drill=True)
    for _channel, language, letter in broadcasts.letters_of(drill, Purpose.CONTACT):
        word = "EXERCICE" if language == "fr" else "EXERCISE"
        assert word in letter.subject + letter.text


def test_they_hear_how_it_goes_on(arrived, carla, mona, grace, monkeypatch):
    named("Ann", carla, mona)
    climb()
    told(arrived)
    flow.deliver()
    over = broadcasts.follow_up(arrived, Purpose.ALL_CLEAR, by=grace)
    fan_out(over)
    assert "Carla" in set(flow.entries(over).values_list("recipient__name", flat=True))


def test_after_the_end_no_contact_is_told(arrived, carla, mona, grace):
    named("Ann", carla, mona)
    broadcasts.follow_up(arrived, Purpose.ALL_CLEAR, by=grace)
    assert climb(600) == 0
    assert told(arrived) == []


def test_who_has_left_is_not_told(arrived, carla, mona):
    named("Ann", carla, mona)
    recipients.archive(carla.cluster, [carla.pk], by=mona, reason="Moved")
    assert climb() == 0
    assert told(arrived) == []


def test_nor_is_anybody_for_who_has_left(arrived, carla, mona):
    named("Ann", carla, mona)
    recipients.archive(carla.cluster, [person("Ann").pk], by=mona, reason="Moved")
    climb()
    assert told(arrived) == []


def test_a_real_one_passes_their_opt_out_and_never_a_dead_address(arrived, carla, mona):
    dora = make_person(carla.cluster, "Dora", phone=PHONE.format(8))
    named("Ann", carla, mona)
    named("Ann", dora, mona)
    opt_outs.opt_out(carla.cluster, carla, by=mona, source="staff", reason="Asked")
    Suppression.objects.create(
        cluster=carla.cluster,
        channel="sms",
        fingerprint=dora.contact_points.get().fingerprint,
        reason="stop",
    )
    climb()
    assert told(arrived) == [("Carla", "sms", "planned"), ("Dora", "sms", "skipped")]


def test_a_drill_leaves_a_contact_who_opted_out_in_peace(
    careful, gas, carla, ada, grace, mona, monkeypatch
):
    named("Ann", carla, mona)
    Recipient.objects.filter(pk=carla.pk).update(zone=person("Ann").zone)
    opt_outs.opt_out(careful, carla, by=mona, source="staff", reason="Asked")
    drill = broadcasts.create_draft(careful, gas, by=ada, is_drill=True)
    broadcasts.submit(drill, by=ada)
    fan_out(broadcasts.approve(drill, by=grace, confirmed_people=3))
    answering(monkeypatch, accepted)
    flow.deliver()
    climb()
    assert told(drill) == [("Carla", "sms", "skipped")]


def test_an_answer_of_a_contact_counts_for_nobody_there(arrived, carla, mona, grace):
    named("Ann", carla, mona)
    climb()
    told(arrived)
    flow.deliver()
    fan_out(broadcasts.follow_up(arrived, Purpose.UPDATE, by=grace))
    flow.deliver()
    update = NotificationLog.objects.get(
        dispatch__purpose=Purpose.UPDATE, recipient=carla
    )
    broadcasts.answer(update, "safe")
    client = Client()
    client.force_login(grace)
    url = f"/c/riverside/admin/emergencies/{arrived.uid}/"
    board = client.get(url)
    assert (board.context["safe"], board.context["silent"]) == (0, 4)
    assert broadcasts.measures_of(arrived).answered == 0
    # But whoever needs help is looked for, whoever they are.
    broadcasts.answer(update, "help")
    assert client.get(url).context["help"] == 1
    muster = client.get(f"{url}muster/", {"tab": "help"}).content.decode()
    assert "Carla" in muster
    broadcasts.mark(arrived, carla, "safe", by=grace, seen="help")
    assert client.get(url).context["help"] == 0


def test_the_simulator_shows_who_would_be_told(drafted, carla, mona):
    named("Ann", carla, mona)
    named("Bea", carla, mona)
    [rung] = broadcasts.simulate(drafted)
    assert (rung.at_minute, rung.channels, rung.people) == (5, ("sms",), 1)
    assert "Caretaker" in rung.who


def test_contacts_are_approved_with_the_rest(submitted, grace):
    Broadcast.objects.filter(pk=submitted.pk).update(
        ladder=[STEP | {"contacts": "emergency"}]
    )
    submitted.refresh_from_db()
    with pytest.raises(Refused, match="not what was submitted"):
        broadcasts.approve(submitted, by=grace, **YES)


@pytest.mark.parametrize("kind", ["", "friend", None, 7])
def test_what_is_no_kind_is_refused(residents, carla, mona, kind):
    with pytest.raises(Refused):
        named("Ann", carla, mona, kind=kind)


@pytest.mark.parametrize(
    "step", [STEP | {"contacts": "friend"}, STEP | {"tag": 1}, STEP | {"contacts": 5}]
)
def test_a_step_to_nobody_known_is_refused(careful, gas, ada, step):
    with pytest.raises(Refused, match="cannot be read"):
        broadcasts.create_draft(careful, replace(gas, ladder=(step,)), by=ada)


def test_named_twice_is_named_once(residents, carla, mona):
    assert named("Ann", carla, mona) == named("Ann", carla, mona)
    assert PersonalContact.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        PersonalContact.objects.create(
            cluster=carla.cluster,
            recipient=person("Ann"),
            contact=carla,
            kind="caretaker",
        )


def test_only_a_manager_names_and_takes_off(residents, carla, mona, ada, mallory):
    for somebody in (ada, mallory):
        with pytest.raises(NotAllowed):
            named("Ann", carla, somebody)
    link = named("Ann", carla, mona)
    with pytest.raises(NotAllowed):
        personal.drop_contact(link, by=ada)
    key = link.pk
    personal.drop_contact(link, by=mona)
    assert not PersonalContact.objects.exists()
    reasons = PersonalContact.history.filter(id=key).order_by("history_id")
    assert list(reasons.values_list("history_change_reason", "actor_label")) == [
        ("Named", "Mona"),
        ("Taken off", "Mona"),
    ]


def test_nobody_is_their_own_contact_nor_of_another_cluster_nor_gone(
    residents, carla, hilltop, mona
):
    ann = person("Ann")
    with pytest.raises(Refused, match="their own"):
        named("Ann", ann, mona)
    with pytest.raises(Refused, match="of this cluster"):
        named("Ann", make_person(hilltop, "Hal"), mona)
    recipients.archive(carla.cluster, [carla.pk], by=mona, reason="Moved")
    carla.refresh_from_db()
    with pytest.raises(Refused, match="has left"):
        named("Ann", carla, mona)


def test_whoever_is_erased_is_nobodys_contact_and_has_none(residents, carla, mona):
    named("Ann", carla, mona)
    named("Cy", person("Ann"), mona)
    person("Ann").delete()
    assert not PersonalContact.objects.exists()


def test_criteria_remember_the_kind_and_nothing_where_there_is_none():
    told = Criteria(everyone=True, contacts="caretaker")
    assert Criteria.from_json(told.to_json()) == told
    assert Criteria(everyone=True).to_json() == {"everyone": True}
    with pytest.raises(InvalidCriteria):
        Criteria.from_json({"everyone": True, "contacts": "friend"})


def test_a_link_of_another_cluster_leads_nowhere(residents, hilltop, riverside, carla):
    """However it came there, no query crosses the boundary."""
    hal = make_person(hilltop, "Hal", phone=PHONE.format(7))
    PersonalContact.objects.create(
        cluster=riverside, recipient=person("Ann"), contact=hal, kind="caretaker"
    )
    meant = Criteria(zones=(residents.pk,), contacts="caretaker")
    assert not people(riverside, meant).exists()
    assert not people(hilltop, replace(meant, everyone=True)).exists()
    assert any("are of two clusters" in each for each in invariants.check())
