"""Texts go to their gateway as mail, with receipts like everything else."""

from __future__ import annotations

import pytest

from notifications.channels import Form, Message, Outcome
from notifications.channels.sms import MailGatewayChannel
from tests.channels.sink import Refuse

FORM = Form(
    sender="office@riverside.example",
    sender_name="Riverside Quay – Estate Office",
    subject=("",),
    text=("Gas leak in ", ". Leave now.\nDo not use the lifts."),
)


def text_to(number: str, place: str = "Heron", key: str = "entry-1") -> Message:
    return Message(
        key=key,
        to=number,
        to_name="Anna Lindqvist",
        form=FORM,
        text_gaps=(place,),
        headers={"X-Tocsin-Entry": "1"},
    )


@pytest.fixture
def gateway(sink):
    with MailGatewayChannel(domain="sms.example", name="gateway") as channel:
        yield channel


def test_a_text_arrives_at_its_number_word_for_word(gateway, sink):
    (receipt,) = gateway.send([text_to("+447700900123")])
    assert (receipt.outcome, receipt.provider) == (Outcome.ACCEPTED, "gateway")
    (mail,) = sink.arrived
    assert mail.recipient == "+447700900123@sms.example"
    assert mail.message.get_content_type() == "text/plain"
    words = mail.message.get_content().replace("\r\n", "\n").rstrip("\n")
    assert words == "Gas leak in Heron. Leave now.\nDo not use the lifts."
    assert mail.message["X-Tocsin-Channel"] == "sms"
    assert mail.message["X-Tocsin-Entry"] == "1"


def test_the_sender_is_short_enough_for_a_phone_and_nobody_is_named(gateway, sink):
    list(gateway.send([text_to("+447700900123")]))
    (mail,) = sink.arrived
    assert mail.message["Subject"] == "Riverside Q"
    assert "Anna" not in mail.message["To"]


@pytest.mark.parametrize("number", ["07700 900123", "+44", "anna@example.org", ""])
def test_what_is_no_number_fails_by_itself(gateway, sink, number):
    wrong = text_to(number, key="entry-wrong")
    receipts = {
        each.key: each
        for each in gateway.send([wrong, text_to("+447700900123"), wrong])
    }
    assert receipts["entry-1"].outcome is Outcome.ACCEPTED
    assert receipts["entry-wrong"].outcome is Outcome.PERMANENT
    assert "country code" in receipts["entry-wrong"].reason
    assert len(sink.arrived) == 1


def test_a_refusal_of_the_gateway_is_final(gateway, sink):
    sink.faults["+447700900123@sms.example"] = Refuse(550)
    (receipt,) = gateway.send([text_to("+447700900123")])
    assert receipt.outcome is Outcome.PERMANENT
