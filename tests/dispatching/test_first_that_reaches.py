"""Where one channel that reaches is enough, nobody is left out and none told twice."""

from __future__ import annotations

import pytest

from notifications import dispatching
from notifications.actions import dispatches
from notifications.audience import Criteria
from notifications.channels import Outcome, Receipt
from notifications.composing import Compiled
from notifications.events import ANNOUNCEMENT_POSTED, Lane
from notifications.invariants import check
from notifications.models import ChannelMode, Dispatch, OptOut
from notifications.models.moves import finish
from tests import flow
from tests.delivery.conftest import gas_leak as gas_leak
from tests.delivery.scripted import accepted, answering
from tests.personas import make_person

pytestmark = pytest.mark.services

TEXT = Compiled(subject="", html="", text="Gas leak. Leave now.")
PHONE = "+447700900{:03d}"


@pytest.fixture(autouse=True)
def both_channels(settings):
    settings.TOCSIN_CHANNELS = dict.fromkeys(
        ("sms", "email"), "notifications.channels.email.EmailChannel"
    )


@pytest.fixture
def people(riverside):
    """Ann has a phone and mail, Bea only mail, Cy only a phone, Di neither."""
    make_person(riverside, "Ann", email="ann@example.org", phone=PHONE.format(1))
    make_person(riverside, "Bea", email="bea@example.org")
    make_person(riverside, "Cy", phone=PHONE.format(3))
    make_person(riverside, "Di")


def sent_out(cluster, *, mode=ChannelMode.FIRST, event=ANNOUNCEMENT_POSTED):
    contents = (
        dispatching.pin(cluster, TEXT, channel="sms", language="en"),
        dispatching.pin(cluster, flow.SAME, channel="email", language="en"),
    )
    dispatch = dispatching.prepare(
        dispatching.Plan(
            cluster=cluster,
            event=event,
            title="Gas leak",
            criteria=Criteria(everyone=True),
            contents=contents,
            channel_mode=mode,
        )
    )
    dispatching.fan_out(dispatch.pk)
    flow.make_due()
    return dispatch


def further() -> int:
    written = dispatching.reach_further(list(Lane))
    flow.make_due()
    return written


def log(dispatch) -> set[tuple[str, str, str]]:
    return set(
        flow.entries(dispatch).values_list("recipient__name", "channel", "status")
    )


def test_every_channel_has_an_entry_for_everybody(riverside, people):
    dispatch = sent_out(riverside, mode=ChannelMode.EVERY)
    assert len(log(dispatch)) == 8


def test_mail_goes_to_whom_a_text_cannot_reach_and_to_nobody_else(riverside, people):
    dispatch = sent_out(riverside)
    assert log(dispatch) == {
        ("Ann", "sms", "planned"),
        ("Bea", "sms", "skipped"),
        ("Bea", "email", "planned"),
        ("Cy", "sms", "planned"),
        ("Di", "sms", "skipped"),
        ("Di", "email", "skipped"),
    }
    dispatch.refresh_from_db()
    assert dispatch.written == 6


def test_who_is_refused_by_the_first_is_tried_on_the_next(
    riverside, people, monkeypatch
):
    def answer(message):
        if message.to == PHONE.format(1):
            return Receipt(message.key, Outcome.PERMANENT, "x", reason="no such number")
        return accepted(message)

    channel = answering(monkeypatch, answer)
    dispatch = sent_out(riverside)
    flow.deliver()
    dispatch.refresh_from_db()
    assert dispatch.status == "sending", "Ann has not been reached"
    assert further() == 1
    assert further() == 0
    flow.deliver()
    dispatch.refresh_from_db()
    assert dispatch.status == "done"
    assert ("Ann", "email", "sent") in log(dispatch)
    assert channel.asked.count("ann@example.org") == 1
    assert not list(check())


def test_who_was_reached_on_another_channel_is_not_tried_again(
    riverside, people, monkeypatch, ada
):
    """Ann has it by mail, though her phone failed; Cy has it nowhere."""

    def answer(message):
        if "@" in message.to:
            return accepted(message)
        return Receipt(message.key, Outcome.PERMANENT, "x", reason="gone")

    channel = answering(monkeypatch, answer)
    dispatch = sent_out(riverside)
    flow.deliver()
    further()
    flow.deliver()
    finish([dispatch.pk])
    dispatch.refresh_from_db()
    assert ("Ann", "sms", "failed") in log(dispatch)
    assert dispatches.to_retry(dispatch) == 1
    again = dispatches.retry_failed(dispatch, by=ada)
    channel.asked.clear()
    dispatching.fan_out(again.pk)
    flow.make_due()
    flow.deliver()
    assert channel.asked == [PHONE.format(3)]


def test_who_moved_to_another_zone_meanwhile_is_tried_all_the_same(
    riverside, people, monkeypatch
):
    answering(
        monkeypatch,
        lambda message: (
            accepted(message)
            if "@" in message.to
            else Receipt(message.key, Outcome.PERMANENT, "x", reason="gone")
        ),
    )
    dispatch = sent_out(riverside)
    flow.deliver()
    Dispatch.objects.filter(pk=dispatch.pk).update(audience={"zones": [10**9]})
    assert further() == 2, "Ann is tried, and Cy skipped for want of an address"
    assert ("Cy", "email", "skipped") in log(dispatch)


def test_who_left_meanwhile_holds_nothing_up(riverside, people, monkeypatch):
    answering(
        monkeypatch,
        lambda message: Receipt(message.key, Outcome.PERMANENT, "x", reason="gone"),
    )
    dispatch = sent_out(riverside)
    flow.deliver()
    riverside.recipients.update(archived_at=dispatch.created_at)
    assert further() == 0
    finish([dispatch.pk])
    dispatch.refresh_from_db()
    assert dispatch.status == "done"


def test_who_refuses_texts_gets_mail(riverside, people, gas_leak, ada):
    ann = riverside.recipients.get(name="Ann")
    OptOut.objects.create(cluster=riverside, recipient=ann, channel="sms")
    dispatch = sent_out(riverside)
    assert ("Ann", "email", "planned") in log(dispatch)


@pytest.mark.parametrize("emergency", [True, False])
def test_doubt_is_no_reach_in_an_emergency(
    riverside, people, monkeypatch, gas_leak, emergency
):
    def answer(message):
        if "@" in message.to:
            return accepted(message)
        return Receipt(message.key, Outcome.UNKNOWN, "x", reason="no word")

    answering(monkeypatch, answer)
    event = gas_leak if emergency else ANNOUNCEMENT_POSTED
    dispatch = sent_out(riverside, event=event)
    for _try in range(3):
        flow.deliver()
        flow.make_due()
    further()
    flow.deliver()
    assert (("Ann", "email", "sent") in log(dispatch)) is emergency


def test_nothing_goes_further_once_it_was_stopped(riverside, people, monkeypatch, ada):
    answering(
        monkeypatch,
        lambda message: Receipt(message.key, Outcome.PERMANENT, "x", reason="gone"),
    )
    dispatch = sent_out(riverside)
    flow.deliver()
    dispatches.cancel(dispatch, by=ada)
    assert further() == 0
