"""Over SMTP, each way to fail means one thing, and nobody else's mail suffers for it.

Every server here is a real one on this machine.
"""

from __future__ import annotations

import pytest

from notifications.channels import Outcome
from tests.channels.letters import letter, letters, outcomes, send
from tests.channels.sink import Drop, Hang, Refuse

BOB = "bob@example.org"


def test_what_is_accepted_has_arrived_once_each_in_order(sink):
    receipts = send(*letters("alice", "bob", "charlie"))
    assert {one.outcome for one in receipts} == {Outcome.ACCEPTED}
    assert sink.keys() == ["entry-alice", "entry-bob", "entry-charlie"]
    assert [one.recipient for one in sink.arrived] == [
        m.to for m in letters("alice", "bob", "charlie")
    ]
    assert sink.connections == 1


def test_a_receipt_tells_the_provider_and_where_to_find_the_mail(sink):
    (receipt,) = send(letter("alice"))
    assert receipt.provider == "smtp"
    assert receipt.provider_id == "entry-alice@riverside.example"
    assert receipt.reason == "250 2.0.0 Ok: queued as Q1"
    assert sink.arrived[0].message["Message-ID"] == f"<{receipt.provider_id}>"


def test_the_envelope_and_the_words_arrive_as_they_were(sink):
    send(letter("alice"))
    (mail,) = sink.arrived
    assert mail.sender == "office@riverside.example"
    body = mail.message.get_body(("plain",))
    assert body is not None
    text = "Dear neighbour,\r\n.\r\n..the water is off.\r\n"
    assert body.get_content() == text


@pytest.mark.parametrize("at", ["RCPT", "DATA", "DOT"])
@pytest.mark.parametrize(
    ("code", "outcome"),
    [(450, "temporary"), (452, "temporary"), (550, "permanent"), (554, "permanent")],
)
def test_a_refusal_is_what_its_code_says_at_every_stage(sink, at, code, outcome):
    sink.faults[BOB] = Refuse(code, "not this one", at)
    receipts = send(*letters("alice", "bob", "charlie"))
    assert outcomes(receipts) == {
        "alice": "accepted",
        "bob": outcome,
        "charlie": "accepted",
    }
    assert receipts[1].reason == f"{code} not this one"
    assert receipts[1].provider_id == ""
    assert sink.keys() == ["entry-alice", "entry-charlie"]
    assert sink.connections == 1


def test_a_reason_names_nobody(sink):
    sink.faults[BOB] = Refuse(550, f"5.1.1 <{BOB}>: bob (Bob Tester) is gone, {BOB}")
    (receipt,) = send(letter("bob"))
    assert receipt.reason == "550 5.1.1 •••: ••• (•••) is gone, •••"


def test_a_long_reason_is_cut(sink):
    sink.faults[BOB] = Refuse(550, "very " * 80 + "long")
    (receipt,) = send(letter("bob"))
    assert len(receipt.reason) == 200


def test_a_connection_lost_after_the_message_leaves_it_unknown(sink):
    sink.faults[BOB] = Drop("DOT")
    receipts = send(*letters("alice", "bob", "charlie"))
    assert outcomes(receipts) == {
        "alice": "accepted",
        "bob": "unknown",
        "charlie": "accepted",
    }
    assert "after it had the whole message" in receipts[1].reason
    assert sink.keys() == ["entry-alice", "entry-bob", "entry-charlie"]
    assert sink.connections == 2


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
def test_a_connection_lost_before_the_message_is_only_a_delay(sink, at):
    sink.faults[BOB] = Drop(at)
    receipts = send(*letters("alice", "bob", "charlie"))
    assert outcomes(receipts) == {
        "alice": "accepted",
        "bob": "temporary",
        "charlie": "accepted",
    }
    assert sink.keys() == ["entry-alice", "entry-charlie"]


def test_a_connection_lost_in_the_middle_of_the_message_is_only_a_delay(sink):
    sink.faults[BOB] = Drop("BODY")
    receipts = send(letter("bob", text="so many words\n" * 1_000_000))
    assert outcomes(receipts) == {"bob": "temporary"}
    assert sink.keys() == []


def test_a_server_that_never_answers_leaves_one_unknown_and_stops_the_rest(
    sink, settings
):
    settings.EMAIL_TIMEOUT = 1
    sink.faults[BOB] = Hang("DOT")
    receipts = send(*letters("alice", "bob", "charlie", "dora"))
    assert outcomes(receipts) == {
        "alice": "accepted",
        "bob": "unknown",
        "charlie": "temporary",
        "dora": "temporary",
    }
    assert receipts[2].reason == "the mail server did not answer in time"
    assert sink.keys() == ["entry-alice", "entry-bob"]


def test_a_server_that_hangs_before_the_message_delays_it_and_the_rest(sink, settings):
    settings.EMAIL_TIMEOUT = 1
    sink.faults[BOB] = Hang("RCPT")
    receipts = send(*letters("bob", "charlie"))
    assert outcomes(receipts) == {"bob": "temporary", "charlie": "temporary"}
    assert sink.connections == 1
