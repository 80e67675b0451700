"""The composer in several languages and for texts: saved, counted, read, confirmed."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from notifications import dispatching
from notifications.actions import templates
from notifications.actions.wordings import wordings_of
from notifications.models import (
    Announcement,
    Cluster,
    Content,
    Dispatch,
    MessageTemplate,
)
from tests.dispatching.speaking import SAID_EN, SAID_FR, make_readers
from tests.messages.test_languages import in_french
from tests.personas import World, make_zone

from .conftest import HERE, Browse, written

BOTH_WAYS = "every-email-sms"


@pytest.fixture(autouse=True)
def both_channels(settings: Any) -> None:
    way = "notifications.channels.email.EmailChannel"
    settings.TOCSIN_CHANNELS = {"email": way, "sms": way}


@pytest.fixture
def readers(riverside: Cluster) -> Cluster:
    make_readers(riverside)
    return riverside


def in_two(**changes: Any) -> dict[str, Any]:
    """The composer with a French tab and both texts."""
    french = in_french(**{"fr-subject": "Eau coupée lundi", "fr-sms": SAID_FR})
    return french | {"ways": BOTH_WAYS, "sms": SAID_EN} | changes


def made_by(browser: Any, **changes: Any) -> Announcement:
    browser.write(**in_two(**changes))
    return Announcement.objects.get()


def test_a_draft_keeps_its_languages_texts_and_channels(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    made = made_by(browser, ways="first-sms-email")
    assert (made.channels, made.channel_mode) == (["sms", "email"], "first")
    assert (made.sms, wordings_of(made)["fr"].sms) == (SAID_EN, SAID_FR)
    page = browser.get(f"{made.uid}/edit/")
    assert list(page.context["screen"].words.forms) == ["en", "fr", "fr-ca", "pl"]
    assert SAID_FR in page.text
    assert 'value="first-sms-email" checked' in page.text


def test_the_tab_that_was_open_stays_open(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    answer = browser.write(**in_two(tab="fr"))
    made = Announcement.objects.get()
    assert answer["Location"] == f"{HERE}{made.uid}/edit/?tab=fr"
    page = browser.client.get(answer["Location"])
    assert page.context["screen"].words.tab == "fr"


def test_the_card_counts_each_channel_and_says_what_is_missing(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    card = browser.post("reach/", **written(**in_two())).context["card"]
    assert (card.people, card.will) == (5, 4)
    assert [(each.channel, each.will) for each in card.channels] == [
        ("email", 3),
        ("sms", 3),
    ]
    assert card.findings == (
        "1 person reads Polish, which is not written: they get English.",
    )
    answer = browser.post("reach/", **written(**in_two(ways="first-email-sms")))
    card = answer.context["card"]
    assert [each.will for each in card.channels] == [3, 1]
    assert card.will == 4
    assert "by text message only to those whom no email reaches" in answer.text


@pytest.mark.parametrize("ways", [BOTH_WAYS, "first-email-sms", "first-sms-email"])
def test_each_number_opens_exactly_those(
    readers: Cluster, ada: Any, browse: Browse, ways: str
) -> None:
    browser = browse(ada)
    card = browser.post("reach/", **written(**in_two(ways=ways))).context["card"]
    links = {card.will_url: card.will}
    for channel in card.channels:
        links[channel.will_url] = channel.will
        links |= {reason.url: reason.count for reason in channel.reasons}
    for url, number in links.items():
        page = browser.client.get(url)
        assert page.context["page"].paginator.count == number, url
    cy = browser.client.get(card.channels[0].reasons[0].url)
    assert cy.status_code == 200


def test_the_review_shows_every_language_on_every_channel(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    made = made_by(browser)
    page = browser.get(f"{made.uid}/review/")
    labels = [each.label for each in page.context["said"]]
    assert labels == ["Email, English", "Email, French", "SMS, English", "SMS, French"]
    for words in (SAID_EN, SAID_FR, "Eau coupée lundi", "everybody gets both"):
        assert words in page.text
    assert "which is not written: they get English" in page.text
    assert "Send to 4 people" in page.text


def test_it_goes_out_as_it_was_shown_and_the_record_keeps_it(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    browser.send(made_by(browser))
    dispatch = Dispatch.objects.get()
    dispatching.fan_out(dispatch.pk)
    page = browser.get(f"live/{dispatch.uid}/")
    labels = [each.label for each in page.context["said"]]
    assert labels == ["Email, English", "Email, French", "SMS, English", "SMS, French"]
    assert SAID_FR in page.text
    assert "SMS: 5 people in all" in page.text
    assert "No phone number is known" in page.text
    assert Content.objects.count() == 4


def test_a_test_to_me_is_in_the_language_of_the_tab(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    browse(ada).write(**in_two(do="test", tab="fr"))
    dispatch = Dispatch.objects.get(is_test=True)
    assert set(dispatch.contents.values_list("language", flat=True)) == {"fr"}


def test_a_template_brings_its_languages_and_leaves_the_channels(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    system = MessageTemplate.objects.get(cluster=None, slug="water-off")
    browser = browse(ada)
    answer = browser.write(**in_two(do="template", start_from=system.pk))
    screen = answer.context["screen"]
    assert screen.ways == BOTH_WAYS
    assert screen.words.wordings["fr"].subject.startswith("L’eau sera coupée")
    page = browser.get("add/", template=system.pk)
    assert "L’eau sera coupée" in page.text


def test_a_mistake_in_french_is_named_before_it_can_go(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    answer = browser.write(**in_two(do="review", **{"fr-sms": "{{ untt }}"}))
    page = browser.client.get(answer["Location"])
    assert "French, Text message: There is no placeholder “untt”." in page.text


def test_who_lacks_a_value_is_counted_by_language_and_channel(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    answer = browser.post(
        "reach/", **written(**in_two(**{"fr-sms": "Eau: {{ unit }}"}))
    )
    (lack,) = answer.context["card"].lacks
    assert (lack.count, lack.who) == (2, "SMS: 2 of them have no unit")
    listed = browser.client.get(lack.url)
    assert [each.name for each in listed.context["page"]] == ["Bea", "Cy"]


def test_without_a_gateway_there_is_only_mail_to_choose(
    readers: Cluster, ada: Any, browse: Browse, settings: Any
) -> None:
    settings.TOCSIN_CHANNELS = {"email": "notifications.channels.email.EmailChannel"}
    browser = browse(ada)
    assert "How it goes" not in browser.get("add/").text
    browser.write(sms=SAID_EN)
    assert Announcement.objects.get().channels == ["email"]


def test_an_auditor_reads_all_of_it_and_changes_nothing(
    readers: Cluster, world: World, browse: Browse
) -> None:
    made = made_by(browse(world.ada))
    page = browse(world.otto).get(f"{made.uid}/")
    assert SAID_FR in page.text
    seen = browse(world.otto).get(f"{made.uid}/rendered/", shown="fr").json()
    assert (seen["subject"], seen["sms"]["text"]) == ("Eau coupée lundi", SAID_FR)
    assert browse(world.otto).write(**in_two()).status_code == 403


def test_nonsense_in_the_address_of_a_list_is_no_error(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    browser = browse(ada)
    for says in ("pigeon:en", "sms:", "sms:klingon,fr", ":", "email:" + "x" * 3000):
        for channel in ("", "sms", "pigeon"):
            page = browser.get(
                "reach/people/",
                who="everyone",
                says=says,
                channel=channel,
                verdict="no_address",
                lacks="unit",
                reading="zz,fr",
            )
            assert page.status_code == 200, (says, channel)


def test_the_tabs_that_are_written_in_choose_nobody(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    zone = make_zone(readers, "Heron block")
    made = made_by(browse(ada), who="some", zones=[zone.pk])
    assert made.audience == {"zones": [zone.pk]}
    assert "fr" in made.translations


def test_a_template_in_languages_that_nobody_here_reads_stays_in_them(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    Cluster.objects.filter(pk=readers.pk).update(language="pl")
    system = MessageTemplate.objects.get(cluster=None, slug="water-off")
    words = browse(ada).get("add/", template=system.pk).context["screen"].words
    assert words.language == "pl"
    assert words.wordings["pl"].is_empty
    assert words.wordings["en"].subject == system.subject
    assert "fr" in words.wordings
    own = templates.copy(system, Cluster.objects.get(pk=readers.pk), by=ada)
    assert (own.language, own.subject) == ("en", system.subject)


def test_without_scripts_the_mail_of_a_template_is_kept(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    """The editor of the blocks does not run there, so that none of them is sent."""
    browser = browse(ada)
    browser.write(**in_two())
    draft = Announcement.objects.get()
    system = MessageTemplate.objects.get(cluster=None, slug="water-off")
    posted = in_two(template=system.pk, template_version=system.version)
    unscripted = {key: posted[key] for key in posted if "body" not in key}
    sent = {k: v for k, v in written(**unscripted).items() if "body" not in k}
    browser.post(f"{draft.uid}/edit/", **sent)
    browser.post("add/", **(sent | {"uid": str(uuid4())}))
    for made in Announcement.objects.all():
        assert made.template == system
        for code in ("en", "fr"):
            assert wordings_of(made)[code].blocks == wordings_of(system)[code].blocks


def test_words_of_an_old_tab_keep_their_language(
    readers: Cluster, ada: Any, browse: Browse
) -> None:
    Cluster.objects.filter(pk=readers.pk).update(language="fr")
    browse(ada).write(main="en")
    assert Announcement.objects.get().language == "en"
