"""Many people in one call of a provider's API, and each gets only what is theirs.

The provider is a real HTTP server on this machine; what Mailgun would make of a call
is made of it here too.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from notifications.channels import Form, Message, Outcome
from notifications.channels.email import mailings
from notifications.channels.email.backend import BackendTransport
from tests.channels.many import outcomes, personal, plain, send, sizes


def test_everybody_gets_their_own_words_out_of_one_call(provider):
    send(*map(personal, ("ada", "bob")))
    (call,) = provider.calls
    assert call.path == "/v3/riverside.example/messages"
    found = call.mailgun()
    for name in ("ada", "bob"):
        mail, stop = found[f"{name}@example.org"], f"https://r.example/stop/{name}"
        assert mail["to"] == f"{name.title()} <{name}@example.org>"
        assert mail["from"] == "Riverside Quay <office@riverside.example>"
        assert mail["subject"] == f"Water off for {name.title()}"
        assert mail["text"].startswith(f"Dear {name.title()},\nthe water is off.")
        assert f"{stop}?a=1&b=2\n" in mail["text"]
        assert f"href='{stop}?a=1&amp;b=2'" in mail["html"]
        assert mail["h:List-Unsubscribe"] == f"<{stop}?a=1&b=2>"
        assert mail["h:X-Tocsin-Entry"] == f"e-{name}"
        assert mail["h:X-Tocsin-Key"] == f"entry-{name}"
        assert mail["h:X-Tocsin-Dispatch"] == "d-1"
        assert mail["v:tocsin_key"] == f"entry-{name}"
        assert "%recipient" not in json.dumps(mail)


def test_nobody_sees_anything_of_anybody_else(provider):
    send(*map(personal, ("ada", "bob", "cleo")))
    (call,) = provider.calls
    for address, mail in call.mailgun().items():
        others = {"ada", "bob", "cleo"} - {address.partition("@")[0]}
        assert not [name for name in others if name in json.dumps(mail).lower()]


BITS = [
    "%recipient.",
    "%recipient.text0%",
    "%",
    "{",
    "}",
    "html0",
    "é",
    "<b>&",
    " ",
    "a",
]
TEXTS = st.lists(st.sampled_from(BITS), max_size=5).map("".join)


@given(
    words=st.tuples(TEXTS, TEXTS, TEXTS),
    people=st.lists(
        st.tuples(st.sampled_from("abcde"), TEXTS, TEXTS, TEXTS), min_size=1, max_size=8
    ),
)
@hypothesis(
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    max_examples=30,
    deadline=None,
)
def test_whatever_stands_in_the_gaps_everybody_gets_what_they_would_alone(
    provider, words, people
):
    subject, text, html = (("Dear ", *each) for each in zip(words))
    form = Form(sender="a@riverside.example", subject=subject, text=text, html=html)
    messages = [
        Message(
            key=f"k{number}",
            to=f"{name}@example.org",
            form=form,
            subject_gaps=(gaps[0],),
            text_gaps=(gaps[1],),
            html_gaps=(gaps[2],),
        )
        for number, (name, *gaps) in enumerate(people)
    ]
    provider.calls.clear()
    receipts = list(BackendTransport().send(messages))
    assert {one.outcome for one in receipts} == {Outcome.ACCEPTED}
    mails = [mail for call in provider.calls for mail in call.mailgun().values()]
    got = {mail["h:X-Tocsin-Key"]: mail for mail in mails}
    assert len(got) == len(mails) == len(messages)
    for one in messages:
        mail = got[one.key]
        assert mail["to"] == one.to
        assert mail["subject"] == one.subject
        assert mail["text"] == one.text
        assert mail["html"] == one.html


def test_one_id_for_all_is_told_apart_by_the_key(provider):
    receipts = send(*map(personal, ("ada", "bob")))
    assert {one.provider_id for one in receipts.values()} == {"<mg-1@provider>"}
    assert {one.provider for one in receipts.values()} == {"mailgun"}
    assert set(outcomes(receipts).values()) == {"accepted"}


def test_a_form_without_gaps_goes_in_one_call_too(provider):
    send(*map(plain, ("ada", "bob")))
    (call,) = provider.calls
    found = call.mailgun()
    assert found["ada@example.org"]["text"] == "Fire. Get out.\n"
    assert found["ada@example.org"]["to"] == "Ada <ada@example.org>"
    assert found["bob@example.org"]["h:X-Tocsin-Entry"] == "e-bob"


def test_no_call_is_larger_than_a_lost_answer_may_be(provider, monkeypatch):
    monkeypatch.setitem(
        mailings.WAYS, "Mailgun", mailings.Way(most=2, gap="%recipient.{}%")
    )
    send(*map(personal, ("ada", "bob", "cleo", "dora", "emil")))
    assert sizes(provider) == [2, 2, 1]


def test_a_call_with_long_gaps_is_divided(provider, monkeypatch):
    monkeypatch.setattr(mailings, "LARGEST", 200)
    send(*map(personal, ("ada", "bob", "cleo")))
    assert sizes(provider) == [2, 1]


def test_two_messages_to_one_address_go_in_two_calls(provider):
    twin = personal("twin", to="ADA@example.org", key="entry-twin")
    receipts = send(personal("ada"), twin, personal("bob"))
    assert sizes(provider) == [2, 1]
    assert set(outcomes(receipts).values()) == {"accepted"}


def test_two_forms_go_in_two_calls_and_keep_their_words(provider):
    send(personal("ada"), plain("bob"), personal("cleo"), plain("dora"))
    assert [call.fields["to"] for call in provider.calls] == [
        ["Ada <ada@example.org>", "Cleo <cleo@example.org>"],
        ["Bob <bob@example.org>", "Dora <dora@example.org>"],
    ]


def test_who_has_no_such_header_is_not_given_an_empty_one(provider):
    send(personal("ada"), personal("bob", headers={"X-Tocsin-Entry": "e-bob"}))
    first, second = provider.calls
    assert "h:List-Unsubscribe" in first.fields
    assert "h:List-Unsubscribe" not in second.fields


@pytest.mark.parametrize(
    "changes",
    [
        {"to_name": "%recipient.html1%"},
        {"subject_gaps": ("%RECIPIENT.name%",)},
        {"text_gaps": ("%unsubscribe_url%", "x")},
        {"html_gaps": ("%recipient_email%", "x")},
        {"headers": {"List-Unsubscribe": "<%tag_unsubscribe_url%>"}},
    ],
)
def test_a_person_called_like_the_providers_own_words_goes_alone(provider, changes):
    send(personal("ada"), personal("mallory", **changes), personal("bob"))
    alone, together = sorted(provider.calls, key=lambda call: len(call.fields["to"]))
    assert "mallory@example.org" in alone.fields["to"][0]
    assert "recipient-variables" not in alone.fields
    assert len(together.fields["to"]) == 2


def test_percent_signs_are_nothing_special(provider):
    send(personal("ada", subject_gaps=("50% off, 20%C3%A9% more",)), personal("bob"))
    (call,) = provider.calls
    found = call.mailgun()["ada@example.org"]
    assert found["subject"] == "Water off for 50% off, 20%C3%A9% more"


def test_words_of_staff_that_the_provider_would_fill_are_not_filled(provider):
    form = Form(
        sender="a@riverside.example", subject=("%recipient.html1%",), text=("",)
    )
    send(plain("ada", form=form), plain("bob", form=form))
    assert sizes(provider) == [1, 1]
