"""Too many failures: those who may stop a message are told, once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.urls import resolve

from notifications import dispatching, events, links
from notifications.actions.alerts import looking, open_incidents, standing
from notifications.audience import Criteria, describe
from notifications.models import (
    Dispatch,
    Incident,
    Membership,
    NotificationLog,
    OptOut,
    Recipient,
)
from tests import flow
from tests.delivery.scripted import accepted, answering, refused, unknown
from tests.personas import make_people, make_person

pytestmark = pytest.mark.services

NOW = datetime(2026, 11, 20, 10, 42, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def sent(riverside, monkeypatch):
    """``sent(15, refused, 5, unknown)``: a message to 20 people, and its answers."""

    def send(*answers, cluster=riverside, **fields) -> Dispatch:
        pairs = list(zip(answers[::2], answers[1::2], strict=True))
        have = Recipient.objects.filter(cluster=cluster, for_staff=False).count()
        make_people(cluster, sum(number for number, _ in pairs) - have)
        script = iter([answer for number, answer in pairs for _ in range(number)])
        answering(monkeypatch, lambda message: next(script)(message))
        dispatch = flow.fanned_out(cluster, **fields)
        flow.deliver()
        return dispatch

    return send


def alerts() -> list[Dispatch]:
    return list(Dispatch.objects.filter(event="delivery_trouble").order_by("pk"))


def told(alert: Dispatch) -> set[str]:
    """Who got it, as the log has it."""
    dispatching.fan_out(alert.pk)
    flow.deliver()
    entries = NotificationLog.objects.filter(dispatch=alert, status="sent")
    return set(entries.values_list("recipient__name", flat=True))


def test_managers_and_approvers_are_told_and_it_is_in_the_log(
    sent, riverside, world, mailoutbox, monkeypatch
):
    dispatch = sent(15, accepted, 5, refused)
    looking.look_for_failures()
    (alert,) = alerts()
    assert alert.title == "“Water off on Monday”: 5 of 20 failed"
    monkeypatch.undo()
    assert told(alert) == {"Grace", "Mona"}
    mail = mailoutbox[0]
    assert {address for one in mailoutbox for address in one.to} == {
        '"Grace" <grace@example.org>',
        '"Mona" <mona@example.org>',
    }
    assert "5 failed or nobody knows whether they arrived" in mail.body
    assert f"/c/riverside/admin/announcements/live/{dispatch.uid}/" in mail.body
    incident = Incident.objects.get()
    assert (incident.dispatch, incident.alert) == (dispatch, alert)
    assert (incident.settled, incident.bad, incident.told) == (20, 5, 2)


def test_nobody_is_told_twice_of_one_message(clock, sent):
    sent(10, accepted, 10, refused)
    for _look in range(3):
        looking.look_for_failures()
    clock.shift(7200)
    looking.look_for_failures()
    sent(20, refused)
    looking.look_for_failures()
    assert len(alerts()) == 2
    assert Incident.objects.count() == 2


def test_it_is_over_when_it_is_not_of_late_any_more(clock, sent, riverside):
    sent(10, accepted, 10, refused)
    looking.look_for_failures()
    assert len(open_incidents(riverside)) == 1
    clock.shift(601)
    looking.look_for_failures()
    assert open_incidents(riverside) == []


def test_unknown_ones_count_like_failed_ones(sent):
    sent(15, accepted, 5, unknown)
    looking.look_for_failures()
    assert len(alerts()) == 1


def test_a_fifth_is_borne(sent):
    sent(20, accepted, 5, refused)
    looking.look_for_failures()
    assert alerts() == []


def test_few_say_nothing(sent):
    sent(19, refused)
    looking.look_for_failures()
    assert alerts() == []


def test_many_small_messages_make_one_alert_about_the_cluster(clock, sent, riverside):
    for _message in range(5):
        sent(2, accepted, 3, refused)
    looking.look_for_failures()
    looking.look_for_failures()
    (alert,) = alerts()
    assert alert.title == "Many messages fail: 15 of the last 25"
    (incident,) = open_incidents(riverside)
    assert incident.dispatch is None
    # It comes and goes: the same trouble.
    clock.shift(601)
    looking.look_for_failures()
    assert open_incidents(riverside) == []
    for _message in range(5):
        sent(5, refused)
    looking.look_for_failures()
    assert open_incidents(riverside) == [incident]
    assert len(alerts()) == 1


def test_a_message_of_which_staff_know_does_not_count_for_the_cluster(sent):
    sent(25, refused)
    looking.look_for_failures()
    sent(25, accepted)
    looking.look_for_failures()
    assert [alert.title for alert in alerts()] == [
        "“Water off on Monday”: 25 of 25 failed"
    ]


def test_each_cluster_is_told_of_its_own(sent, riverside, hilltop, mailoutbox):
    sent(20, accepted)
    sent(20, refused, cluster=hilltop)
    looking.look_for_failures()
    (alert,) = alerts()
    assert alert.cluster == hilltop
    assert open_incidents(riverside) == []


def test_tests_and_alerts_themselves_raise_no_alarm(sent):
    sent(25, refused, is_test=True)
    sent(25, refused, event=events.DELIVERY_TROUBLE)
    looking.look_for_failures()
    assert Incident.objects.count() == 0


def test_who_works_there_no_more_is_not_told(sent, world, monkeypatch):
    Membership.objects.filter(user=world.grace).update(active=False)
    sent(20, refused)
    looking.look_for_failures()
    (alert,) = alerts()
    monkeypatch.undo()
    assert told(alert) == {"Mona"}


def test_staff_who_opted_out_are_skipped_on_record(sent, world, riverside):
    sent(20, refused)
    mona = make_person(
        riverside, "Mona", email="mona@x.org", user=world.mona, for_staff=True
    )
    OptOut.objects.create(cluster=riverside, recipient=mona, source="staff")
    looking.look_for_failures()
    (alert,) = alerts()
    dispatching.fan_out(alert.pk)
    assert flow.reasons(alert) == {"Mona": "opted_out", "Grace": ""}


def test_a_cluster_without_anybody_who_may_stop_it_still_has_its_incident(
    sent, riverside
):
    Membership.objects.filter(cluster=riverside).update(active=False)
    sent(20, refused)
    looking.look_for_failures()
    assert alerts() == []
    assert Incident.objects.get().told == 0


def test_of_two_workers_that_look_at_once_one_tells(sent, monkeypatch):
    dispatch = sent(20, refused)

    class Blind:
        """What the slower of the two saw before the faster one had committed."""

        def filter(self, **given):
            return self

        def exists(self):
            return False

        def order_by(self, *names):
            return self

        def first(self):
            return None

    looking.look_for_failures()
    monkeypatch.setattr(standing, "_same", lambda incident: Blind())
    looking.look_for_failures()
    assert Incident.objects.get().dispatch == dispatch
    assert len(alerts()) == 1


def test_a_title_is_only_words_in_the_alert(riverside, sent, mailoutbox, monkeypatch):
    dispatch = sent(20, refused)
    Dispatch.objects.filter(pk=dispatch.pk).update(title="<b>{{ name }}</b> & {% if %}")
    looking.look_for_failures()
    (alert,) = alerts()
    monkeypatch.undo()
    told(alert)
    mail = mailoutbox[0]
    assert "<b>{ { name }}</b> & { % if %}" in mail.subject
    html = mail.alternatives[0][0]
    assert "&lt;b&gt;{ { name }}&lt;/b&gt; &amp; { % if %}" in html


@pytest.mark.parametrize("url", [links.engine_url(), links.live_url("x", "")])
def test_the_links_of_alerts_lead_somewhere(url):
    assert resolve("/admin/" + url.split("/admin/")[1])


def test_alerts_are_told_in_words_for_whoever_reads_the_audience(sent, riverside):
    sent(20, refused)
    looking.look_for_failures()
    (alert,) = alerts()
    criteria = Criteria.from_json(alert.audience)
    assert describe(riverside, criteria) == ["Only Grace, Mona"]
