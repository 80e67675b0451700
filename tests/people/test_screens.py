"""The screens about people: lists, pages, forms, and doing something with many."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from console.people import listing
from notifications.lifecycle import EntryStatus, SkipReason
from notifications.models import (
    ContactPoint,
    Export,
    OptOut,
    Recipient,
    Suppression,
    Tag,
)
from tests.opt_outs.planned import make_dispatch, plan, status_of
from tests.personas import World, make_people, make_person, make_zone

pytestmark = pytest.mark.django_db

PEOPLE = "/c/riverside/admin/people/"


def signed_in(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(world: World) -> Client:
    return signed_in(world.mona)


def page(client: Client, url: str = PEOPLE, **query: Any) -> str:
    response = client.get(url, query)
    assert response.status_code == 200, response.status_code
    return " ".join(response.content.decode().split())


def typed(**fields: Any) -> dict[str, Any]:
    """The form of a person as a browser sends it, with two addresses."""
    given = {
        "name": "Anna Berg",
        "first_name": "",
        "unit": "",
        "zone_id": "",
        "language": "",
        "external_id": "",
        "new_tags": "",
        "reason": "",
        "seen": "",
        "addresses-TOTAL_FORMS": "2",
        "addresses-INITIAL_FORMS": "2",
        "addresses-0-channel": "email",
        "addresses-0-value": "anna@example.org",
        "addresses-0-description": "",
        "addresses-1-channel": "sms",
        "addresses-1-value": "",
        "addresses-1-description": "",
    }
    return given | fields


def test_an_empty_cluster_says_what_belongs_here(desk: Client) -> None:
    assert "Nobody is here yet" in page(desk)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({"q": "ann"}, {"Anna Berg"}),
        ({"q": "2B"}, {"Anna Berg"}),
        ({"q": "bo@example"}, {"Bo Dahl"}),
        ({"q": "T-9"}, {"Bo Dahl"}),
        ({"q": "berg 2b"}, {"Anna Berg"}),
        ({"reachable": "sms"}, {"Bo Dahl"}),
        ({"reachable": "nowhere"}, {"Cara Nowak"}),
        ({"language": "fr"}, {"Bo Dahl"}),
        ({"language": "en"}, {"Anna Berg", "Cara Nowak"}),
        ({"opted_out": "on"}, {"Cara Nowak"}),
        ({"archived": "on"}, {"Dev Kaya"}),
        ({"zone": "here"}, {"Anna Berg", "Bo Dahl"}),
        ({"tag": "here"}, {"Anna Berg"}),
        (
            {"zone": "999999", "order": "sideways"},
            {"Anna Berg", "Bo Dahl", "Cara Nowak"},
        ),
    ],
)
def test_the_list_is_searched_and_filtered(
    desk: Client, world: World, query: dict[str, str], names: set[str]
) -> None:
    quay = make_zone(world.riverside, "Quay")
    heron = make_zone(world.riverside, "Heron", quay)
    make_person(
        world.riverside,
        "Anna Berg",
        email="anna@example.org",
        unit="2B",
        zone=quay,
        tags=("Owner",),
    )
    make_person(
        world.riverside,
        "Bo Dahl",
        email="bo@example.org",
        phone="+447700900123",
        external_id="T-9",
        language="fr",
        zone=heron,
    )
    cara = make_person(world.riverside, "Cara Nowak")
    OptOut.objects.create(cluster=world.riverside, recipient=cara, source="staff")
    gone = make_person(world.riverside, "Dev Kaya")
    Recipient.objects.filter(pk=gone.pk).update(archived_at=gone.created_at)
    make_person(world.hilltop, "Anna Hill", email="anna@hill.example.org")
    keys = {"zone": quay.pk, "tag": Tag.objects.get(cluster=world.riverside).pk}
    asked = {name: keys[name] if v == "here" else v for name, v in query.items()}
    text = page(desk, **asked)
    everybody = {"Anna Berg", "Bo Dahl", "Cara Nowak", "Dev Kaya", "Anna Hill"}
    assert {name for name in everybody if f">{name}</a>" in text} == names


def test_a_long_list_has_pages_and_stops_counting(
    desk: Client, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PAGE", 4)
    monkeypatch.setattr("console.paging.COUNT_UP_TO", 10)
    make_people(world.riverside, 12)
    text = page(desk)
    assert "More than 10" in text
    assert "1 to 4 of more than 10" in text
    text = page(desk, page="3")
    assert "Search, or choose a zone, to find the others" in text
    assert "Person 0009" in text


def test_the_list_asks_the_database_as_often_for_many_as_for_one(
    desk: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    make_people(world.riverside, 50, tags=("Owner",))
    with django_assert_max_num_queries(25):
        page(desk)


def test_an_auditor_sees_people_and_can_change_nothing(world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    otto = signed_in(world.otto)
    text = page(otto) + page(otto, f"{PEOPLE}{anna.pk}/")
    for word in ("archive/", "opt-outs/add", "people/add", "bulk/", "/edit/"):
        assert word not in text
    for url in ("add/", f"{anna.pk}/edit/", f"{anna.pk}/archive/", "bulk/tag/"):
        assert otto.post(PEOPLE + url, {}).status_code == 403


def test_what_belongs_to_another_cluster_is_not_there(
    desk: Client, world: World
) -> None:
    hugo = make_person(world.hilltop, "Hugo Hill", email="hugo@example.org")
    for url in ("", "edit/", "archive/", "restore/"):
        assert desk.get(f"{PEOPLE}{hugo.pk}/{url}").status_code == 404
    desk.post(f"{PEOPLE}bulk/tag/", {"ids": hugo.pk, "new_tags": "Owner", "go": "1"})
    desk.post(f"{PEOPLE}bulk/archive/", {"ids": hugo.pk, "reason": "Left", "go": "1"})
    hugo.refresh_from_db()
    assert hugo.archived_at is None
    assert not hugo.tags.exists()


def test_a_person_is_added_from_the_form(desk: Client, world: World) -> None:
    response = desk.post(
        f"{PEOPLE}add/",
        typed(new_tags="Owner, Parking", **{"addresses-1-value": "07700 900123"}),
    )
    anna = Recipient.objects.get()
    assert response.url == f"{PEOPLE}{anna.pk}/"
    assert anna.cluster == world.riverside
    assert {tag.name for tag in anna.tags.all()} == {"Owner", "Parking"}
    values = set(ContactPoint.objects.values_list("value", "primary"))
    assert values == {("anna@example.org", True), ("+447700900123", True)}


def test_a_bad_address_is_said_at_its_field_and_the_words_stay(
    desk: Client, world: World
) -> None:
    response = desk.post(
        f"{PEOPLE}add/",
        typed(
            language="Elvish",
            unit="7C",
            **{"addresses-0-value": "", "addresses-1-value": "reception"},
        ),
    )
    text = response.content.decode()
    assert response.status_code == 400
    assert "“Elvish” is not a language we know" in text
    assert "“reception” is not a phone number" in text
    assert 'value="7C"' in text
    assert not Recipient.objects.exists()


def test_somebody_who_seems_to_be_here_already_is_shown_first(
    desk: Client, world: World
) -> None:
    anna = make_person(world.riverside, "Anna BERG", email="anna@example.org")
    response = desk.post(f"{PEOPLE}add/", typed())
    assert f"{PEOPLE}{anna.pk}/" in response.content.decode()
    assert Recipient.objects.count() == 1
    desk.post(f"{PEOPLE}add/", typed(another="1"))
    assert Recipient.objects.count() == 2


def test_a_person_is_changed_and_a_newly_ticked_address_becomes_the_main_one(
    desk: Client, world: World
) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    seen = anna.updated_at.isoformat()
    given = typed(
        unit="9",
        reason="Moved flat",
        seen=seen,
        **{
            "addresses-TOTAL_FORMS": "3",
            "addresses-0-primary": "on",
            "addresses-2-channel": "email",
            "addresses-2-value": "new@example.org",
            "addresses-2-primary": "on",
        },
    )
    assert desk.post(f"{PEOPLE}{anna.pk}/edit/", given).status_code == 302
    main = ContactPoint.objects.get(primary=True)
    assert main.value == "new@example.org"
    text = page(desk, f"{PEOPLE}{anna.pk}/")
    assert "Changed unit, email" in text
    assert "Moved flat" in text
    response = desk.post(f"{PEOPLE}{anna.pk}/edit/", given)
    assert "since you opened the page" in response.content.decode()


def test_the_page_of_a_person_says_what_stands_in_the_way(
    desk: Client, world: World
) -> None:
    anna = make_person(
        world.riverside, "Anna Berg", email="anna@example.org", phone="+447700900123"
    )
    dead = anna.contact_points.get(channel="email")
    Suppression.objects.create(
        cluster=world.riverside,
        channel="email",
        fingerprint=dead.fingerprint,
        reason="bounce",
    )
    desk.post(
        f"/c/riverside/admin/opt-outs/add/?person={anna.pk}",
        {"category": "newsletter", "channel": "sms", "reason": "Asked"},
    )
    entry = plan(make_dispatch(world.riverside), anna, status=EntryStatus.SENT)
    text = page(desk, f"{PEOPLE}{anna.pk}/")
    assert "Must not be used: the address does not exist" in text
    assert "Opted out of Newsletter" in text
    assert "Opted out: Newsletter by SMS" in text
    assert entry.dispatch.title in text


def test_archiving_and_restoring_ask_why(desk: Client, world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg", email="anna@example.org")
    entry = plan(make_dispatch(world.riverside), anna)
    url = f"{PEOPLE}{anna.pk}/"
    assert desk.post(f"{url}archive/", {"reason": ""}).status_code == 400
    assert desk.post(f"{url}archive/", {"reason": "Moved"}).status_code == 302
    assert status_of(entry) == (EntryStatus.SKIPPED, SkipReason.LEFT)
    assert "Archived: nothing is sent" in page(desk, url)
    assert desk.post(f"{url}restore/", {"reason": "Back"}).status_code == 302
    anna.refresh_from_db()
    assert anna.archived_at is None


def test_ticked_people_are_tagged_after_a_question(desk: Client, world: World) -> None:
    people = make_people(world.riverside, 5)
    ids = [person.pk for person in people[:2]]
    asked = desk.post(f"{PEOPLE}bulk/tag/", {"ids": ids, "query": "q=person"})
    assert "Tag 2 people" in asked.content.decode()
    assert not Tag.objects.exists()
    done = desk.post(
        f"{PEOPLE}bulk/tag/",
        {"ids": ids, "query": "q=person", "go": "1", "new_tags": "Owner"},
    )
    assert done.url == f"{PEOPLE}?q=person"
    assert Tag.objects.get().recipients.count() == 2


def test_all_that_match_means_the_filter_and_nobody_else(
    desk: Client, world: World
) -> None:
    make_people(world.riverside, 3)
    make_people(world.hilltop, 2)
    other = make_person(world.riverside, "Zoe")
    desk.post(
        f"{PEOPLE}bulk/archive/",
        {"all": "1", "query": "q=person", "go": "1", "reason": "Closed"},
    )
    left = set(Recipient.objects.present().values_list("name", flat=True))
    assert left == {other.name, "Person 0000", "Person 0001"}
    assert Recipient.objects.exclude(archived_at=None).count() == 3


def test_without_a_tick_nothing_happens(desk: Client, world: World) -> None:
    make_people(world.riverside, 2)
    given = {"go": "1", "reason": "x", "query": ""}
    response = desk.post(f"{PEOPLE}bulk/archive/", given, follow=True)
    assert "Nobody was picked" in response.content.decode()
    assert Recipient.objects.present().count() == 2
    response = desk.post(f"{PEOPLE}export/", {"query": ""})
    assert response.url == PEOPLE
    assert not Export.objects.exists()


@pytest.mark.parametrize(
    ("action", "given"),
    [("tag", {"new_tags": " "}), ("untag", {}), ("opt-out", {}), ("archive", {})],
)
def test_an_empty_form_is_asked_again(
    desk: Client, world: World, action: str, given: dict[str, str]
) -> None:
    [anna] = make_people(world.riverside, 1)
    response = desk.post(f"{PEOPLE}bulk/{action}/", {"ids": anna.pk, "go": "1"} | given)
    assert response.status_code == 400
    assert Recipient.history.filter(history_type="~").count() == 0


def test_many_move_and_opt_out(desk: Client, world: World) -> None:
    people = make_people(world.riverside, 3)
    heron = make_zone(world.riverside, "Heron")
    theirs = make_zone(world.hilltop, "Tower")
    ids = [person.pk for person in people]
    entry = plan(make_dispatch(world.riverside), people[0])
    desk.post(f"{PEOPLE}bulk/move/", {"ids": ids, "go": "1", "zone": theirs.pk})
    assert not Recipient.objects.exclude(zone=None).exists()
    desk.post(f"{PEOPLE}bulk/move/", {"ids": ids, "go": "1", "zone": heron.pk})
    assert Recipient.objects.filter(zone=heron).count() == 3
    desk.post(
        f"{PEOPLE}bulk/opt-out/",
        {"ids": ids, "go": "1", "channel": "email", "reason": "The office's list"},
    )
    assert OptOut.objects.filter(channel="email", created_by=world.mona).count() == 3
    assert status_of(entry) == (EntryStatus.SKIPPED, SkipReason.OPTED_OUT)


def test_an_unknown_action_is_not_there(desk: Client) -> None:
    assert desk.post(f"{PEOPLE}bulk/delete/", {}).status_code == 404
    assert desk.get(f"{PEOPLE}bulk/tag/").status_code == 302


def test_an_auditor_takes_the_list_away_as_a_file(world: World) -> None:
    anna = make_person(world.riverside, "Anna Berg")
    make_person(world.riverside, "Bo Dahl")
    otto = signed_in(world.otto)
    otto.post(f"{PEOPLE}export/", {"ids": anna.pk, "format": "xlsx", "query": ""})
    otto.post(f"{PEOPLE}export/", {"all": "1", "format": "csv", "query": "q=bo"})
    ticked, listed = Export.objects.order_by("pk")
    assert (ticked.format, ticked.filters) == ("xlsx", {"ids": [anna.pk]})
    assert (listed.format, listed.filters) == ("csv", {"q": "bo"})
    assert listed.requested_by == world.otto


def test_a_contact_is_found_named_and_taken_off_again(desk, world):
    ann = make_person(world.riverside, "Ann Lee")
    carla = make_person(world.riverside, "Carla Paz", unit="9")
    make_person(world.hilltop, "Carla Far")
    hers, search = f"{PEOPLE}{ann.pk}/", f"{PEOPLE}{ann.pk}/contacts/"
    assert "Name a contact" in page(desk, hers)
    found = page(desk, search, q="carla")
    assert "Carla Paz" in found
    assert "Carla Far" not in found
    assert "Nobody here matches" in page(desk, search, q="ann lee")
    desk.post(search, {"person": carla.pk, "kind": "caretaker"})
    shown = page(desk, hers)
    assert "Carla Paz" in shown
    assert "Named a contact (Caretaker)" in shown
    assert "Is told when these do not answer" in page(desk, f"{PEOPLE}{carla.pk}/")
    refused = desk.post(search, {"person": ann.pk, "kind": "caretaker"})
    assert refused.status_code == 409
    assert "their own contact" in refused.content.decode()
    link = ann.personal_contacts.get()
    desk.get(f"{search}{link.pk}/")
    assert ann.personal_contacts.exists()
    desk.post(f"{search}{link.pk}/")
    assert not ann.personal_contacts.exists()
