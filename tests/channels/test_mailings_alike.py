"""Providers that fill no gaps: the same words in one call, with headers for each."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from notifications.channels.email.backend import BackendTransport
from tests.channels.esp import Post, Provider
from tests.channels.many import ESPS, outcomes, personal, plain, send


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


#: What each answers to a call for one person.
SINGLE: dict[str, Callable[[Post], str]] = {
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
    provider.answer = SINGLE[name]
    receipts = send(*map(personal, ("ada", "bob")))
    assert len(provider.calls) == 2
    assert [one.provider_id for one in receipts.values()] == ["i", "i"]
    for who, call in zip(("Ada", "Bob"), provider.calls, strict=True):
        assert f"Water off for {who}" in call.body


def test_who_goes_alone_leaves_the_others_in_the_feed_until_their_turn(other):
    provider, name = other
    provider.answer = SINGLE[name]
    feed = map(personal, ("ada", "bob", "cleo"))
    receipts = BackendTransport().send(feed)
    assert next(receipts).accepted
    receipts.close()
    assert len(provider.calls) == 1
    assert [one.key for one in feed] == ["entry-bob", "entry-cleo"]
