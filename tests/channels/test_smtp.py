"""Over SMTP, each way to fail means one thing, and nobody else's mail suffers for it.

Every server here is a real one on this machine, and everything is true of one and of
many connections, to a server that takes commands together and to one that does not.
"""

from __future__ import annotations

import pytest

from notifications.channels import Outcome
from tests.channels.conftest import point_at
from tests.channels.letters import letter, letters, outcomes, send
from tests.channels.sink import Drop, Hang, Refuse, Sink

BOB = "bob@example.org"


@pytest.fixture(params=[1, 8], ids=["one connection", "eight connections"])
def connections(request) -> int:
    return request.param


@pytest.fixture(params=[True, False], ids=["pipelined", "step by step"])
def sink(request, settings, connections):
    with Sink(pipelining=request.param) as sink:
        point_at(settings, sink)
        settings.EMAIL_POOL = {"connections": connections}
        yield sink


def arrived(sink: Sink) -> list[str]:
    return sorted(key.removeprefix("entry-") for key in sink.keys())  # noqa: SIM118


def test_what_is_accepted_has_arrived_once_each(sink, connections):
    receipts = send(*letters("alice", "bob", "charlie"))
    assert {one.outcome for one in receipts} == {Outcome.ACCEPTED}
    assert arrived(sink) == ["alice", "bob", "charlie"]
    assert {one.recipient for one in sink.arrived} == {
        m.to for m in letters("alice", "bob", "charlie")
    }
    assert sink.connections <= connections


def test_a_receipt_tells_the_provider_and_where_to_find_the_mail(sink):
    (receipt,) = send(letter("alice"))
    assert receipt.provider == "smtp"
    assert receipt.provider_id == "entry-alice@riverside.example"
    assert receipt.reason == "", "there is nothing to explain"
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
def test_a_refusal_is_what_its_code_says_at_every_stage(
    sink, connections, at, code, outcome
):
    sink.faults[BOB] = Refuse(code, "not this one", at)
    receipts = send(*letters("alice", "bob", "charlie"))
    assert outcomes(receipts) == {
        "alice": "accepted",
        "bob": outcome,
        "charlie": "accepted",
    }
    assert receipts[1].reason == f"{code} not this one"
    assert receipts[1].provider_id == ""
    assert arrived(sink) == ["alice", "charlie"]
    assert sink.connections <= connections


def test_a_reason_names_nobody(sink):
    sink.faults[BOB] = Refuse(550, f"5.1.1 <{BOB}>: bob (Bob Tester) is gone, {BOB}")
    (receipt,) = send(letter("bob"))
    assert receipt.reason == "550 5.1.1 •••: ••• (•••) is gone, •••"


def test_a_long_reason_is_cut(sink):
    sink.faults[BOB] = Refuse(550, "very " * 80 + "long")
    (receipt,) = send(letter("bob"))
    assert len(receipt.reason) == 200


def test_a_connection_lost_after_the_message_leaves_it_unknown(sink, connections):
    sink.faults[BOB] = Drop("DOT")
    receipts = send(*letters("alice", "bob", "charlie"))
    assert outcomes(receipts) == {
        "alice": "accepted",
        "bob": "unknown",
        "charlie": "accepted",
    }
    assert "after it had the whole message" in receipts[1].reason
    assert arrived(sink) == ["alice", "bob", "charlie"]
    assert 2 <= sink.connections <= connections + 1


@pytest.mark.parametrize("at", ["RCPT", "DATA"])
def test_a_connection_lost_before_the_message_is_only_a_delay(sink, at):
    sink.faults[BOB] = Drop(at)
    receipts = send(*letters("alice", "bob", "charlie"))
    assert outcomes(receipts) == {
        "alice": "accepted",
        "bob": "temporary",
        "charlie": "accepted",
    }
    assert arrived(sink) == ["alice", "charlie"]


def test_a_connection_lost_in_the_middle_of_the_message_is_only_a_delay(sink):
    sink.faults[BOB] = Drop("BODY")
    receipts = send(letter("bob", text="so many words\n" * 1_000_000))
    assert outcomes(receipts) == {"bob": "temporary"}
    assert sink.keys() == []


def test_a_server_that_never_answers_leaves_one_unknown_and_stops_the_rest(
    sink, settings, connections
):
    settings.EMAIL_TIMEOUT = 1
    sink.faults[BOB] = Hang("DOT")
    receipts = send(*letters("alice", "bob", "charlie", "dora"))
    # With other connections that are well, nobody else is concerned.
    others = "temporary" if connections == 1 else "accepted"
    assert outcomes(receipts) == {
        "alice": "accepted",
        "bob": "unknown",
        "charlie": others,
        "dora": others,
    }
    if connections == 1:
        assert receipts[2].reason == "the mail server did not answer in time"
        assert not receipts[2].asked
        assert arrived(sink) == ["alice", "bob"]


def test_a_server_that_hangs_before_the_message_delays_it_and_the_rest(
    sink, settings, connections
):
    settings.EMAIL_TIMEOUT = 1
    sink.faults[BOB] = Hang("RCPT")
    receipts = send(*letters("bob", "charlie"))
    assert outcomes(receipts) == {"bob": "temporary", "charlie": "temporary"}
    assert sink.connections == 1


@pytest.mark.parametrize("at", ["RCPT", "DATA", "DOT"])
def test_a_server_that_leaves_delays_only_whom_it_had(sink, at):
    sink.faults[BOB] = Refuse(421, "shutting down", at)
    receipts = send(*letters("alice", "bob", "charlie"))
    assert outcomes(receipts) == {
        "alice": "accepted",
        "bob": "temporary",
        "charlie": "accepted",
    }
    assert arrived(sink) == ["alice", "charlie"]


def test_whom_a_server_turns_away_on_every_connection_is_delayed(sink):
    sink.faults["desk@riverside.example"] = Refuse(421, "not now", "MAIL")
    bob = letter("bob", sender="desk@riverside.example")
    receipts = send(letter("alice"), bob)
    assert outcomes(receipts) == {"alice": "accepted", "bob": "temporary"}
    assert not receipts[1].asked
