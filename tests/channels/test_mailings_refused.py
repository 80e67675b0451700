"""What goes wrong with a call for many people costs nobody more than it must."""

from __future__ import annotations

from threading import Event

import pytest

from notifications.channels import Outcome
from notifications.channels.email import mailings
from tests.channels.many import outcomes, personal, send, sizes


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
