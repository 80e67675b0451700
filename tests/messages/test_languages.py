"""Templates speak several languages, and texts: written, kept, compared, taken up."""

from __future__ import annotations

from typing import Any

import pytest

from notifications.actions import announcements, templates
from notifications.actions.previews import preview_text
from notifications.actions.wordings import wordings_of
from notifications.composing import InvalidTemplate
from notifications.composing.sms import measure
from notifications.composing.wordings import Wording, shown
from notifications.errors import Refused
from notifications.links import sign_entry, unsubscribe_url
from notifications.models import MessageTemplate
from tests.personas import World, make_person

from .words import HOME, SignIn, change, heading, make_template, typed

FRENCH = Wording("Poubelles", (heading("Sortez les poubelles", "f"),), "Poubelles !")
BOTH: dict[str, Any] = {"sms": "Bins out tonight", "translations": {"fr": FRENCH}}


def in_french(**given: str) -> dict[str, str]:
    """What the editor posts of its second tab."""
    return {
        "written_in": "fr",
        "fr-subject": "Poubelles",
        "fr-body-count": "1",
        "fr-body-0-deleted": "",
        "fr-body-0-order": "0",
        "fr-body-0-type": "heading",
        "fr-body-0-id": "f",
        "fr-body-0-value": "Sortez les poubelles",
        "fr-sms": "Poubelles !",
    } | given


def test_all_languages_are_written_on_one_page(world: World, sign_in: SignIn) -> None:
    data = typed(heading("Put out the bins"), sms="Bins out tonight") | in_french()
    sign_in(world.ada).post(f"{HOME}add/", data)
    made = MessageTemplate.objects.get(cluster=world.riverside)
    assert (made.language, made.sms) == ("en", "Bins out tonight")
    assert wordings_of(made)["fr"] == FRENCH


def test_a_mistake_in_one_language_is_named_and_loses_nothing(
    world: World, sign_in: SignIn
) -> None:
    data = typed(heading("Bins")) | in_french(**{"fr-sms": "Pour {{ untt }}"})
    data["sms"] = "Bins, {{ unit }}"
    answer = sign_in(world.ada).post(f"{HOME}add/", data)
    assert "French, Text message: There is no placeholder “untt”." in answer.text
    assert "Pour {{ untt }}" in answer.text
    assert "Sortez les poubelles" in answer.text
    assert not MessageTemplate.objects.filter(cluster=world.riverside).exists()


def test_a_text_too_long_for_its_field_opens_its_tab(
    world: World, sign_in: SignIn
) -> None:
    data = typed(heading("Bins")) | in_french(**{"fr-sms": "x" * 1001})
    answer = sign_in(world.ada).post(f"{HOME}add/", data)
    assert answer.context["words"].tab == "fr"
    assert "at most 1000 characters" in answer.text


def test_there_is_a_tab_for_what_people_read_and_for_what_is_written(
    world: World, sign_in: SignIn
) -> None:
    make_person(world.riverside, "Piotr", language="pl")
    make_person(world.hilltop, "Helga", language="de")
    template = make_template(world.riverside, world.ada, **BOTH)
    page = sign_in(world.ada).get(f"{HOME}{template.pk}/edit/")
    words = page.context["words"]
    assert list(words.forms) == ["en", "pl", "fr"]
    assert "1 reads it" in page.text
    assert page.context["panel"].shown["states"] == {
        "en": "written",
        "pl": "not written",
        "fr": "written",
    }


def test_without_scripts_the_mail_stays_and_the_rest_is_saved(
    world: World, sign_in: SignIn
) -> None:
    template = make_template(world.riverside, world.ada, **BOTH)
    plain = {
        "name": "Bins",
        "event": template.event,
        "subject": "Bins tonight",
        "sms": "Bins out by eight",
        "written_in": "fr",
        "fr-subject": "Poubelles",
        "fr-sms": "Ce soir",
        "seen_version": "1",
    }
    sign_in(world.ada).post(f"{HOME}{template.pk}/edit/", plain)
    template.refresh_from_db()
    assert (template.version, template.subject) == (2, "Bins tonight")
    assert template.body.raw_data[0]["value"] == "Put out the bins"
    french = wordings_of(template)["fr"]
    assert (french.blocks, french.sms) == (FRENCH.blocks, "Ce soir")


def test_nonsense_about_languages_is_ignored(world: World, sign_in: SignIn) -> None:
    data = typed(heading("Bins")) | {
        "written_in": ["klingon", "en", "fr\n", "x" * 4000],
        "tab": "nowhere",
        "klingon-subject": "Qapla",
    }
    client = sign_in(world.ada)
    for chosen in ("fr", "klingon", "x" * 4000):
        asked = data | {"main": "klingon", "shown": chosen, "ways": "every-pigeon"}
        assert client.post(f"{HOME}preview/", asked).status_code == 200
    client.post(f"{HOME}add/", data)
    made = MessageTemplate.objects.get(cluster=world.riverside)
    assert made.translations == {}


def test_a_text_is_refused_in_a_language_that_there_is_not(world: World) -> None:
    with pytest.raises(Refused, match="no language"):
        make_template(world.riverside, world.ada, translations={"klingon": FRENCH})


def test_the_main_language_needs_a_text_where_another_has_one(world: World) -> None:
    with pytest.raises(InvalidTemplate, match="English, Text message"):
        make_template(world.riverside, world.ada, translations={"fr": FRENCH})


def test_a_copy_keeps_every_language(world: World) -> None:
    template = make_template(world.riverside, world.ada, **BOTH)
    twin = templates.copy(template, world.riverside, by=world.grace)
    twin.refresh_from_db()
    assert wordings_of(twin) == wordings_of(template)


def test_a_french_cluster_begins_with_the_french_words(world: World) -> None:
    world.hilltop.language = "fr"
    world.hilltop.save()
    system = MessageTemplate.objects.get(cluster=None, slug="water-off")
    ours = templates.copy(system, world.hilltop, by=world.mallory)
    assert ours.language == "fr"
    assert ours.subject.startswith("L’eau sera coupée")
    assert ours.translations["en"]["subject"].startswith("The water will be off")
    draft = announcements.draft_from_template(system, "fr")
    assert draft.subject == ours.subject
    assert draft.translations["en"].sms.startswith("The water will be off")


def test_versions_keep_languages_and_say_what_changed_in_which(world: World) -> None:
    template = make_template(world.riverside, world.ada, **BOTH)
    other = Wording("Poubelles", FRENCH.blocks, "Poubelles ce soir")
    change(template, world.grace, sms=BOTH["sms"], translations={"fr": other})
    newest, oldest = templates.versions(template)
    (found,) = templates.compare(oldest, newest)
    assert found.label == "French: Text message"
    assert oldest.wordings["fr"] == FRENCH
    templates.restore_version(template, 1, seen_version=2, by=world.ada)
    template.refresh_from_db()
    assert (template.version, wordings_of(template)["fr"]) == (3, FRENCH)


def test_another_french_word_is_a_version_and_the_same_words_are_none(
    world: World,
) -> None:
    template = make_template(world.riverside, world.ada, **BOTH)
    assert change(template, world.ada, **BOTH).version == 1
    assert change(template, world.ada, sms=BOTH["sms"]).version == 2
    template.refresh_from_db()
    assert template.translations == {}


def test_the_preview_is_in_the_language_of_the_person(
    world: World, sign_in: SignIn
) -> None:
    bea = make_person(
        world.riverside,
        "Bea",
        email="bea@example.org",
        phone="+447700900002",
        language="fr",
    )
    piotr = make_person(world.riverside, "Piotr", language="pl")
    template = make_template(world.riverside, world.ada, **BOTH)
    client, url = sign_in(world.otto), f"{HOME}{template.pk}/rendered/"
    french = client.get(url, {"as": bea.pk}).json()
    assert (french["subject"], french["note"]) == ("Poubelles", "")
    assert french["sms"]["text"] == "Poubelles !"
    assert french["sms"]["to_address"] == "+447700900002"
    assert "<b>1</b> segment" in french["sms"]["segments"]
    chosen = client.get(url, {"as": bea.pk, "shown": "en"}).json()
    assert chosen["subject"] == "Bins, Bea"
    polish = client.get(url, {"as": piotr.pk}).json()
    assert polish["subject"] == "Bins, Piotr"
    assert "Piotr reads Polish, which is not written: English comes." in polish["note"]


def test_what_is_typed_in_a_second_language_is_looked_at(
    world: World, sign_in: SignIn
) -> None:
    data = typed(heading("Bins")) | in_french(**{"fr-subject": "{{ frist_name }}"})
    data |= {"shown": "fr", "main": "en"}
    made = sign_in(world.ada).post(f"{HOME}preview/", data).json()
    assert made["language"] == "fr"
    assert made["states"] == {"en": "no text message yet", "fr": "written"}
    found = [(each["language"], each["field"]) for each in made["problems"]]
    assert ("fr", "subject") in found
    assert ("en", "sms") in found


def test_a_template_from_an_old_tab_is_not_relabelled(
    world: World, sign_in: SignIn
) -> None:
    data = typed(heading("Put out the bins"), main="fr")
    answer = sign_in(world.ada).post(f"{HOME}add/", data)
    assert "these words were written as French" in answer.text
    assert not MessageTemplate.objects.filter(cluster=world.riverside).exists()


def test_the_preview_says_where_it_shows_another_language_than_was_chosen(
    world: World, sign_in: SignIn
) -> None:
    make_person(world.riverside, "Ann", email="ann@example.org")
    data = typed(heading("Bins"), shown="pl")
    made = sign_in(world.ada).post(f"{HOME}preview/", data).json()
    assert made["note"] == "Polish is not written: English is shown."


def test_a_way_out_costs_the_same_wherever_a_text_is_only_looked_at(
    world: World,
) -> None:
    text = "Bins tonight. Stop: {{ unsubscribe_url }}"
    real = measure(f"Bins tonight. Stop: {unsubscribe_url(sign_entry(12345678))}")
    assert measure(shown(text)) == real
    assert preview_text(world.riverside, text, None).size == real
    person = make_person(world.riverside, "Ann")
    assert preview_text(world.riverside, text, person).size == real
