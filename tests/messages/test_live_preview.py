"""What the editor asks for while somebody types."""

from __future__ import annotations

import pytest

from console.messages.frames import framed
from tests.personas import World, make_person

from .words import HOME, SignIn, change, heading, make_template, typed

BINS = heading("Bins, {{ unit }}")


def test_typed_words_come_back_filled_for_the_chosen_person(
    world: World, sign_in: SignIn
) -> None:
    make_person(world.riverside, "Anna", email="anna@example.org")
    bo = make_person(world.riverside, "Bo", unit="Flat 7", email="bo@example.org")
    data = typed(BINS) | {"as": bo.pk}
    made = sign_in(world.ada).post(f"{HOME}preview/", data).json()
    assert made["subject"] == "Bins, Bo"
    assert "Flat 7" in made["text"]
    assert (made["to_name"], made["to_address"]) == ("Bo", "bo@example.org")
    assert made["problems"] == made["missing"] == []


def test_a_misspelt_placeholder_comes_back_with_its_place_and_the_right_one(
    world: World, sign_in: SignIn
) -> None:
    data = typed(BINS, heading("{{ untt }}"), subject="{{ frist_name }}")
    made = sign_in(world.ada).post(f"{HOME}preview/", data).json()
    found = [
        (each["field"], each["block"], each["name"], each["suggestion"])
        for each in made["problems"]
    ]
    assert found == [
        ("subject", 0, "frist_name", "first_name"),
        ("body", 2, "untt", "unit"),
    ]


@pytest.mark.parametrize("asked", ["theirs", "nobody", "-1", "9" * 30, "x"])
def test_nobody_elses_people_are_looked_through(
    world: World, sign_in: SignIn, asked: str
) -> None:
    theirs = make_person(world.hilltop, "CANARY", unit="CANARY", email="c@example.org")
    key = str(theirs.pk) if asked == "theirs" else asked
    template = make_template(world.riverside, world.ada, body=[BINS])
    client = sign_in(world.ada)
    for answer in (
        client.post(f"{HOME}preview/", typed(BINS) | {"as": key}),
        client.get(f"{HOME}{template.pk}/rendered/", {"as": key}),
    ):
        assert answer.status_code == 200
        assert "CANARY" not in answer.text


def test_the_chooser_finds_only_people_of_this_cluster(
    world: World, sign_in: SignIn
) -> None:
    anna = make_person(world.riverside, "Anna Bell", unit="Flat 12")
    make_person(world.hilltop, "Anna CANARY", unit="CANARY")
    answer = sign_in(world.otto).get(f"{HOME}people/", {"q": "ann"})
    found = [{"id": anna.pk, "name": "Anna Bell", "hint": "Flat 12"}]
    assert answer.json() == {"people": found}
    assert "CANARY" not in sign_in(world.otto).get(f"{HOME}people/").text


def test_only_who_writes_gets_what_is_typed_looked_at(
    world: World, sign_in: SignIn
) -> None:
    assert sign_in(world.otto).post(f"{HOME}preview/", typed(BINS)).status_code == 403
    assert sign_in(world.ada).get(f"{HOME}preview/").status_code == 405


def test_an_auditor_looks_at_saved_words_and_older_ones(
    world: World, sign_in: SignIn
) -> None:
    bo = make_person(world.riverside, "Bo", email="bo@example.org")
    template = make_template(world.riverside, world.ada, subject="One, {{ name }}")
    change(template, world.ada, subject="Two, {{ name }}")
    client, url = sign_in(world.otto), f"{HOME}{template.pk}/rendered/"
    assert client.get(url, {"as": bo.pk}).json()["subject"] == "Two, Bo"
    older = client.get(url, {"as": bo.pk, "version": "1"}).json()
    assert older["subject"] == "One, Bo"
    for nonsense in ("9", "x", "9" * 5000):
        assert client.get(url, {"version": nonsense}).status_code == 404


def test_words_of_people_cannot_leave_their_place(
    world: World, sign_in: SignIn
) -> None:
    nasty = "</script><script>alert(1)</script>"
    make_person(world.riverside, nasty, email="n@example.org")
    template = make_template(world.riverside, world.ada, body=[heading("{{ name }}")])
    page = sign_in(world.ada).get(f"{HOME}{template.pk}/").text
    assert "<script>alert" not in page


def test_nothing_loads_in_a_framed_mail_and_no_link_leads_away() -> None:
    mail = '<head></head><img alt="A &quot;lift&quot;" src="https://example.org/a.png">'
    safe = framed(mail)
    assert "default-src 'none'" in safe
    assert '<base target="_blank">' in safe
    assert "example.org" not in safe
    assert 'src="data:image/svg+xml,' in safe


def test_a_clusters_own_logo_shows_in_a_frame() -> None:
    own = "http://127.0.0.1:8000/media/logos/a.png"
    assert f'src="{own}"' in framed(f'<head></head><img src="{own}">')
