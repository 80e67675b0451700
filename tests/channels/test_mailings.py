"""Many people in one call of a provider's API, and each gets only what is theirs.

The provider is a real HTTP server on this machine; what Mailgun would make of a call
is made of it here too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from threading import Event
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from notifications.channels import Form, Message, Outcome, Receipt
from notifications.channels.email import mailings
from notifications.channels.email.backend import BackendTransport
from tests.channels.esp import Post, Provider

ESPS = "anymail.backends.{}.EmailBackend"
WATER = Form(
    sender="office@riverside.example",
    sender_name="Riverside Quay",
    subject=("Water off for ", ""),
    text=("Dear ", ",\nthe water is off. ", "\n"),
    html=("<p>Dear ", ", the water is off. <a href='", "'>Stop</a></p>"),
    headers={"X-Tocsin-Dispatch": "d-1", "List-Unsubscribe-Post": "One-Click"},
)
PLAIN = Form(
    sender="office@riverside.example",
    subject=("Get out",),
    text=("Fire. Get out.\n",),
    html=("<p>Fire. Get out.</p>",),
)


def personal(name: str, **changes: Any) -> Message:
    stop = f"https://r.example/stop/{name}?a=1&b=2"
    given: dict[str, Any] = {
        "key": f"entry-{name}",
        "to": f"{name}@example.org",
        "to_name": name.title(),
        "form": WATER,
        "subject_gaps": (name.title(),),
        "text_gaps": (name.title(), stop),
        "html_gaps": (name.title(), stop.replace("&", "&amp;")),
        "headers": {"X-Tocsin-Entry": f"e-{name}", "List-Unsubscribe": f"<{stop}>"},
    }
    return Message(**given | changes)


def plain(name: str, **changes: Any) -> Message:
    given = {"form": PLAIN, "subject_gaps": (), "text_gaps": (), "html_gaps": ()}
    return personal(name, **given | changes)


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    with Provider() as found:
        settings.EMAIL_BACKEND = ESPS.format("mailgun")
        settings.ANYMAIL = {
            "MAILGUN_API_KEY": "key",
            "MAILGUN_API_URL": f"{found.url}v3",
            "REQUESTS_TIMEOUT": 1,
        }
        yield found


def send(*messages: Message) -> dict[str, Receipt]:
    transport = BackendTransport()
    receipts = list(transport.send(messages))
    transport.close()
    assert len(receipts) == len(messages)
    return {one.key.removeprefix("entry-"): one for one in receipts}


def outcomes(receipts: dict[str, Receipt]) -> dict[str, str]:
    return {name: one.outcome.value for name, one in receipts.items()}


def sizes(provider: Provider) -> list[int]:
    return [len(call.fields["to"]) for call in provider.calls]


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


def test_a_line_break_fails_one_message_and_not_the_call(provider):
    bad = personal("mallory", to_name="Mallory\r\nBcc: eve@example.org")
    receipts = send(personal("ada"), bad, personal("bob"))
    assert outcomes(receipts) == {
        "ada": "accepted",
        "mallory": "permanent",
        "bob": "accepted",
    }
    assert sizes(provider) == [2]


def test_a_letter_that_no_mail_can_carry_fails_one_message(provider):
    receipts = send(personal("ada"), personal("bob", text_gaps=("\ud800", "x")))
    assert outcomes(receipts) == {"ada": "accepted", "bob": "permanent"}


def test_an_address_that_the_provider_refuses_costs_the_others_nothing(provider):
    provider.status = 400
    provider.refuse = lambda post: "eve@example.org" in str(post.fields["to"])
    names = ["ada", "bob", "cleo", "dora", "eve", "fay", "gil"]
    receipts = send(*map(personal, names))
    assert outcomes(receipts) == {
        name: "permanent" if name == "eve" else "accepted" for name in names
    }
    reached = [to for call in provider.calls if not provider.refuse(call)
               for to in call.fields["to"]]  # fmt: skip
    assert sorted(reached) == sorted(f"{n.title()} <{n}@example.org>"
                                     for n in names if n != "eve")  # fmt: skip


@pytest.mark.parametrize("status", [401, 402, 403, 404, 429, 503])
def test_trouble_with_us_is_nobodys_address(provider, status):
    provider.status, provider.headers = status, {"Retry-After": "120"}
    receipts = send(*map(personal, ("ada", "bob")))
    assert len(provider.calls) == 1
    for one in receipts.values():
        assert (one.outcome, one.asked) == (Outcome.TEMPORARY, False)
        assert one.retry_after == 120


def test_who_was_in_a_call_that_failed_on_their_side_is_unknown(provider):
    provider.status = 500
    receipts = send(*map(personal, ("ada", "bob")))
    assert set(outcomes(receipts).values()) == {"unknown"}
    assert len(provider.calls) == 1


def test_after_silence_nothing_more_is_tried(provider, monkeypatch):
    monkeypatch.setitem(
        mailings.WAYS, "Mailgun", mailings.Way(most=2, gap="%recipient.{}%")
    )
    provider.wait = Event()
    receipts = send(*map(personal, ("ada", "bob", "cleo", "dora")))
    assert outcomes(receipts) == {
        "ada": "unknown",
        "bob": "unknown",
        "cleo": "temporary",
        "dora": "temporary",
    }
    assert [one.asked for one in receipts.values()] == [True, True, False, False]
    assert len(provider.calls) == 1


def test_a_provider_that_hangs_up_leaves_the_whole_call_unknown(provider):
    provider.hang_up = True
    receipts = send(*map(personal, ("ada", "bob")))
    assert set(outcomes(receipts).values()) == {"unknown"}


def ids(count: int) -> list[str]:
    return [f"id-{number}" for number in range(count)]


def postmark(post: Post) -> str:
    told = [
        {"ErrorCode": 0, "Message": "OK", "MessageID": f"id-{n}", "To": one["To"]}
        for n, one in enumerate(post.json)
    ]
    return json.dumps(told)


def resend(post: Post) -> str:
    return json.dumps({"data": [{"id": one} for one in ids(len(post.json))]})


def brevo(post: Post) -> str:
    return json.dumps({"messageIds": ids(len(post.json["messageVersions"]))})


def mailjet(post: Post) -> str:
    told = [
        {"Status": "success", "To": [one["To"][0] | {"MessageID": f"id-{number}"}]}
        for number, one in enumerate(post.json["Messages"])
    ]
    return json.dumps({"Messages": told})


def mailtrap(post: Post) -> str:
    told = [
        {"success": True, "message_ids": [i]} for i in ids(len(post.json["requests"]))
    ]
    return json.dumps({"success": True, "responses": told})


BURSTS = {
    "postmark": (
        postmark,
        lambda j: [(m["To"], m["Metadata"], m["Headers"]) for m in j],
    ),
    "resend": (resend, lambda j: [(m["to"], m["headers"], m["headers"]) for m in j]),
    "brevo": (
        brevo,
        lambda j: [(m["to"], m["headers"], m["headers"]) for m in j["messageVersions"]],
    ),
    "mailjet": (
        mailjet,
        lambda j: [(m["To"], m["EventPayload"], m["Headers"]) for m in j["Messages"]],
    ),
    "mailtrap": (
        mailtrap,
        lambda j: [
            (m["to"], m["custom_variables"], m["headers"]) for m in j["requests"]
        ],
    ),
}


@pytest.fixture(params=BURSTS)
def other(request, settings) -> Iterator[tuple[Provider, str]]:
    """A provider that gives everybody the same words, and its name."""
    name = request.param
    with Provider(answer=BURSTS[name][0]) as found:
        settings.EMAIL_BACKEND = ESPS.format(name)
        key = {"postmark": "SERVER_TOKEN", "mailtrap": "API_TOKEN"}.get(name, "API_KEY")
        esp = name.upper()
        settings.ANYMAIL = {f"{esp}_{key}": "key", f"{esp}_API_URL": found.url}
        settings.ANYMAIL["MAILJET_SECRET_KEY"] = "secret"
        yield found, name


def test_the_same_words_go_in_one_call_with_headers_for_each(other):
    provider, name = other
    receipts = send(*map(plain, ("alice", "bob")))
    (call,) = provider.calls
    both = BURSTS[name][1](call.json)
    for who, (to, metadata, headers) in zip(("alice", "bob"), both, strict=True):
        other_one = "bob" if who == "alice" else "alice"
        assert f"{who}@example.org" in json.dumps(to)
        assert other_one not in json.dumps([to, metadata, headers]).lower()
        assert f"entry-{who}" in json.dumps(metadata)
        assert f"e-{who}" in json.dumps(headers)
        assert f"stop/{who}" in json.dumps(headers)
        # What is the same for all is there for each: some take these for the others.
        assert "auto-generated" in json.dumps(headers)
    assert [one.provider_id for one in receipts.values()] == ids(2)
    assert set(outcomes(receipts).values()) == {"accepted"}


def test_words_with_gaps_go_one_by_one_where_nobody_fills_them(other):
    provider, name = other
    provider.answer = {
        "postmark": lambda post: (
            '{"ErrorCode": 0, "Message": "OK", "MessageID": "i",'
            f' "To": {json.dumps(post.json["To"])}}}'
        ),
        "resend": lambda post: '{"id": "i"}',
        "mailjet": lambda post: (
            '{"Messages": [{"Status": "success", "To":'
            f' [{{"Email": {json.dumps(post.json["Messages"][0]["To"][0]["Email"])},'
            ' "MessageID": "i"}]}]}'
        ),
        "brevo": lambda post: '{"messageId": "i"}',
        "mailtrap": lambda post: '{"success": true, "message_ids": ["i"]}',
    }[name]
    receipts = send(*map(personal, ("ada", "bob")))
    assert len(provider.calls) == 2
    assert [one.provider_id for one in receipts.values()] == ["i", "i"]
    for who, call in zip(("Ada", "Bob"), provider.calls, strict=True):
        assert f"Water off for {who}" in call.body
