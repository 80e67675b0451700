"""Staff write in several languages and for texts; everybody gets what they can read."""

from __future__ import annotations

import random

import pytest

from notifications import dispatching
from notifications.actions import announcements
from notifications.audience import covered, covered_list
from notifications.composing.wordings import Wording
from notifications.errors import MoveRefused, NotAllowed, Refused
from notifications.models import Announcement, Dispatch, OptOut
from tests import flow
from tests.delivery.scripted import accepted, answering
from tests.dispatching.announcing import fresh
from tests.dispatching.speaking import (
    BOTH,
    FRENCH,
    PHONE,
    SAID_EN,
    SAID_FR,
    in_two_languages,
    make_readers,
)
from tests.personas import make_person

pytestmark = pytest.mark.services


@pytest.fixture(autouse=True)
def both_channels(settings):
    way = "notifications.channels.email.EmailChannel"
    settings.TOCSIN_CHANNELS = {"email": way, "sms": way}


@pytest.fixture
def said(monkeypatch) -> set[tuple[str, str]]:
    """To whom, under which subject or in which text."""
    heard = set()

    def answer(message):
        is_text = message.to.startswith("+")
        heard.add((message.to, message.text if is_text else message.subject))
        return accepted(message)

    answering(monkeypatch, answer)
    return heard


def sent(cluster, by, **fields) -> Dispatch:
    made = announcements.create_draft(cluster, in_two_languages(**fields), by=by)
    dispatch = announcements.send_now(made, by=by)
    dispatching.fan_out(dispatch.pk)
    flow.make_due()
    return dispatch


def rows(dispatch) -> set[tuple[str, str, str, str]]:
    """Name, channel, language and why not."""
    fields = ("recipient__name", "channel", "content__language", "reason")
    return set(flow.entries(dispatch).values_list(*fields))


def test_on_every_channel_each_gets_both_in_their_language(riverside, ada, said):
    make_readers(riverside)
    dispatch = sent(riverside, ada)
    assert rows(dispatch) == {
        ("Ann", "email", "en", ""),
        ("Ann", "sms", "en", ""),
        ("Bea", "email", "fr", ""),
        ("Bea", "sms", "fr", ""),
        ("Cy", "email", "fr", "no_address"),
        ("Cy", "sms", "fr", ""),
        ("Di", "email", "en", ""),
        ("Di", "sms", "en", "no_address"),
        ("Eve", "email", "en", "no_address"),
        ("Eve", "sms", "en", "no_address"),
    }
    flow.deliver()
    assert said == {
        ("ann@example.org", "Water off on Monday"),
        (PHONE.format(1), SAID_EN),
        ("bea@example.org", "Eau coupée lundi"),
        (PHONE.format(2), SAID_FR),
        (PHONE.format(3), SAID_FR),
        ("di@example.org", "Water off on Monday"),
    }


def test_the_first_that_reaches_is_enough_and_the_order_is_kept(riverside, ada, said):
    make_readers(riverside)
    dispatch = sent(riverside, ada, channel_mode="first")
    flow.deliver()
    assert said == {
        ("ann@example.org", "Water off on Monday"),
        ("bea@example.org", "Eau coupée lundi"),
        (PHONE.format(3), SAID_FR),
        ("di@example.org", "Water off on Monday"),
    }
    assert dispatch.channels == ["email", "sms"]


def test_texts_alone_need_no_mail(riverside, ada, said):
    make_readers(riverside)
    words = {"subject": "", "body": [], "channels": ("sms",), "translations": {}}
    dispatch = sent(riverside, ada, **words)
    flow.deliver()
    assert said == {(PHONE.format(n), SAID_EN) for n in (1, 2, 3)}
    assert dispatch.title == SAID_EN


def test_who_reads_a_text_that_is_not_translated_gets_the_main_one(
    riverside, ada, said
):
    make_readers(riverside)
    only_mail = {"fr": Wording(FRENCH.subject, FRENCH.blocks)}
    sent(riverside, ada, translations=only_mail)
    flow.deliver()
    assert (PHONE.format(2), SAID_EN) in said
    assert ("bea@example.org", "Eau coupée lundi") in said


def test_what_is_missing_is_said_with_the_number_and_what_comes(riverside, ada):
    make_readers(riverside)
    make_person(riverside, "Dora", language="pl")
    only_mail = {"fr": Wording(FRENCH.subject, FRENCH.blocks)}
    made = announcements.create_draft(
        riverside, in_two_languages(translations=only_mail), by=ada
    )
    sentences = {each.sentence for each in announcements.findings(made)}
    assert sentences == {
        "2 people read Polish, which is not written: they get English.",
        "SMS: 2 people read French, which is not written: they get English.",
    }


def test_a_text_that_costs_much_is_said_in_its_language(riverside, ada):
    make_readers(riverside)
    dear = {"fr": Wording(FRENCH.subject, FRENCH.blocks, "Eau coupée à 9 h ☹")}
    long = in_two_languages(sms="Water. " * 80, translations=dear)
    made = announcements.create_draft(riverside, long, by=ada)
    sentences = " ".join(each.sentence for each in announcements.findings(made))
    assert "English: The text message takes 4 segments: say less." in sentences
    assert "French: “☹” makes the text message more than twice as long." in sentences


def test_dots_that_are_made_plain_cost_nothing_even_half_written(riverside, ada):
    make_readers(riverside)
    half = {"fr": Wording(FRENCH.subject, FRENCH.blocks, "Eau coupée … {{ untt }}")}
    made = announcements.create_draft(
        riverside, in_two_languages(translations=half), by=ada
    )
    sentences = [each.sentence for each in announcements.findings(made)]
    assert sentences == [
        "1 person reads Polish, which is not written: they get English."
    ]


def test_a_text_without_end_is_refused(riverside, ada):
    make_readers(riverside)
    made = announcements.create_draft(
        riverside, in_two_languages(sms="Water off again. " * 100), by=ada
    )
    with pytest.raises(Refused, match="English, Text message: It takes 12 segments"):
        announcements.send_now(made, by=ada)


def test_an_unknown_placeholder_is_named_with_language_and_place(riverside, ada):
    make_readers(riverside)
    wrong = {"fr": Wording(FRENCH.subject, FRENCH.blocks, "Eau: {{ untt }}")}
    made = announcements.create_draft(
        riverside, in_two_languages(translations=wrong), by=ada
    )
    (problem,) = announcements.words_problems(made)
    assert (problem.language, problem.name, problem.suggestion) == (
        "fr",
        "untt",
        "unit",
    )
    assert str(problem).startswith("French, Text message: There is no placeholder")
    with pytest.raises(Refused, match="French, Text message"):
        announcements.send_now(made, by=ada)


def test_the_main_language_has_to_say_it_on_every_channel(riverside, ada):
    make_readers(riverside)
    made = announcements.create_draft(riverside, in_two_languages(sms=""), by=ada)
    with pytest.raises(Refused, match="English, Text message: The text message is"):
        announcements.send_now(made, by=ada)
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        {"channels": ()},
        {"channels": ("email", "pigeon")},
        {"channel_mode": "some"},
        {"translations": {"xx-nothing": FRENCH}},
    ],
)
def test_channels_and_languages_that_there_are_not_are_refused(riverside, ada, given):
    with pytest.raises(Refused):
        announcements.create_draft(riverside, in_two_languages(**given), by=ada)
    assert not Announcement.objects.exists()


def test_who_refused_texts_gets_the_mail_alone(riverside, ada, said):
    make_readers(riverside)
    ann = riverside.recipients.get(name="Ann")
    OptOut.objects.create(
        cluster=riverside, recipient=ann, source="staff", channel="sms"
    )
    sent(riverside, ada)
    flow.deliver()
    assert (PHONE.format(1), SAID_EN) not in said
    assert ("ann@example.org", "Water off on Monday") in said


def test_a_test_goes_to_me_alone_in_the_language_of_the_tab(riverside, ada, said):
    make_readers(riverside)
    made = announcements.create_draft(riverside, in_two_languages(), by=ada)
    dispatch = announcements.send_test(made, by=ada, language="fr")
    dispatching.fan_out(dispatch.pk)
    flow.make_due()
    flow.deliver()
    assert said == {("ada@example.org", "Test: Eau coupée lundi")}
    texts = dispatch.contents.filter(channel="sms")
    assert [each.content.text for each in texts.select_related("content")] == [
        f"Test: {SAID_FR}"
    ]


def test_a_copy_keeps_languages_channels_and_texts(riverside, ada):
    made = announcements.create_draft(
        riverside, in_two_languages(channel_mode="first"), by=ada
    )
    twin = fresh(announcements.copy(fresh(made), by=ada))
    for name in ("sms", "translations", "channels", "channel_mode", "language"):
        assert getattr(twin, name) == getattr(fresh(made), name), name
    assert twin.translations["fr"]["sms"] == SAID_FR


# Approval.


@pytest.fixture
def approved(riverside, ada, grace):
    riverside.requires_approval = True
    riverside.save()
    make_readers(riverside)
    made = announcements.create_draft(riverside, in_two_languages(), by=ada)
    announcements.send_now(made, by=ada)
    announcements.approve(fresh(made), by=grace)
    return fresh(made)


def test_another_french_text_needs_another_yes(approved, ada):
    changed = {"fr": Wording(FRENCH.subject, FRENCH.blocks, "Autre chose.")}
    other = in_two_languages(translations=changed)
    with pytest.raises(MoveRefused, match="no draft any more"):
        announcements.save_draft(approved, other, by=ada, version=approved.version)
    announcements.unschedule(approved, by=ada)
    announcements.save_draft(approved, other, by=ada, version=approved.version)
    assert announcements.send_now(fresh(approved), by=ada) is None
    assert fresh(approved).status == "submitted"
    with pytest.raises(NotAllowed):
        announcements.approve(fresh(approved), by=ada)
    assert not Dispatch.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"sms": "Something else."},
        {"translations": {"fr": FRENCH.to_json() | {"sms": "Autre chose."}}},
        {"translations": {}},
        {"channels": ["sms", "email"]},
        {"channel_mode": "first"},
        {"audience": {"everyone": True, "exclude_recipients": [1]}},
    ],
)
def test_an_approval_holds_for_what_was_submitted_alone(approved, ada, grace, changes):
    # Past every action, as only a slip of ours or a hand in the database could.
    Announcement.objects.filter(pk=approved.pk).update(**changes)
    with pytest.raises(Refused, match="not what was submitted"):
        announcements.send_now(fresh(approved), by=ada)
    Announcement.objects.filter(pk=approved.pk).update(status="submitted")
    with pytest.raises(Refused, match="not what was submitted"):
        announcements.approve(fresh(approved), by=grace)
    assert not Dispatch.objects.exists()


# Whatever people have and read: one language for each on a channel, as was foretold.


@pytest.mark.parametrize("seed", range(8))
def test_everybody_gets_one_language_on_a_channel_as_the_reach_said(
    riverside, ada, seed
):
    dice = random.Random(seed)  # noqa: S311
    for number in range(20):
        make_person(
            riverside,
            f"Person {number}",
            email=dice.choice(["a@example.org", f"p{number}@example.org", None]),
            phone=dice.choice([PHONE.format(500), PHONE.format(number), None, None]),
            language=dice.choice(["", "en", "fr", "fr-ca", "pl"]),
        )
    personal = dice.random() < 0.3
    made = announcements.create_draft(
        riverside,
        in_two_languages(
            subject="Water, {{ name }}" if personal else "Water",
            channels=dice.choice([BOTH, BOTH[::-1]]),
            channel_mode=dice.choice(["every", "first"]),
        ),
        by=ada,
    )
    told = announcements.reach_of(made)
    ways = announcements.ways_of(made)
    criteria = in_two_languages().criteria
    asked = (riverside, criteria, announcements.looking.event_of(made), ways)
    foretold = {
        channel: set(covered_list(*asked, channel).values_list("pk", flat=True))
        for channel in ways.channels
    }
    some_way = set(covered(*asked).values_list("pk", flat=True))
    dispatch = announcements.send_now(made, by=ada)
    dispatching.fan_out(dispatch.pk, chunk=7)
    going = flow.entries(dispatch).filter(status="planned")
    for channel in ways.channels:
        got = list(going.filter(channel=channel).values_list("recipient", flat=True))
        assert len(got) == len(set(got)), "an entry each"
        assert set(got) == foretold[channel]
        assert told.channels[channel].will == len(got)
    assert set(going.values_list("recipient", flat=True)) == some_way
    assert told.will == len(some_way)
    for entry in going.select_related("recipient", "content"):
        own = entry.recipient.language or "en"
        wanted = "fr" if own.startswith("fr") else "en"
        assert entry.content.language == wanted
        assert entry.content.channel == entry.channel
